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
  sql`${parts.flatMap((part, at) => (at === 0 ? [part] : [between, part]))}`;

/** `select`, and the values, each under its name: one piece, where each would be three and as many to put together. */
export const selected = (sql: AnySql, columns: Readonly<Record<string, Fragment>>): Fragment =>
  // Fragments are put in as they are, which the driver's types do not say.
  sql`select ${sql(columns as unknown as Record<string, string>)}`;
