import type { ObjectDef } from '../objects/index.ts';

/** Of these there are a few, each thought about: they decide where other records go. */
const SET_UP_BY_HAND = ['channel', 'pipeline'];

/**
 * Whether files of such records can be brought in: people write them, and they stand on their own or, as activities, are
 * parts with rights of their own.
 */
export const isImportable = (object: ObjectDef): boolean =>
  object.grantedBy === null &&
  !SET_UP_BY_HAND.includes(object.name) &&
  Object.values(object.fields).some((field) => !field.system);
