import type { Sql } from '../../server/db/connect.ts';
import { OBJECTS } from '../../shared/objects/index.ts';

/**
 * A digest of everything that a refused request must leave as it was: each table of the business and of the policy,
 * and the log. What the program itself notes down in passing (a session's sockets and when it was last seen) is left
 * out; that a session ended is in.
 */
export async function ledger(sql: Sql): Promise<Record<string, string>> {
  const tables = [
    ...OBJECTS.filter(({ name }) => name !== 'session').map(({ table }) => table),
    'role',
    'role_assignment',
    'custom_field',
    'credential',
    'access_head',
  ];
  const digests: Record<string, string> = {};
  for (const table of tables) {
    const [row] = await sql<[{ digest: string }]>`
      select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest
      from ${sql(table)} t
    `;
    digests[table] = row.digest;
  }
  const [log] = await sql<[{ events: string; ended: string; keys: string }]>`
    select
      (select count(*) || ' ' || coalesce(max(e.request_id), '') from (
        select outbox_id, request_id from event_log where object <> 'session'
        union all select id, request_id from outbox where object <> 'session'
      ) e) as events,
      (select count(*)::text from session where ended_at is not null) as ended,
      (select count(*)::text from idempotency) as keys
  `;
  return { ...digests, ...log };
}
