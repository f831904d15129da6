import type { ObjectDef } from '../../shared/objects/index.ts';

/** Whether an organisation may open all records of an object to everyone signed in: those that are private otherwise. */
export const canBeOpened = (object: ObjectDef): boolean =>
  object.baseline === 'private' && object.facts.policies !== undefined && object.parents.length === 0;
