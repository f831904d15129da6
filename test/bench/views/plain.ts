import { transaction } from '../../../server/db/transaction.ts';
import { joined, type AnySql, type Fragment } from '../../../server/db/fragments.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { matchesSql } from '../../../server/records/filterSql.ts';
import type { Source } from '../../../server/records/source.ts';
import { readSorted } from '../../../server/records/viewRows.ts';
import { decodeCursor } from '../../../server/records/sortSql.ts';
import { valueSql } from '../../../server/records/valueSql.ts';
import type { Value } from '../../../shared/fields/index.ts';
import { filterField, type View } from '../../../shared/protocol/index.ts';

// The twin of every reading: what somebody would write who knows no roles. Same rows, order, columns and indexes, every
// field as it stands; instead of the policy, the one condition that comes to the same for this person.

/** The condition that a programmer would write by hand for this person; null: none. */
export type Scope = (sql: AnySql, object: string) => Fragment | null;

export interface PlainRow {
  id: string;
  [field: string]: Value | undefined;
}

export async function plainPage(sql: AnySql, scope: Scope, view: View, cursor?: string): Promise<PlainRow[]> {
  const after = cursor === undefined ? null : decodeCursor(view, cursor);
  return readSorted(sql, plainSource(sql, scope, view), view, after, view.limit + 1);
}

export async function plainTotals(sql: AnySql, scope: Scope, view: View): Promise<unknown> {
  const { group, sum } = view.object.totals;
  const key = group ? sql`${sql(`m.${group}`)}` : sql`null`;
  const sums = sum.map((name) => sql`, sum(${sql(`m.${name}`)}) as ${sql(name)}`);
  const { rows, readable } = plainSource(sql, scope, view);
  return sql`
    select ${key}::text, count(*) ${sums.length === 0 ? sql`` : joined(sql, sums, sql``)}
    from ${rows()} m where ${matchesSql(sql, view, 'm', readable)} group by 1
  `;
}

/** A view as `snapshot` reads it: rows and totals of one moment. */
export const plainSnapshot = (sql: Sql, scope: Scope, view: View): Promise<unknown> =>
  transaction(
    sql,
    (tx) =>
      Promise.all([
        plainPage(tx, scope, view),
        view.totals ? plainTotals(tx, scope, view) : null,
        tx`select seq from event_head`,
      ]),
    { isolation: 'snapshot' },
  );

function plainSource(sql: AnySql, scope: Scope, { object, sort }: View): Source {
  const columns = Object.values(object.fields).map(
    (field) => sql`${valueSql(sql, field, 'r')} as ${sql(field.name)}`,
  );
  const within = scope(sql, object.name);
  return {
    rows: () => sql`(
      select r.id, r.version, r.created_at, ${joined(sql, columns, sql`, `)} from ${sql(object.table)} r
      where r.deleted_at is null ${within ? sql`and ${within}` : sql``}
    )`,
    readable: () => 'always',
    shown: new Set(),
    sorted: filterField(object, sort.field).required ? 'full' : 'perhaps',
  };
}
