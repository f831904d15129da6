import type { Field, Value } from '../fields/index.ts';
import {
  REACHED_ACTIONS,
  type Fact,
  type ObjectDef,
  type ReachedAction,
  type Registry,
} from '../objects/index.ts';
import type { Actor } from './actor.ts';
import type { FieldRight } from './role.ts';
import { fieldRight, grantsOf, met, rightsOf, rolesOn, type ObjectRights } from './rights.ts';
import { maskOf, VETO, WAY_NAMES, WAYS, bitOf, waysIn, type Way, type WayMask } from './ways.ts';

/** A whole record, unmasked, by field name: what the write path and the log hold. */
export interface Image {
  id: string;
  version: number;
  created_at: string;
  /** Set when the record is in the bin: then nobody is entitled to it. */
  deleted_at: string | null;
  [field: string]: Value | undefined;
}

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

/** One path by which something is allowed: role → grant → way (→ field right). */
export interface Because {
  role: string;
  roleId: string;
  action: ReachedAction;
  way: Way;
  field?: 'read' | 'edit';
}

export interface Decision {
  allowed: boolean;
  /** Names of the readable fields, then of the editable ones; empty when reading is not allowed. */
  fields: string[];
  edit: string[];
  because: Because[];
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
  return { allowed, fields, edit, because: allowed ? paths(actor, object, act, ways, about) : [] };
}

/** Ids of the restrictions that hide this record from the actor: they beat every way. */
export const restrictionsOn = (actor: Actor, object: ObjectDef, record: Image): string[] =>
  factIds(object, record, VETO.fact).filter((id) => actor.sets[VETO.set].has(id));

/** The ways by which this record is within the actor's reach; none for one in the bin, or hidden by a restriction. */
export function waysTo(actor: Actor, object: ObjectDef, record: Image): WayMask {
  if (record.deleted_at !== null || restrictionsOn(actor, object, record).length > 0) return 0;
  let mask = 0;
  for (const way of WAY_NAMES) {
    const { through } = WAYS[way];
    const matched =
      through === 'always' ||
      through.some(({ fact, set }) => factIds(object, record, fact).some((id) => actor.sets[set].has(id)));
    if (matched) mask |= bitOf(way);
  }
  return mask;
}

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
  const rights = rightsFor(actor, registry, object, record);
  if (!met(rights.actions.read, ways)) return null;
  const seen: MaskedRecord = {
    id: record.id,
    version: record.version,
    created_at: record.created_at,
    may: mayOf(rights, ways),
  };
  for (const field of readableFields(rights, ways)) seen[field] = record[field] ?? null;
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

/** Every grant that is part of the reason, by every way in which it matches. */
function paths(
  actor: Actor,
  object: ObjectDef,
  action: ReachedAction,
  ways: WayMask,
  field: Field | null,
): Because[] {
  return rolesOn(actor, object).flatMap((role) => {
    const right = field === null ? null : fieldRight(role, object, field);
    return REACHED_ACTIONS.filter((granted) => leadsTo(action, granted, right)).flatMap((granted) =>
      grantsOf(role, object, granted).flatMap((grant) => {
        const shown = right === null || right === 'hidden' ? {} : { field: right };
        return waysIn(ways & maskOf(grant.ways)).map((way) => ({
          role: role.name,
          roleId: role.id,
          action: grant.action,
          way,
          ...shown,
        }));
      }),
    );
  });
}

// Every action implies reading. To export (or delete) with a field in view, the action and the sight of the field may
// come from two roles; to write a field, its role must grant the writing.
function leadsTo(action: ReachedAction, granted: ReachedAction, right: FieldRight | null): boolean {
  if (action === 'update' || action === 'assign') return granted === action && (right ?? 'edit') === 'edit';
  if (right === null) return granted === action || action === 'read';
  return right !== 'hidden' || (granted === action && action !== 'read');
}
