import type { Filter } from '../../../shared/protocol/index.ts';
import { columnOf, type Fact, type ObjectDef } from '../../../shared/objects/index.ts';
import { parentSql } from '../../access/predicate.ts';
import { anyOf, joined, type AnySql, type Fragment } from '../../db/fragments.ts';
import { passingSql } from '../policies.ts';

/** Records of one object that nobody's rights tell apart: they hold the same for every fact. */
export interface Group {
  /** Index of the kind of parent, for parts. */
  kind: number;
  /** Whether somebody still has work with them: unsolved tickets, open deals. */
  open: boolean;
  /** Ids held, in the order of the facts asked for. */
  ids: readonly (readonly string[])[];
  count: number;
}

/** What records are looked for: of a rule that none of them is marked with yet. */
export interface Unmarked {
  id: string;
  object: ObjectDef;
  filter: Filter;
}

export interface Wanted {
  /** Facts that tell records apart; `customer` never does, as no person of ours is one. */
  facts: readonly Fact[];
  /** Only records that hold one of these ids, by fact; null: all. */
  ids: ReadonlyMap<Fact, ReadonlySet<string>> | null;
  /** Rules of this object, or of those whose parts it is: their ids count as held where records fulfil them. */
  unmarked: readonly Unmarked[];
}

/** Above so many ids it is quicker to look at every record than to look each of them up. */
const LOOKED_UP = 2_000;

/** The records of an object, grouped by their facts. Those in the bin are nobody's. */
export async function groupsOf(
  sql: AnySql,
  object: ObjectDef,
  { facts, ids, unmarked }: Wanted,
): Promise<Group[]> {
  const fulfilled = unmarked.map((rule, index) => ({
    ...rule,
    alias: `p${index}`,
    joins: joinsOf(object, rule),
  }));
  const columns = facts.map((fact) => ({
    fact,
    column: sql(`r.${columnNameOf(object, fact)}`),
    as: sql(`f_${fact}`),
  }));
  const held = columns.map(({ column, as }) => sql`, ${column} as ${as}`);
  const passes = fulfilled.map(
    ({ alias }) => sql`, ${sql(`${alias}.id`)} is not null as ${sql(`_${alias}`)}`,
  );
  const by = [
    sql`_kind`,
    sql`_open`,
    ...columns.map(({ as }) => sql`${as}`),
    ...fulfilled.map(({ alias }) => sql`${sql(`_${alias}`)}`),
  ];
  const rows = await sql<Record<string, unknown>[]>`
    select ${parentSql(sql, object, 'r')} as _kind, ${openSql(sql, object)} as _open,
      count(*)::int as _count ${all(sql, held)} ${all(sql, passes)}
    from ${sql(object.table)} r
    ${all(
      sql,
      fulfilled.map(
        ({ object: target, filter, alias, joins }) =>
          sql`left join ${passingSql(sql, target, filter)} ${sql(alias)} on ${sql(`${alias}.id`)} = ${joins(sql)}`,
      ),
    )}
    where r.deleted_at is null ${ids === null ? sql`` : sql`and ${holdingSql(sql, object, ids, fulfilled)}`}
    group by ${joined(sql, by, sql`, `)}
  `;
  const policies = facts.indexOf('policies');
  // A part without a parent is nobody's.
  const parented = rows.filter((row) => row['_kind'] !== null);
  return parented.map((row) => {
    const more = fulfilled.flatMap(({ id, alias }) => (row[`_${alias}`] === true ? [id] : []));
    return {
      kind: row['_kind'] as number,
      open: row['_open'] as boolean,
      count: row['_count'] as number,
      ids: facts.map((fact, index) => {
        const list = idsIn(row[`f_${fact}`]);
        return index === policies && more.length > 0 ? [...list, ...more] : list;
      }),
    };
  });
}

/** How many records there are, by kind of parent. */
export async function totalsOf(sql: AnySql, object: ObjectDef): Promise<number[]> {
  const rows = await sql<{ kind: number | null; count: number }[]>`
    select ${parentSql(sql, object, 'r')} as kind, count(*)::int as count
    from ${sql(object.table)} r where r.deleted_at is null group by 1
  `;
  const totals: number[] = [];
  for (const { kind, count } of rows) if (kind !== null) totals[kind] = count;
  return totals;
}

/** Whether a rule on an object marks records of this one: its own, or their parts. */
export const concerns = ({ object: of }: Unmarked, object: ObjectDef): boolean =>
  of.name === object.name || object.parents.some((field) => object.fields[field]?.target === of.name);

/** The column that holds the id of the record which a rule looks at: the row itself, or its parent. */
function joinsOf(object: ObjectDef, rule: Unmarked): (sql: AnySql) => Fragment {
  if (rule.object.name === object.name) return (sql) => sql`r.id`;
  const kind = object.parents.findIndex((field) => object.fields[field]?.target === rule.object.name);
  const field = object.fields[object.parents[kind] ?? ''];
  return (sql) =>
    sql`case when ${parentSql(sql, object, 'r')} = ${kind} then ${sql(`r.${field ? columnOf(field) : 'id'}`)} end`;
}

/** Rows that hold one of the ids; those of unmarked rules where they are fulfilled. */
function holdingSql(
  sql: AnySql,
  object: ObjectDef,
  ids: ReadonlyMap<Fact, ReadonlySet<string>>,
  fulfilled: readonly { id: string; alias: string }[],
): Fragment {
  const parts = [...ids].flatMap(([fact, wanted]) => {
    const list = [...wanted].filter((id) => !fulfilled.some((rule) => rule.id === id));
    if (object.facts[fact] === undefined || list.length === 0) return [];
    if (list.length > LOOKED_UP) return [sql`true`];
    const column = sql(`r.${columnNameOf(object, fact)}`);
    return [
      isList(object, fact) ? sql`${column} && ${list}::uuid[]` : sql`${column} = any (${list}::uuid[])`,
    ];
  });
  const passing = fulfilled
    .filter(({ id }) => ids.get('policies')?.has(id))
    .map(({ alias }) => sql`${sql(`${alias}.id`)} is not null`);
  return anyOf(sql, [...parts, ...passing]);
}

/** Unsolved tickets and open deals are work for somebody; of anything else every record is. */
function openSql(sql: AnySql, object: ObjectDef): Fragment {
  if (object.name === 'ticket') return sql`r.status <> 'resolved'`;
  if (object.name === 'deal') return sql`r.closed_at is null`;
  return sql`true`;
}

const all = (sql: AnySql, parts: readonly Fragment[]): Fragment =>
  parts.length === 0 ? sql`` : joined(sql, parts, sql` `);

/** The column that says a fact. */
export function columnNameOf(object: ObjectDef, fact: Fact): string {
  const name = object.facts[fact] ?? 'id';
  const field = object.fields[name];
  return field ? columnOf(field) : name;
}

const isList = (object: ObjectDef, fact: Fact): boolean =>
  object.fields[object.facts[fact] ?? '']?.kind === 'relations';

/** What a column of facts holds: one id, several, or none. */
export function idsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value as string[]) : [];
}
