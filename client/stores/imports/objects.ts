import type { ObjectDef } from '../../../shared/objects/index.ts';
import { can, session } from '../session.svelte.ts';

/** What files can bring in, in the order it is offered. */
const IMPORTABLE = ['company', 'contact', 'deal', 'product', 'ticket', 'user', 'team', 'activity'];

export const mayImport = (): boolean => session.holds('import');

/** Whether this person may bring in records of this object. */
export const mayImportInto = (object: string): boolean =>
  mayImport() && IMPORTABLE.includes(object) && (can.create(object) || can.update(object));

/** The objects whose records this person may bring in. */
export const importable = (): ObjectDef[] =>
  IMPORTABLE.flatMap((name) => session.registry.find(name) ?? []).filter(({ name }) => mayImportInto(name));
