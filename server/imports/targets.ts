import { creatingRoles, holds, opensNew, rightsOf, type Actor } from '../../shared/access/index.ts';
import { countries } from '../../shared/lib/countries.ts';
import type { Choice, Field } from '../../shared/fields/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import { isImportable } from '../../shared/imports/importable.ts';
import type { ImportTarget } from '../../shared/protocol/index.ts';
import type { AnySql } from '../db/fragments.ts';
import { isEverReadable } from '../access/reaches.ts';

/** Required fields that the program fills in where nobody says anything (see server/records/behaviours). */
const FILLED: Readonly<Record<string, readonly string[]>> = {
  deal: ['pipeline', 'stage'],
  ticket: ['status', 'priority'],
  user: ['active'],
  activity: ['kind'],
  queue: ['position'],
};

/** Parts that a new record brings along: a column of texts becomes one of each. */
export const PARTS = {
  'message.customer': { part: 'message', of: ['ticket'], label: 'First message of the customer' },
  'message.us': { part: 'message', of: ['ticket'], label: 'Our answer' },
  note: { part: 'note', of: ['ticket'], label: 'Private note' },
  'activity.note': { part: 'activity', of: ['company', 'contact', 'deal'], label: 'Note' },
} as const;
export type PartKey = keyof typeof PARTS;
export const isPart = (key: string): key is PartKey => Object.hasOwn(PARTS, key);

/** What the columns of a file can become for this person, in the order in which people see the fields. */
export async function targetsOf(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
): Promise<ImportTarget[]> {
  const fields = Object.values(object.fields).filter((field) => isGiven(actor, object, field));
  const known = new Map<string, Choice[]>();
  if (fields.some(({ kind }) => kind === 'stage')) known.set('stage', await stagesIn(sql));
  const targets = fields.map((field): ImportTarget => {
    const target = field.target === null ? null : registry.get(field.target);
    return {
      key: field.name,
      label: field.label,
      kind: field.kind,
      required: isAsked(object, field),
      matches: !field.system && canMatch(field) && isEverReadable(actor, registry, object, field.name),
      target: field.target,
      creates: target !== null && mayAdd(actor, registry, target),
      choices: known.get(field.kind) ?? (field.codes === 'country' ? countries() : [...field.choices]),
    };
  });
  return [
    ...targets,
    plain('id', 'Id', 'text', true),
    plain('created_at', 'Created', 'instant'),
    ...Object.entries(PARTS)
      .filter(
        ([, { part, of }]) => of.some((name) => name === object.name) && mayWrite(actor, registry, part),
      )
      .map(([key, { label }]) => plain(key, label, 'longtext')),
    ...(object.name === 'activity' ? activityTargets(targets) : []),
    ...(object.name === 'user' && holds(actor, 'manage_roles')
      ? [{ ...plain('roles', 'Roles', 'relations'), choices: await rolesIn(sql) }]
      : []),
  ];
}

/** What files say of activities beside the fields: to what they belong, of whatever kind, and whether they are done. */
function activityTargets(fields: readonly ImportTarget[]): ImportTarget[] {
  const has = (name: string) => fields.some(({ key }) => key === name);
  const choices = [
    { value: 'yes', label: 'Done' },
    { value: 'no', label: 'Open' },
  ];
  return [
    plain('belongs_to', 'Belongs to (any record)', 'text'),
    ...(has('done_at') ? [{ ...plain('done', 'Done or open', 'choice'), choices }] : []),
  ];
}

/** Whether a new record must be given it. */
const isAsked = (object: ObjectDef, { name, required, system, initial }: Field): boolean =>
  required && !system && initial === null && !FILLED[object.name]?.includes(name);

const plain = (key: string, label: string, kind: string, matches = false): ImportTarget => ({
  key,
  label,
  kind,
  required: false,
  matches,
  target: null,
  creates: false,
  choices: [],
});

/** Whether the actor gives new records a value for this field, or is told one by the file. */
export function isGiven(actor: Actor, object: ObjectDef, field: Field): boolean {
  if (field.kind === 'stages') return false;
  if (field.system) return field.told === true;
  return creatingRoles(actor, object).some((role) => opensNew(role, object, field.name));
}

/** Long texts, lists and mere words of a stage are not what a record is known by. */
export const canMatch = ({ kind }: Field): boolean =>
  !['longtext', 'relations', 'stage', 'stages', 'boolean', 'percent'].includes(kind);

/** Whether records of this object can be created along, by nothing but their names. */
export const mayAdd = (actor: Actor, registry: Registry, object: ObjectDef): boolean =>
  isImportable(object) && rightsOf(actor, registry, object, null).create;

const mayWrite = (actor: Actor, registry: Registry, part: string): boolean => {
  return creatingRoles(actor, registry.get(part)).length > 0;
};

async function stagesIn(sql: AnySql): Promise<Choice[]> {
  const rows = await sql<{ key: string; name: string }[]>`
    select distinct on (stage ->> 'key') stage ->> 'key' as key, stage ->> 'name' as name
    from pipeline, jsonb_array_elements(stages) with ordinality s (stage, place)
    where deleted_at is null order by stage ->> 'key', position, place
  `;
  return rows.map(({ key, name }) => ({ value: key, label: name }));
}

async function rolesIn(sql: AnySql): Promise<Choice[]> {
  const rows = await sql<{ name: string }[]>`select name from role order by name`;
  return rows.map(({ name }) => ({ value: name, label: name }));
}
