import type { Actor } from '../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import {
  filterField,
  parseView,
  SEARCH_LIMITS,
  type NamedRecord,
  type ViewRequest,
} from '../../shared/protocol/index.ts';
import { isEverReadable, isReadableWithRow } from '../access/reaches.ts';
import { allOf, joined, type AnySql, type Fragment } from '../db/fragments.ts';
import { filterSql, matchesSql } from './filterSql.ts';
import { foldedSql, startsSql } from './foldedSql.ts';
import { namedSql, toNamed } from './namedSql.ts';
import { maskedSql, type MaskedRow } from './readSql.ts';

/** Of more records than these that answer alike, the newest are put in order. */
const CANDIDATES = 200;
/** What words may stand behind, beside a space. */
const BETWEEN_WORDS = '-–—/.,:;()[]"„“#&+_';

/**
 * Records of an object that the actor may read and in which all words of `q` stand, each in any field that is searched
 * and that they may read. First what is found by its whole value (a number, an address), then titles that begin with
 * `q`, then those in which words do, then the rest; by title among equals. Answers one more than `limit` where there
 * are more.
 */
export async function findNamed(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  q: string,
  limit: number,
): Promise<NamedRecord[]> {
  const words = wordsOf(q);
  const everReadable = (name: string) => isEverReadable(actor, registry, object, name);
  const readable = (name: string) =>
    isReadableWithRow(actor, registry, object, name) ? 'always' : everReadable(name) ? 'sometimes' : 'never';
  const holds = (request: Pick<ViewRequest, 'q'>) =>
    matchesSql(sql, parseView(object, request), 'm', readable);
  const title = sql`${sql(`m.${object.title}`)}`;
  const whole = (object.found?.whole ?? []).filter(everReadable);
  const newest = sql`order by m.id desc limit ${CANDIDATES}`;
  const tests = [
    ...whole
      .flatMap((name) => wholeSql(sql, object, name, q))
      .map((test) => ({ near: 0, test, some: newest })),
    ...(everReadable(object.title)
      ? [
          {
            near: 1,
            test: startsSql(sql, title, q),
            some: sql`order by ${title} collate "und-x-icu", m.id limit ${limit + 1}`,
          },
        ]
      : []),
    { near: 3, test: allOf(sql, words.map((word) => holds({ q: word }))), some: newest }, // prettier-ignore
  ];
  // Each kind of hit is bounded by itself, so that many weak ones never crowd out the few strong ones; and which are taken
  // never depends on how the rows happen to lie in the store.
  const hits = tests.map(
    ({ near, test, some }) => sql`(select m.id, ${near}::int as near from m where ${test} ${some})`,
  );
  const found = await sql<MaskedRow[]>`
    with m as not materialized (select * from ${maskedSql(sql, actor, registry, object)} r),
    hit as (select h.id, min(h.near) as near from (${joined(sql, hits, sql` union all `)}) h group by h.id)
    select ${namedSql(sql, object, 'm')} from hit join m on m.id = hit.id
    order by case when hit.near = 3 and ${wordsBeginSql(sql, title, words)} then 2 else hit.near end,
      ${title} collate "und-x-icu", m.id
    limit ${limit + 1}
  `;
  return found.map((row) => toNamed(actor, registry, object, row));
}

/** What stands between spaces; of a whole sentence the first words. */
const wordsOf = (q: string): string[] =>
  [...new Set(q.toLowerCase().split(/\s+/))].filter((word) => word !== '').slice(0, SEARCH_LIMITS.words);

/** Whether a field has just this value, in so far as it could have it: `#1042` or `1042` for a number. */
function wholeSql(sql: AnySql, object: ObjectDef, name: string, q: string): Fragment[] {
  const { kind } = filterField(object, name);
  if (kind === 'integer') {
    const [, digits] = /^#?([0-9]{1,9})$/.exec(q) ?? [];
    return digits === undefined
      ? []
      : [filterSql(sql, object, { field: name, operator: 'eq', value: Number(digits) }, 'm')];
  }
  if (kind === 'email' && !q.includes('@')) return [];
  const value = [...new Set([q, q.toLowerCase()])];
  return [filterSql(sql, object, { field: name, operator: 'in', value }, 'm')];
}

/** Whether each of the words begins one in the title. */
function wordsBeginSql(sql: AnySql, title: Fragment, words: readonly string[]): Fragment {
  const spaced = sql`' ' || translate(${foldedSql(sql, title)}, ${BETWEEN_WORDS}::text, repeat(' ', ${BETWEEN_WORDS.length}::int))`;
  return allOf(
    sql,
    words.map((word) => sql`strpos(${spaced}, ' ' || ${foldedSql(sql, sql`${word}::text`)}) > 0`),
  );
}
