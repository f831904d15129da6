import type { JSONValue } from 'postgres';
import type { PolicyChangeEntry } from '../../shared/protocol/index.ts';
import type { AnySql } from '../db/fragments.ts';

// Changes of policy as the audit trail has them: who changed what, from what to what, and what took which one back.

/** A line of the trail, as it was written. */
export interface TrailEntry {
  id: number;
  at: string;
  actor_id: string | null;
  action: string;
  object: string;
  target_id: string | null;
  before: Json | null;
  after: Json | null;
  /** The change that this one took back. */
  undoes: number | null;
  /** The one that took it back last, if that one stands. */
  undone: { id: number; at: string; by: string | null } | null;
}
export type Json = Record<string, JSONValue | undefined>;

export interface Asked {
  /** One of them, or the latest. */
  id?: number;
  limit: number;
  /** Only changes by this person. */
  by: string | null;
}

/** Changes of policy, the latest first. Changes of a person or a queue are such where rights follow from them. */
export async function readTrail(sql: AnySql, { id, limit, by }: Asked): Promise<TrailEntry[]> {
  const rows = await sql<Omit<TrailEntry, 'undone'>[]>`
    select e.id, e.at, e.actor_id, e.action, e.object, e.target_id, e.before, e.after, u.entry_id as undoes
    from audit_entry e left join policy_undo u on u.by_entry_id = e.id
    where e.action ~ '^(role|user|team|territory|queue|sharing_rule|restriction|share)[.]'
      and (
        e.action !~ '^(user|team|territory|queue)[.]update$'
        or e.before ?| case e.object
          when 'user' then array['manager', 'team', 'territories', 'active']
          when 'queue' then array['teams']
          else array['parent']
        end
      )
      and ${id === undefined ? sql`true` : sql`e.id = ${id}`}
      and ${by === null ? sql`true` : sql`e.actor_id = ${by}::uuid`}
    order by e.id desc limit ${limit}
  `;
  const undone = await standingUndos(
    sql,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, undone: undone.get(row.id) ?? null }));
}

/** Of these changes those that are taken back now: by a change that was not taken back itself. */
async function standingUndos(
  sql: AnySql,
  ids: readonly number[],
): Promise<Map<number, NonNullable<TrailEntry['undone']>>> {
  const rows = await sql<{ entry_id: number; id: number; at: string; by: string | null }[]>`
    with recursive later as (
      select entry_id, by_entry_id from policy_undo where entry_id = any (${[...ids]}::bigint[])
      union
      select u.entry_id, u.by_entry_id from policy_undo u join later on u.entry_id = later.by_entry_id
    )
    select later.entry_id, e.id, e.at, e.actor_id as by
    from later join audit_entry e on e.id = later.by_entry_id order by e.id desc
  `;
  const latest = new Map<number, (typeof rows)[number]>();
  for (const row of rows) if (!latest.has(row.entry_id)) latest.set(row.entry_id, row);
  const stands = (id: number): boolean => {
    const undo = latest.get(id);
    return undo === undefined || !stands(undo.id);
  };
  return new Map(
    ids.flatMap((id) => {
      const undo = latest.get(id);
      if (!undo || stands(id)) return [];
      return [[id, { id: undo.id, at: undo.at, by: undo.by }] as const];
    }),
  );
}

/** The same as they are told. `withCriteria`: what rules look for may be told, too. */
export async function tellTrail(
  sql: AnySql,
  entries: readonly TrailEntry[],
  { withCriteria }: { withCriteria: boolean },
): Promise<PolicyChangeEntry[]> {
  const told = entries.map((entry) => {
    const { id, at, actor_id: by, action, object, target_id: target, undone, undoes } = entry;
    const changes = differences(entry.before ?? {}, entry.after ?? {})
      .filter(({ path }) => !UNTOLD.includes(path[0] ?? ''))
      .map((change) => (change.path[0] === 'criteria' && !withCriteria ? { ...change, before: null, after: null } : change)); // prettier-ignore
    const undoable = UNDOABLE.includes(action);
    return { id, at, by, action, object, target, about: aboutOf(entry), changes, undoable, undone, undoes };
  });
  const names = await namesOf(sql, told);
  return told.map((entry) => {
    const known = idsIn(entry).flatMap((id) => {
      const name = names.get(id);
      return name === undefined ? [] : [[id, name] as const];
    });
    return { ...entry, names: Object.fromEntries(known) };
  });
}

function aboutOf({ action, object, before, after }: TrailEntry): string | null {
  const named = (after ?? before)?.['object'];
  if (typeof named === 'string') return named;
  return action.startsWith('share.') ? object : null;
}

/** What can be taken back by the opposite command. */
export const UNDOABLE: readonly string[] = [
  'role.create', 'role.update', 'role.delete', 'role.assign', 'role.unassign', 'role.baseline', 'role.approvals',
  'user.update', 'user.teams', 'team.update', 'territory.update', 'territory.rule', 'queue.update',
  'sharing_rule.create', 'sharing_rule.update', 'sharing_rule.delete',
  'restriction.create', 'restriction.update', 'restriction.delete',
  'share.give', 'share.take',
]; // prettier-ignore

/** What is in the trail and says nothing to people. */
const UNTOLD = ['id', 'created_at', 'given_by', 'version'];
/** Where the single parts are told, not the whole. */
const TOLD_IN_PARTS = ['grants', 'fields'];

interface Difference {
  path: string[];
  before: JSONValue | null;
  after: JSONValue | null;
}

function differences(before: Json, after: Json, path: readonly string[] = []): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): Difference[] => {
    const [was, is] = [before[name] ?? null, after[name] ?? null];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const here = [...path, name];
    if (TOLD_IN_PARTS.includes(here[0] ?? '') && here.length < 3)
      return differences(asObject(was), asObject(is), here);
    return [{ path: here, before: was, after: is }];
  });
}

const asObject = (value: JSONValue | undefined): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

async function namesOf(
  sql: AnySql,
  entries: readonly Omit<PolicyChangeEntry, 'names'>[],
): Promise<Map<string, string>> {
  const ids = [...new Set(entries.flatMap(idsIn))];
  const rows = await sql<{ id: string; name: string }[]>`
    select id, name from user_account where id = any (${ids}::uuid[])
    union all select id, name from team where id = any (${ids}::uuid[])
    union all select id, name from territory where id = any (${ids}::uuid[])
    union all select id, name from queue where id = any (${ids}::uuid[])
    union all select id, name from role where id = any (${ids}::uuid[])
    union all select id, name from sharing_rule where id = any (${ids}::uuid[])
    union all select id, name from restriction where id = any (${ids}::uuid[])
  `;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function idsIn({ by, target, changes, undone }: Omit<PolicyChangeEntry, 'names'>): string[] {
  const found: string[] = [by, target, undone?.by ?? null].filter((id) => id !== null);
  const look = (value: unknown): void => {
    if (typeof value === 'string' && ID.test(value)) found.push(value);
    else if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  for (const { path, before, after } of changes) {
    // Values that rules look for are none of the organisation's own names.
    if (path[0] !== 'criteria') [before, after].forEach(look);
  }
  return found;
}
