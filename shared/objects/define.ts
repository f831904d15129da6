import { assert } from '../lib/must.ts';
import type { Field } from '../fields/index.ts';

export const ACTIONS = ['read', 'create', 'update', 'delete', 'assign', 'export'] as const;
export type Action = (typeof ACTIONS)[number];

/** The facts of a record from which entitlement follows; each names the field that holds it. */
export type Fact = 'owner' | 'team' | 'participants';

/** An object of the business: everything generic (tables, forms, access, history, live, API) is drawn from it. */
export interface ObjectDef {
  name: string;
  plural: string;
  label: string;
  labelPlural: string;
  table: string;
  fields: Record<string, Field>;
  /** Field that names a record to people. */
  title: string;
  /** What everyone signed in may read without any grant (normal fields only): nothing, their own, or every record. */
  baseline: 'private' | 'own' | 'read';
  facts: Partial<Record<Fact, string>>;
  /**
   * For a part (an activity of a deal): relation fields that may name its parent, in order; the first that is set
   * is the parent. A part carries its parent's facts and is never seen by anyone who may not see the parent.
   */
  parents: readonly string[];
  /** Field by which boards and totals divide it into worlds of their own (a deal's pipeline). */
  partition: string | null;
  /** What a view counts and sums: per group, live. */
  totals: { group: string | null; sum: readonly string[] };
  /** Whether its changes are remembered for people to read. */
  history: boolean;
  /** Fields looked through by a search. */
  search: readonly string[];
  /** Default order: a field, with `-` for descending. */
  sort: string;
}

type Definition = Pick<ObjectDef, 'name' | 'plural' | 'label' | 'labelPlural' | 'title'> &
  Partial<Omit<ObjectDef, 'fields'>> & { fields: Record<string, Omit<Field, 'name'>> };

/** Completes a definition with its defaults and checks that every field it names exists. */
export function defineObject(definition: Definition): ObjectDef {
  const fields = Object.fromEntries(
    Object.entries(definition.fields).map(([name, field]) => [name, { ...field, name }]),
  );
  const object: ObjectDef = {
    table: definition.name,
    baseline: 'private',
    facts: { owner: 'owner', team: 'team' },
    parents: [],
    partition: null,
    totals: { group: null, sum: [] },
    history: true,
    search: [definition.title],
    sort: definition.title,
    ...definition,
    fields,
  };
  const named = [object.title, object.partition, object.totals.group, object.sort.replace(/^-/, '')]
    .concat(object.totals.sum, object.search, object.parents, Object.values(object.facts))
    .filter((name): name is string => name !== null);
  for (const name of named)
    assert(name in fields || SYSTEM_FIELDS.includes(name), `${object.name} has no field ${name}`);
  return object;
}

/** Carried by every record beside its fields. */
export const SYSTEM_FIELDS = ['id', 'created_at'];

/** Name of the column that holds a field. */
export const columnOf = (field: Field): string => {
  if (field.kind === 'relation') return `${field.name}_id`;
  if (field.kind === 'relations') return `${field.name.replace(/s$/, '')}_ids`;
  return field.name;
};
