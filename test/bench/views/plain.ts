import { transaction } from '../../../server/db/transaction.ts';
import { joined, type AnySql, type Fragment } from '../../../server/db/fragments.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { matchesSql } from '../../../server/records/filterSql.ts';
import { afterSql, decodeCursor, orderSql } from '../../../server/records/sortSql.ts';
import { valueSql } from '../../../server/records/valueSql.ts';
import type { Value } from '../../../shared/fields/index.ts';
import { filterField, type View } from '../../../shared/protocol/index.ts';

// The twin of every reading: what somebody would write who knows no roles. Same rows, order and columns, every field as
// it stands; instead of the policy, the one condition that comes to the same for this person.

/** The condition that a programmer would write by hand for this person; null: none. */
export type Scope = (sql: AnySql, object: string) => Fragment | null;

export interface PlainRow {
  id: string;
  [field: string]: Value | undefined;
}

export async function plainPage(sql: AnySql, scope: Scope, view: View, cursor?: string): Promise<PlainRow[]> {
  const place = cursor === undefined ? null : decodeCursor(view, cursor);
  const { field } = view.sort;
  const full = !(field in view.object.fields) || filterField(view.object, field).required;
  return sql<PlainRow[]>`
    select * from ${allSql(sql, scope, view)} m
    where ${matchesSql(sql, view, 'm')} and ${place ? afterSql(sql, view, 'm', full, place) : sql`true`}
    order by ${orderSql(sql, view, 'm', full)}
    limit ${view.limit + 1}
  `;
}

async function plainTotals(sql: AnySql, scope: Scope, view: View): Promise<unknown> {
  const { group, sum } = view.object.totals;
  const sums = sum.map((name) => sql`, sum(${sql(`m.${name}`)}) as ${sql(name)}`);
  return sql`
    select count(*) as _count ${group ? sql`, ${sql(`m.${group}`)}` : sql``}
      ${sums.length === 0 ? sql`` : joined(sql, sums, sql``)}
    from ${allSql(sql, scope, view)} m where ${matchesSql(sql, view, 'm')}
    ${group ? sql`group by grouping sets ((), (${sql(`m.${group}`)}))` : sql``}
  `;
}

/** A view as `snapshot` reads it: rows and totals of one moment. */
export const plainSnapshot = (sql: Sql, scope: Scope, view: View): Promise<unknown> =>
  transaction(
    sql,
    (tx) =>
      Promise.all([plainPage(tx, scope, view), plainTotals(tx, scope, view), tx`select seq from event_head`]),
    { isolation: 'snapshot' },
  );

function allSql(sql: AnySql, scope: Scope, { object }: View): Fragment {
  const columns = Object.values(object.fields).map(
    (field) => sql`${valueSql(sql, field, 'r')} as ${sql(field.name)}`,
  );
  const within = scope(sql, object.name);
  return sql`(
    select r.id, r.version, r.created_at, ${joined(sql, columns, sql`, `)} from ${sql(object.table)} r
    where r.deleted_at is null ${within ? sql`and ${within}` : sql``}
  )`;
}
