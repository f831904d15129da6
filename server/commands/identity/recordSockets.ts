import { transaction, type Tx } from '../../db/transaction.ts';
import type { App } from '../../lib/app.ts';
import { changeRecord } from '../../records/write.ts';

/** Sessions written in one transaction at most. */
const BATCH = 200;
/** A node unseen for so long is gone: its sockets are no longer counted. */
const GONE_ms = 10_000;

/** Notes how many sockets of each session this node holds now; the session shows the sum over all nodes. */
export async function recordSockets(app: App, counts: ReadonlyMap<string, number>): Promise<void> {
  const sessions = [...counts.keys()].sort();
  for (let from = 0; from < sessions.length; from += BATCH) {
    await transaction(app.sql, async (tx) => {
      await tx`insert into node (id) values (${app.nodeId}) on conflict do nothing`;
      const batch = sessions.slice(from, from + BATCH);
      for (const id of batch) {
        const sockets = counts.get(id) ?? 0;
        await (sockets === 0
          ? tx`delete from session_socket where session_id = ${id} and node_id = ${app.nodeId}`
          : tx`
              insert into session_socket (session_id, node_id, sockets) values (${id}, ${app.nodeId}, ${sockets})
              on conflict (session_id, node_id) do update set sockets = excluded.sockets
            `);
      }
      await recount(tx, app, batch);
    });
  }
  if (sessions.length > 0) app.poke('log');
}

/** Takes nodes that are gone off the count: this one when it stops (`self`), else those that were killed. */
export async function forgetNodes(app: App, which: 'self' | 'silent'): Promise<void> {
  const recounted = await transaction(app.sql, async (tx) => {
    const gone = await tx<{ id: string }[]>`
      select id from node
      where ${which === 'self' ? tx`id = ${app.nodeId}` : tx`seen_at < now() - ${GONE_ms} * interval '1 ms'`}
      for update skip locked
    `;
    const ids = gone.map((node) => node.id);
    const held = await tx<{ session_id: string }[]>`
      select distinct session_id from session_socket where node_id = any (${ids}) order by session_id limit ${BATCH * 10}
    `;
    await tx`delete from node where id = any (${ids})`;
    await recount(
      tx,
      app,
      held.map((row) => row.session_id),
    );
    return held.length;
  });
  if (recounted > 0) app.poke('log');
}

async function recount(tx: Tx, app: App, sessions: string[]): Promise<void> {
  // Before the sum is taken: of two nodes that count at once, each would miss what the other has not committed yet.
  await tx`
    select 1 from session where id = any (${sessions}::uuid[]) and ended_at is null order by id for no key update
  `;
  const rows = await tx<{ id: string; sockets: number }[]>`
    select s.id, coalesce(sum(n.sockets), 0)::int as sockets
    from session s left join session_socket n on n.session_id = s.id
    where s.id = any (${sessions}::uuid[]) and s.ended_at is null
    group by s.id order by s.id
  `;
  const ctx = { actorId: null, requestId: 'record-sockets' };
  for (const { id, sockets } of rows)
    await changeRecord(tx, app, ctx, app.registry.get('session'), id, { sockets });
}
