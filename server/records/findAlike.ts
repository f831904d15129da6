import type { Actor } from '../../shared/access/index.ts';
import { isStorable } from '../../shared/fields/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import {
  badCursor,
  CURSOR_MAX,
  HEALTH_LIMITS,
  type DuplicatesAnswer,
  type Likeness,
} from '../../shared/protocol/index.ts';
import { joined, type AnySql } from '../db/fragments.ts';
import { likenessSql } from './likenessSql.ts';
import { namedSql, toNamed } from './namedSql.ts';
import { maskedSql, type MaskedRow } from './readSql.ts';

interface Group {
  rules: number[];
  place: string;
  count: number;
  ids: string[];
}

/**
 * Groups of records that are alike in any of these ways, of those that the actor may read and by values that they read;
 * the same records alike in two ways are one group. In the order of what they have in common.
 * @throws ApiError `bad_cursor`
 */
export async function findAlike(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  likenesses: readonly Likeness[],
  { limit, cursor }: { limit: number; cursor: string | undefined },
): Promise<DuplicatesAnswer> {
  const after = cursor === undefined ? '' : placeOf(object, cursor);
  if (likenesses.length === 0) return { groups: [], total: 0, next: null };
  const keys = likenesses.map(
    (likeness, rule) => sql`(${rule}::int, ${likenessSql(sql, object, likeness, 'm')} collate "C")`,
  );
  const found = await sql<(Group & { total: number })[]>`
    with keyed as (
      select m.id, k.rule, k.key from ${maskedSql(sql, actor, registry, object)} m
      cross join lateral (values ${joined(sql, keys, sql`, `)}) k (rule, key) where k.key is not null
    ),
    alike as (
      select rule, key, array_agg(id order by id) as ids from keyed group by rule, key having count(*) > 1
    ),
    merged as (
      select ids, array_agg(distinct rule order by rule) as rules, min(rule || ' ' || key) as place
      from alike group by ids
    )
    select rules, place, cardinality(ids) as count, ids[1:${HEALTH_LIMITS.shown}] as ids,
      (select count(*) from merged) as total
    from merged where place > ${after} collate "C" order by place limit ${limit + 1}
  `;
  const groups = found.slice(0, limit);
  const ids = groups.flatMap((group) => group.ids);
  const rows = await sql<MaskedRow[]>`
    select ${namedSql(sql, object, 'm')} from ${maskedSql(sql, actor, registry, object)} m
    where m.id = any (${ids}::uuid[]) order by m.id
  `;
  const byId = new Map(rows.map((row) => [row.id, toNamed(actor, registry, object, row)]));
  const last = groups.at(-1);
  return {
    groups: groups.map(({ rules, count, ids }) => ({
      alike: rules.flatMap((rule) => likenesses[rule]?.field ?? []),
      count,
      rows: ids.flatMap((id) => byId.get(id) ?? []),
    })),
    total: found[0]?.total ?? 0,
    next: last && found.length > limit ? cursorOf(object, last.place) : null,
  };
}

/** Opaque to clients; carries what the records just shown have in common, which their viewer reads. */
const cursorOf = (object: ObjectDef, place: string): string =>
  Buffer.from(JSON.stringify([object.name, place])).toString('base64url');

function placeOf(object: ObjectDef, cursor: string): string {
  if (cursor.length > CURSOR_MAX) throw badCursor();
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const [of, place]: unknown[] = Array.isArray(parts) ? parts : [];
    if (of === object.name && typeof place === 'string' && isStorable(place)) return place;
  } catch {
    // Not one of ours.
  }
  throw badCursor();
}
