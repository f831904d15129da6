import { columnOf, type ObjectDef } from '../../../shared/objects/index.ts';
import { fieldsOf, type Filter } from '../../../shared/protocol/index.ts';
import { parentSql } from '../../access/predicate.ts';
import { joined, type AnySql, type Fragment } from '../../db/fragments.ts';
import type { TerritoryRule } from '../behaviours/placing.ts';
import { filterSql } from '../filterSql.ts';
import { unmaskedSql } from '../policies.ts';
import { columnNameOf, idsIn, type Group } from './groups.ts';
import { factsOf } from './scope.ts';

// Companies that the rules of territories would bring elsewhere, in one statement: where each stands and would stand.
// What `fillSome` does one by one (server/commands/errands), and held to it by the tests of previews.

/** A rule or restriction on companies: whose records have its id. */
export interface Marking {
  id: string;
  filter: Filter;
}

/** The groups as they are, and what each is to become. */
export interface Moved {
  groups: Group[];
  moved: Group[];
}

/** How companies, and what belongs to them, would be placed. `object` is `company`, or one whose parent may be one. */
export async function movedGroups(
  sql: AnySql,
  company: ObjectDef,
  object: ObjectDef,
  { rules, markings }: { rules: readonly TerritoryRule[]; markings: readonly Marking[] },
): Promise<Moved> {
  if (rules.length === 0) return { groups: [], moved: [] };
  const looking = markings.filter(({ filter }) => fieldsOf(filter).includes('territory'));
  const facts = factsOf(object);
  const columns = facts.map((fact) => sql`r.${sql(columnNameOf(object, fact))} as ${sql(`f_${fact}`)}`);
  const named = (name: string) => sql`${sql(name)}`;
  const marks = looking.map((_, index) => named(`m${index}`));
  const rows = await sql<Record<string, unknown>[]>`
    select _kind, _goes, count(*)::int as _count ${list(sql, [...facts.map((fact) => named(`f_${fact}`)), ...marks])}
    from (
      select ${parentSql(sql, object, 'r')} as _kind, p.goes as _goes
        ${list(sql, columns)} ${list(
          sql,
          marks.map((mark) => sql`p.${mark}`),
        )}
      from ${placedSql(sql, company, rules, looking)} p
      join ${sql(object.table)} r on ${belongsSql(sql, company, object)}
      where r.deleted_at is null
    ) found
    where _kind is not null
    group by _kind, _goes ${list(sql, [...facts.map((fact) => named(`f_${fact}`)), ...marks])}
  `;
  const found = rows.map((row) => pairOf(row));
  return { groups: found.map(({ now }) => now), moved: found.map(({ later }) => later) };

  function pairOf(row: Record<string, unknown>): { now: Group; later: Group } {
    const frame = { kind: row['_kind'] as number, open: true, count: row['_count'] as number };
    const ids = facts.map((fact) => idsIn(row[`f_${fact}`]));
    const next = facts.map((fact, index) => {
      if (fact === 'territory') return idsIn(row['_goes']);
      if (fact !== 'policies') return ids[index] ?? [];
      const others = (ids[index] ?? []).filter((id) => !looking.some((marking) => marking.id === id));
      return [...others, ...looking.flatMap(({ id }, at) => (row[`m${at}`] === true ? [id] : []))];
    });
    return { now: { ...frame, ids }, later: { ...frame, ids: next } };
  }
}

/** How many companies that are. */
export async function countMoved(
  sql: AnySql,
  company: ObjectDef,
  rules: readonly TerritoryRule[],
): Promise<number> {
  if (rules.length === 0) return 0;
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from ${placedSql(sql, company, rules, [])} p
    join ${sql(company.table)} r on r.id = p.id where r.deleted_at is null
  `;
  return row?.count ?? 0;
}

/**
 * Companies that would go elsewhere: `id`, `goes`, and for each marking whether it would be on them there (`m0` …). By the
 * first rule that they fulfil; else home to their owner's, where they are in a territory that a rule fills.
 */
function placedSql(
  sql: AnySql,
  company: ObjectDef,
  rules: readonly TerritoryRule[],
  markings: readonly Marking[],
): Fragment {
  const whens = rules.map(
    ({ territory, filter }) => sql`when ${filterSql(sql, company, filter, 'm')} then ${territory}::uuid`,
  );
  const filled = rules.map(({ territory }) => territory);
  const placed = sql`
    (select m.*, case ${joined(sql, whens, sql` `)}
      when m.territory = any (${filled}::uuid[]) then (select u.territory_ids[1] from user_account u where u.id = m.owner)
      else m.territory end as goes
    from ${unmaskedSql(sql, company)} m where m.territory_fixed is not true)
  `;
  const others = Object.keys(company.fields).filter((name) => name !== 'territory');
  const there = sql`
    (select id, created_at, goes, goes as territory, territory as was ${list(
      sql,
      others.map((name) => sql`${sql(name)}`),
    )}
    from ${placed} m where territory is distinct from goes)
  `;
  const marks = markings.map(
    ({ filter }, index) => sql`(${filterSql(sql, company, filter, 'm')}) is true as ${sql(`m${index}`)}`,
  );
  return sql`(select m.id, m.goes ${list(sql, marks)} from ${there} m)`;
}

function belongsSql(sql: AnySql, company: ObjectDef, object: ObjectDef): Fragment {
  if (object.name === company.name) return sql`r.id = p.id`;
  const kind = object.parents.findIndex((field) => object.fields[field]?.target === company.name);
  const column = object.fields[object.parents[kind] ?? ''];
  return sql`(${parentSql(sql, object, 'r')} = ${kind} and r.${sql(column ? columnOf(column) : 'id')} = p.id)`;
}

/** More columns after others. */
const list = (sql: AnySql, parts: readonly Fragment[]): Fragment =>
  parts.length === 0 ? sql`` : sql`, ${joined(sql, parts, sql`, `)}`;
