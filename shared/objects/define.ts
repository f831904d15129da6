import { assert } from '../lib/must.ts';
import type { Field } from '../fields/index.ts';

/** What can be done with a record of any object. */
export const COMMON_ACTIONS = ['read', 'create', 'update', 'delete', 'assign', 'export'] as const;
/** What some objects add to that; each names its own in `actions`. */
export const OWN_ACTIONS = ['read_thread', 'reply', 'note'] as const;
export const ACTIONS = [...COMMON_ACTIONS, ...OWN_ACTIONS] as const;
export type Action = (typeof ACTIONS)[number];
export type OwnAction = (typeof OWN_ACTIONS)[number];
/** Every action that is granted with a reach: all but `create`. */
export type ReachedAction = Exclude<Action, 'create'>;
export const REACHED_ACTIONS = ACTIONS.filter((action): action is ReachedAction => action !== 'create');

/** The facts of a record from which entitlement follows; each names the field that holds it. */
export const FACTS = [
  'owner', 'team', 'territory', 'participants', 'queue', 'customer',
  // Ids of the rules, restrictions and shares that the record falls under (server/records/policies.ts).
  'policies',
] as const; // prettier-ignore
export type Fact = (typeof FACTS)[number];

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
  /** Actions it has beside those of every object. */
  actions: readonly OwnAction[];
  /** Whether a record given to another owner goes to that person's home team. */
  teamFollowsOwner: boolean;
  /** What else than reading its owner, and whoever is named on it, must be able to do with it. */
  holdersNeed: OwnAction | null;
  /** Fields whose people are told of the record, and so must be able to read it (a note's mentions). */
  addressed: readonly string[];
  /**
   * For a part (an activity of a deal): relation fields that may name its parent, in order; the first that is set
   * is the parent. A part carries its parent's facts and is never seen by anyone who may not see the parent.
   */
  parents: readonly string[];
  /**
   * For a part whose rights are actions of its parent (a message: `read_thread`, `reply`) instead of grants of its own.
   * It is never changed nor deleted by hand.
   */
  grantedBy: { object: string; read: readonly OwnAction[]; create: OwnAction } | null;
  /** Field by which boards and totals divide it into worlds of their own (a deal's pipeline). */
  partition: string | null;
  /** What a view counts and sums: per group, live. */
  totals: { group: string | null; sum: readonly string[] };
  /** Whether its changes are remembered for people to read. */
  history: boolean;
  /** Fields looked through by a search. */
  search: readonly string[];
  /**
   * For what people look for from anywhere (GET /api/search): fields shown beside the title of what was found, and
   * those that are found by their whole value only. Null: it is found in lists of its own alone.
   */
  found: { beside: readonly string[]; whole: readonly string[] } | null;
  /** Default order: a field, with `-` for descending. */
  sort: string;
  /** Its pages in the console, a list and one for each record; null: it is seen with other things only. */
  pages: PagesDef | null;
}

/** What the pages of an object show; all of it names of fields. */
export interface PagesDef {
  /** Where it stands in the rail, from the top, and the letter that leads there after G; null: among the settings. */
  rail: { position: number; key: string } | null;
  /** Columns of the list, the title first. */
  columns: readonly string[];
  /** Those of them that a row keeps on a phone. */
  phone: readonly string[];
  /** Filters offered before the others. */
  filters: readonly string[];
  /** Asked for when one is made; the others can be opened. */
  form: readonly string[];
}

type Definition = Pick<ObjectDef, 'name' | 'plural' | 'label' | 'labelPlural' | 'title'> &
  Partial<Omit<ObjectDef, 'fields' | 'pages'>> & {
    fields: Record<string, Omit<Field, 'name'>>;
    pages?: Partial<PagesDef>;
  };

/** Completes a definition with its defaults and checks that every field it names exists. */
export function defineObject(definition: Definition): ObjectDef {
  const fields = Object.fromEntries(
    Object.entries(definition.fields).map(([name, field]) => [name, { ...field, name }]),
  );
  const object: ObjectDef = {
    table: definition.name,
    baseline: 'private',
    facts: { owner: 'owner', team: 'team' },
    actions: [],
    teamFollowsOwner: true,
    holdersNeed: null,
    addressed: [],
    parents: [],
    grantedBy: null,
    partition: null,
    totals: { group: null, sum: [] },
    history: true,
    search: [definition.title],
    found: null,
    sort: definition.title,
    ...definition,
    fields,
    pages: definition.pages ? completePages(definition, definition.pages) : null,
  };
  const { columns = [], phone = [], filters = [], form = [] } = object.pages ?? {};
  const named = [object.title, object.partition, object.totals.group, object.sort.replace(/^-/, '')]
    .concat(object.totals.sum, object.search, object.parents, object.addressed, Object.values(object.facts))
    .concat(columns, phone, filters, form)
    .concat(object.found?.beside ?? [], object.found?.whole ?? [])
    .filter((name): name is string => name !== null);
  for (const name of named)
    assert(name in fields || SYSTEM_FIELDS.includes(name), `${object.name} has no field ${name}`);
  for (const name of Object.keys(fields))
    assert(!RESERVED_NAMES.includes(name), `${object.name}.${name} hides something else of that name`);
  return object;
}

function completePages({ title, name, fields }: Definition, pages: Partial<PagesDef>): PagesDef {
  const { rail = null, columns = [title], phone = columns, filters = [] } = pages;
  assert(columns[0] === title, `${name}: the title is the first column`);
  return { rail, columns, phone, filters, form: pages.form ?? Object.keys(fields) };
}

/** Carried by every record beside its fields. */
export const SYSTEM_FIELDS = ['id', 'created_at'];

/** What no field may be called: it stands beside the fields of a record, on the wire or in a filter. */
export const RESERVED_NAMES = [
  ...SYSTEM_FIELDS,
  'version',
  'may',
  'by',
  'custom',
  'touched',
  'updated_at',
  'deleted_at',
  'or',
  'and',
];

/** Name of the column that holds a field. */
export const columnOf = (field: Field): string => {
  if (field.kind === 'relation') return `${field.name}_id`;
  if (field.kind === 'relations') return `${field.name.replace(/ies$/, 'y').replace(/s$/, '')}_ids`;
  return field.name;
};
