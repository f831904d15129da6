import { createSession } from '../../../server/identity/sessions.ts';
import { transaction } from '../../../server/db/transaction.ts';
import type { Sql } from '../../../server/db/connect.ts';
import type { DemoPerson } from '../../../server/db/demo/people.ts';
import type { Nordlicht } from '../../world/nordlicht.ts';
import { RawClient } from '../../world/rawClient.ts';

/** Somebody at the HTTP doors of a house, signed in without a password. */
export async function comeIn({ app }: Nordlicht, base: string, { id }: DemoPerson): Promise<RawClient> {
  const whence = { method: 'password', device: 'Test', address: '192.0.2.1', requestId: 'test' } as const;
  const { token } = await transaction(app.sql, (tx) => createSession(tx, app, { userId: id, ...whence }));
  const client = new RawClient(base);
  client.cookies.set('rolecall', token);
  return client;
}

/** Written by the way, and with transactions of their own: when a session was last used, who tried what. */
const BESIDE = ['session', 'audit_entry'];

/** A digest of every table there is, whatever it holds: what a refused request must leave as it was. */
export async function everything(sql: Sql): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> all (${BESIDE}::text[]) order by 1
  `;
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    // A session tells by an event that it was used.
    const told = ['outbox', 'event_log'].includes(name) ? sql`where t.object <> 'session'` : sql``;
    const [row] = await sql<[{ digest: string }]>`
      select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest
      from ${sql(name)} t ${told}
    `;
    digests[name] = row.digest;
  }
  return digests;
}
