import type {
  RestrictionAnswer,
  ShareAnswer,
  SharingRuleAnswer,
  Target,
} from '../../shared/protocol/index.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';

// Rules, restrictions and shares as their doors answer them. Who may read them is asked by whoever calls.

/** All sharing rules by object and name, or the one of that id. */
export async function readSharingRules(sql: AnySql, id: string | null = null): Promise<SharingRuleAnswer[]> {
  const rows = await sql<SharingRuleAnswer[]>`
    select r.id, r.version, r.name, r.object, c.filter as criteria,
      jsonb_build_object('kind', r.to_kind, 'id', r.to_id) as to, r.level, r.active, ${progressSql(sql)} as progress,
      r.created_by, r.created_at, r.updated_at
    from sharing_rule r join criteria c on c.id = r.criteria_id
    where ${id === null ? sql`true` : sql`r.id = ${id}::uuid`} order by r.object, r.name collate "und-x-icu", r.id
  `;
  return [...rows];
}

/** The same of restrictions. */
export async function readRestrictions(sql: AnySql, id: string | null = null): Promise<RestrictionAnswer[]> {
  const rows = await sql<RestrictionAnswer[]>`
    select r.id, r.version, r.name, r.object, c.filter as criteria, r.except_roles as except, r.active,
      ${progressSql(sql)} as progress, r.created_by, r.created_at, r.updated_at
    from restriction r join criteria c on c.id = r.criteria_id
    where ${id === null ? sql`true` : sql`r.id = ${id}::uuid`} order by r.object, r.name collate "und-x-icu", r.id
  `;
  return [...rows];
}

/** Shares that hold now: of a record, or the one of that id. */
export async function readShares(
  sql: AnySql,
  asked: { object: string; record: string } | { id: string },
): Promise<ShareAnswer[]> {
  const which =
    'id' in asked
      ? sql`s.id = ${asked.id}::uuid`
      : sql`s.object = ${asked.object} and s.record_id = ${asked.record}::uuid`;
  const rows = await sql<ShareAnswer[]>`
    select s.id, s.object, s.record_id as record, jsonb_build_object('kind', s.to_kind, 'id', s.to_id) as to, s.level,
      s.ends_at, s.given_by, s.created_at
    from share s where ${which} and (s.ends_at is null or s.ends_at > statement_timestamp())
    order by s.created_at, s.id
  `;
  return [...rows];
}

/** Everyone whom these targets mean now, by id. */
export async function peopleMeant(sql: AnySql, targets: readonly Target[]): Promise<string[]> {
  const ids = [...new Set(targets.map(({ id }) => id))];
  if (ids.length === 0) return [];
  const rows = await sql<{ id: string }[]>`select people_meant(${ids}::uuid[]) as id order by 1`;
  return rows.map(({ id }) => id);
}

const progressSql = (sql: AnySql): Fragment =>
  sql`case when c.filled_at is null then jsonb_build_object('done', coalesce(c.done, 0), 'total', c.total) end`;
