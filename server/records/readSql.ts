import {
  mayOf,
  met,
  type Actor,
  type MaskedRecord,
  type May,
  type ObjectRights,
  type WayMask,
} from '../../shared/access/index.ts';
import type { Field, Value } from '../../shared/fields/index.ts';
import { must } from '../../shared/lib/must.ts';
import type { ObjectDef, ReachedAction, Registry } from '../../shared/objects/index.ts';
import { filterField } from '../../shared/protocol/index.ts';
import {
  fieldReachSql,
  fieldReadableSql,
  fieldSql,
  parentSql,
  readableSql,
  waysSql,
  type Known,
} from '../access/predicate.ts';
import { isReadableWithRow, rightsByParent } from '../access/reaches.ts';
import { selected, type AnySql, type Fragment } from '../db/fragments.ts';
import { valueSql } from './valueSql.ts';

/** A row of `maskedSql`: one column per field, by its name, null where the viewer may not read it. */
export interface MaskedRow {
  id: string;
  version: number;
  created_at: string;
  _ways: WayMask;
  /** Index of the kind of parent, for parts. */
  _parent: number;
  [field: string]: Value | undefined;
}

export interface MaskedOptions {
  action?: ReachedAction;
  sorted?: Field | undefined;
  shown?: ReadonlySet<string>;
  /** What the rows hold that are wanted of them, whoever asks. */
  known?: Known;
  /** Only these fields, where rows are chosen and not shown. */
  only?: ReadonlySet<string>;
  /** Has the ways of each row worked out once, not for every field that asks: for few rows that are shown. */
  once?: boolean;
  /** Has it said of each row whether it may be read, and asks no index for those that may. */
  byRow?: boolean;
  /** Of the rows that may be read only these (see server/access/branches.ts). */
  branch?: Fragment;
}

/** The column of masked rows that says whether a field may be read on the row. */
export const shownColumn = (field: string): string => `_shown_${field}`;

/** The column beside it that holds the field unmasked. */
export const bareColumn = (field: string): string => `_bare_${field}`;

/**
 * A subselect of all rows of an object that the actor may read, masked field by field; with another `action`, of those
 * with which they may do that as well. Filters, orders and sums stand outside of it and so see what the viewer sees; the
 * planner folds it away, so that indexes serve all the same. `sorted` is a field readable on some rows: it comes
 * unmasked as `_sorted` too, with `_shown` where it may be read, so that an order by it can be read off an index;
 * nothing else may be done with it. For each field of `shown` there is `_shown_NAME` too, true where it may be read, and
 * `_bare_NAME`, unmasked: a condition on it that stands beside the former by an `and` can be asked of an index, and lets
 * through what the same condition on the masked value would.
 */
export function maskedSql(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  {
    action = 'read',
    sorted,
    shown = new Set(),
    known,
    only,
    once = false,
    byRow = false,
    branch,
  }: MaskedOptions = {},
): Fragment {
  const ways = sql`w._ways`;
  const fields = Object.values(object.fields).filter(({ name }) => only?.has(name) ?? true);
  const columns: Record<string, Fragment> = { id: sql`r.id`, created_at: sql`r.created_at` };
  if (only === undefined) {
    columns['version'] = sql`r.version`;
    columns['_ways'] = ways;
    columns['_parent'] = parentSql(sql, object, 'r');
  }
  for (const field of fields)
    columns[field.name] = fieldSql(
      sql,
      actor,
      registry,
      object,
      field.name,
      'r',
      valueSql(sql, field, 'r'),
      ways,
    );
  if (sorted !== undefined) {
    columns['_sorted'] = valueSql(sql, sorted, 'r');
    columns['_shown'] = fieldReadableSql(sql, actor, registry, object, sorted.name, 'r', ways);
  }
  for (const name of shown) {
    columns[shownColumn(name)] = fieldReachSql(sql, actor, registry, object, name, 'r', byRow);
    columns[bareColumn(name)] = valueSql(sql, filterField(object, name), 'r');
  }
  const isAsked =
    only === undefined ||
    sorted !== undefined ||
    fields.some(({ name }) => !isReadableWithRow(actor, registry, object, name));
  return sql`(
    ${selected(sql, columns)} from ${sql(object.table)} r
    ${isAsked ? sql`cross join lateral (select ${waysSql(sql, actor, registry, object, 'r')} as _ways ${once ? sql`offset 0` : sql``}) w` : sql``}
    where ${branch ?? readableSql(sql, actor, registry, object, 'r', action, known, byRow)}
  )`;
}

/** A masked row as it goes out: what is not readable on it is absent, what is empty is null. */
export function toMasked(actor: Actor, registry: Registry, object: ObjectDef, row: MaskedRow): MaskedRecord {
  const rights = must(
    rightsByParent(actor, registry, object)[row._parent],
    'rights under the kind of parent',
  );
  const { may, names } = shownBy(rights, row._ways);
  const record: MaskedRecord = { id: row.id, version: row.version, created_at: row.created_at, may };
  for (const name of names) record[name] = row[name] ?? null;
  return record;
}

/** What rights come to by some ways: the same for most rows of a page, so worked out once. */
function shownBy(rights: ObjectRights, ways: WayMask): Shown {
  let known = shownOnes.get(rights);
  if (!known) shownOnes.set(rights, (known = new Map()));
  let shown = known.get(ways);
  if (!shown) {
    const names = [...rights.read].filter(([, reach]) => met(reach, ways)).map(([name]) => name);
    known.set(ways, (shown = { may: mayOf(rights, ways), names }));
  }
  return shown;
}

interface Shown {
  may: May;
  names: string[];
}
const shownOnes = new WeakMap<ObjectRights, Map<WayMask, Shown>>();
