import type { Value } from '../fields/index.ts';
import type { Fact, ObjectDef } from '../objects/index.ts';
import type { Actor } from './actor.ts';
import { bitOf, VETO, WAY_NAMES, WAYS, type Way, type WayMask } from './ways.ts';

// What of a record decides, and by which ways it matches somebody.

/** A whole record, unmasked, by field name: what the write path and the log hold. */
export interface Image {
  id: string;
  version: number;
  created_at: string;
  /** Set when the record is in the bin: then nobody is entitled to it. */
  deleted_at: string | null;
  [field: string]: Value | undefined;
}

/** By which of its facts a record matches: ids that the actor's set holds, too. */
export interface Match {
  fact: Fact;
  ids: string[];
}

/** The ways that match a record, bin and restrictions aside. */
export const waysMatching = (actor: Actor, object: ObjectDef, record: Image): WayMask =>
  WAY_NAMES.reduce((mask, way) => (isMatch(actor, object, record, way) ? mask | bitOf(way) : mask), 0);

function isMatch(actor: Actor, object: ObjectDef, record: Image, way: Way): boolean {
  const { through } = WAYS[way];
  return (
    through === 'always' ||
    through.some(({ fact, set }) => factIds(object, record, fact).some((id) => actor.sets[set].has(id)))
  );
}

/** Through what a way matches; nothing for one that always does. */
export function matchesBy(actor: Actor, object: ObjectDef, record: Image, way: Way): Match[] {
  const { through } = WAYS[way];
  if (through === 'always') return [];
  return through.flatMap(({ fact, set }) => {
    const ids = factIds(object, record, fact).filter((id) => actor.sets[set].has(id));
    return ids.length === 0 ? [] : [{ fact, ids }];
  });
}

/** Ids of the restrictions that hide this record from the actor: they beat every way. */
export const restrictionsOn = (actor: Actor, object: ObjectDef, record: Image): string[] =>
  factIds(object, record, VETO.fact).filter((id) => actor.sets[VETO.set].has(id));

/** The ids a record holds for a fact. */
export function factIds(object: ObjectDef, record: Image, fact: Fact): readonly string[] {
  const field = object.facts[fact];
  const value = field === undefined ? null : record[field];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value as string[]) : [];
}

/** The object whose part this record is (the target of the first parent field that is set), or null. */
export function parentOf(
  object: ObjectDef,
  record: Image,
): { object: string; id: string; field: string } | null {
  for (const field of object.parents) {
    const id = record[field];
    if (typeof id === 'string') return { object: object.fields[field]?.target ?? '', id, field };
  }
  return null;
}
