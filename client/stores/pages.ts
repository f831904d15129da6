import { OBJECTS, type ObjectDef, type PagesDef } from '../../shared/objects/index.ts';

/** An object that has pages of its own. */
export type Paged = ObjectDef & { pages: PagesDef };

/** Every object with pages, as the registry says. */
export const PAGED: readonly Paged[] = OBJECTS.filter((object): object is Paged => object.pages !== null);

/** Those that the rail leads to, from its top. */
export const RAIL: readonly Paged[] = PAGED.filter(({ pages }) => pages.rail !== null).sort(
  (a, b) => (a.pages.rail?.position ?? 0) - (b.pages.rail?.position ?? 0),
);

/** The others: the settings that support stands on. */
export const SETTINGS: readonly Paged[] = PAGED.filter(({ pages }) => pages.rail === null);

/** The address of an object's list; null where it has none. */
export const listOf = (object: string): string | null => {
  const paged = PAGED.find(({ name }) => name === object);
  return paged ? `/${paged.plural}` : null;
};
