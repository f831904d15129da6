import type { Value } from '../fields/index.ts';
import { REACHED_ACTIONS, type ObjectDef, type ReachedAction, type Registry } from '../objects/index.ts';
import type { Actor } from './actor.ts';
import { pathsTo, type Because } from './because.ts';
import { parentOf, restrictionsOn, waysMatching, type Image } from './facts.ts';
import { lackingFor, type Lacking } from './lacking.ts';
import { met, rightsOf, type ObjectRights } from './rights.ts';
import type { WayMask } from './ways.ts';

export interface May {
  actions: ReachedAction[];
  edit: string[];
}

/** A record as one person may see it: a field that is not readable is absent. */
export interface MaskedRecord {
  id: string;
  version: number;
  created_at: string;
  may: May;
  [field: string]: Value | May | undefined;
}

export interface Decision {
  allowed: boolean;
  /** Names of the readable fields, then of the editable ones; empty when reading is not allowed. */
  fields: string[];
  edit: string[];
  /** Where it is allowed: every path by which it is. */
  because: Because[];
  /** Where it is not: what is missing, all of it together. */
  lacking: Lacking[];
  /** Ids of the restrictions' criteria that hide the record, whatever opens it. */
  hiddenBy: string[];
}

/**
 * Reading 1 of the policy: may this actor do this with this record, and with this field of it? Updating a field that
 * moves the record to other hands (its owner) is assigning.
 */
export function decide(
  actor: Actor,
  registry: Registry,
  action: ReachedAction,
  object: ObjectDef,
  record: Image,
  field?: string,
): Decision {
  const ways = waysTo(actor, object, record);
  const rights = rightsFor(actor, registry, object, record);
  const readable = met(rights.actions.read, ways);
  const fields = readable ? readableFields(rights, ways) : [];
  const edit = readable ? editableFields(rights, ways) : [];
  const about = field === undefined ? null : (object.fields[field] ?? null);
  const act = action === 'update' && about?.assigns ? 'assign' : action;
  const writes = act === 'update' || act === 'assign';
  const allowed =
    met(rights.actions[act], ways) &&
    (field === undefined ||
      (writes ? edit.includes(field) && (act === 'assign') === about?.assigns : fields.includes(field)));
  const question = { actor, registry, object, record, action: act, field: about };
  return {
    allowed,
    fields,
    edit,
    because: allowed ? pathsTo(question, ways) : [],
    lacking: allowed ? [] : about === null && field !== undefined ? NO_SUCH_FIELD : lackingFor(question),
    hiddenBy: restrictionsOn(actor, object, record),
  };
}

const NO_SUCH_FIELD: Lacking[] = [{ kind: 'never', why: 'field' }];

/** The ways by which this record is within the actor's reach; none for one in the bin, or hidden by a restriction. */
export const waysTo = (actor: Actor, object: ObjectDef, record: Image): WayMask =>
  record.deleted_at !== null || restrictionsOn(actor, object, record).length > 0
    ? 0
    : waysMatching(actor, object, record);

export const rightsFor = (actor: Actor, registry: Registry, object: ObjectDef, record: Image): ObjectRights =>
  rightsOf(actor, registry, object, parentOf(object, record)?.object ?? null);

/**
 * The record as the actor may see it, or null where they may not see it at all. Scope is judged on the whole record;
 * masking comes last.
 */
export function mask(
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  record: Image,
): MaskedRecord | null {
  const ways = waysTo(actor, object, record);
  if (ways === 0) return null;
  const sight = sightBy(rightsFor(actor, registry, object, record), ways);
  return sight && seenBy(sight, record);
}

/** What somebody sees of a record, whatever the record holds: all who see the same may share it. */
export interface Sight {
  fields: readonly string[];
  may: May;
}

/** What these rights show of a record that these ways match; null: nothing. */
export function sightBy(rights: ObjectRights, ways: WayMask): Sight | null {
  if (ways === 0 || !met(rights.actions.read, ways)) return null;
  return { fields: readableFields(rights, ways), may: mayOf(rights, ways) };
}

export function seenBy({ fields, may }: Sight, record: Image): MaskedRecord {
  const seen: MaskedRecord = { id: record.id, version: record.version, created_at: record.created_at, may };
  for (const field of fields) seen[field] = record[field] ?? null;
  return seen;
}

export function mayOf(rights: ObjectRights, ways: WayMask): May {
  const actions = REACHED_ACTIONS.filter((action) => met(rights.actions[action], ways));
  return { actions, edit: editableFields(rights, ways) };
}

const readableFields = (rights: ObjectRights, ways: WayMask): string[] =>
  [...rights.read].filter(([, reach]) => met(reach, ways)).map(([name]) => name);

// Edit rights include reading: a field one may not see is never one to write.
const editableFields = (rights: ObjectRights, ways: WayMask): string[] =>
  [...rights.edit]
    .filter(([name, reach]) => met(reach, ways) && met(rights.read.get(name) ?? [0], ways))
    .map(([name]) => name);
