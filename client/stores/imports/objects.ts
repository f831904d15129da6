import { isImportable } from '../../../shared/imports/importable.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { can, session } from '../session.svelte.ts';

/** What people bring in first stands first; what is not named here follows. */
const ORDER = ['company', 'contact', 'product', 'deal', 'activity', 'ticket', 'user', 'team'];

export const mayImport = (): boolean => session.holds('import');

/** Whether this person may bring in records of this object. */
export function mayImportInto(name: string): boolean {
  const object = session.registry.find(name);
  return mayImport() && object !== undefined && isImportable(object) && can.create(name);
}

/** The objects whose records this person may bring in. */
export const importable = (): ObjectDef[] =>
  [...session.registry.objects.values()]
    .filter(({ name }) => mayImportInto(name))
    .sort((a, b) => placeOf(a) - placeOf(b));

const placeOf = ({ name }: ObjectDef): number => {
  const place = ORDER.indexOf(name);
  return place === -1 ? ORDER.length : place;
};
