import { RAIL } from '../../stores/pages.ts';
import { session } from '../../stores/session.svelte.ts';

/** Where one can go. */
export interface Place {
  /** Name of the object. */
  name: string;
  label: string;
  href: string;
  /** The letter that leads there after G. */
  key: string;
}

/** The places of the rail that somebody may go to, from the top. */
export const placesFor = (mayRead: (object: string) => boolean): Place[] =>
  RAIL.filter(({ name }) => mayRead(name)).map(({ name, plural, pages }) => ({
    name,
    label: session.registry.get(name).labelPlural,
    href: `/${plural}`,
    key: pages.rail?.key ?? '',
  }));
