import type postgres from 'postgres';

/** A pool or an open transaction: whatever a reading statement can run on, or be put together with. */
export type AnySql = postgres.ISql;

/** A piece of a statement: sql`…` that is not awaited. Builders of fragments are never async, or they would run it. */
export type Fragment = postgres.Fragment;

/** All of them hold; `true` for none. */
export const allOf = (sql: AnySql, parts: readonly Fragment[]): Fragment =>
  parts.length === 0 ? sql`true` : sql`(${joined(sql, parts, sql` and `)})`;

/** Any of them holds; `false` for none. */
export const anyOf = (sql: AnySql, parts: readonly Fragment[]): Fragment =>
  parts.length === 0 ? sql`false` : sql`(${joined(sql, parts, sql` or `)})`;

/** The parts one after the other; there must be at least one. */
export const joined = (sql: AnySql, parts: readonly Fragment[], between: Fragment): Fragment =>
  parts.reduce((all, part) => sql`${all}${between}${part}`);
