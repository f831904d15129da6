import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../shared/lib/ids.ts';
import { must } from '../../shared/lib/must.ts';
import { sessionEnded, type EndReason, type Receipt } from '../../shared/protocol/index.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import type { App, Caller } from '../lib/app.ts';
import { monotonic_ms } from '../lib/clock.ts';
import { LEASE_ms } from '../lib/lease.ts';
import { changeRecord } from '../records/write.ts';
import { audit } from './audit.ts';

/** Which sessions: these, a person's (all but one), or those of everyone who holds a role now. */
export type Which = { sessions: string[] } | { userId: string; except?: string } | { roleId: string };

/** Who ends, as the trail shall tell it. */
export interface Ender {
  actorId: string | null;
  requestId: string;
  address?: string;
}

/** An end that is written; once committed, `receiptOf` waits for the nodes. Null where nothing was open. */
export type SessionEnd = { id: string; sessions: string[] } | null;

const RECEIPT_POLL_ms = 8;
const RECEIPT_WAIT_ms = 2_200;

/**
 * Ends sessions and answers when every node has confirmed, or after 2.2 s with the names of those that have not.
 * Who may end which is asked by the commands (server/commands/identity).
 * @throws ApiError `session_ended` if the caller's own is over already
 */
export async function endSessions(
  app: App,
  caller: Caller,
  which: Which,
  reason: EndReason,
): Promise<Receipt> {
  const end = await transaction(app.sql, (tx) => {
    const ender = { actorId: caller.actor.userId, requestId: caller.requestId, address: caller.address };
    return endSessionsIn(tx, app, ender, which, reason, { held: caller.sessionId });
  });
  return receiptOf(app, end);
}

/**
 * The same as part of a larger transaction (deactivating a person). After its commit the caller must call
 * `receiptOf`, or at least poke `sessions` and `log`.
 * `held` is the caller's own session, which must be alive; it is locked in the same stroke as those that end, in one
 * order for all, so that two who end each other's sessions do not lock each other out. `id` is what the end will be known by.
 */
export async function endSessionsIn(
  tx: Tx,
  app: App,
  ender: Ender,
  which: Which,
  reason: EndReason,
  { held, id = newId() }: { held?: string; id?: string } = {},
): Promise<SessionEnd> {
  const sessions = await lockSessions(tx, which, held);
  if (sessions.length === 0) return null;

  const ctx = { actorId: ender.actorId, requestId: ender.requestId };
  const [time] = await tx<{ now: string }[]>`select clock_timestamp() as now`;
  const tombstone = {
    ended_at: must(time, 'a time').now,
    end_reason: reason,
    ended_by: ender.actorId,
    sockets: 0,
  };
  for (const id of sessions) await changeRecord(tx, app, ctx, app.registry.get('session'), id, tombstone);
  await audit(tx, { ...ender, ...target(which), action: 'session.end', after: { reason, sessions } });

  // Last, so that its time is as near to the commit as can be.
  await tx`insert into session_end (id, sessions, reason) values (${id}, ${sessions}::uuid[], ${reason})`;
  return { id, sessions };
}

/** An end of before, by its id; null where nothing was open then. */
export async function knownEnd(tx: Tx, id: string): Promise<SessionEnd> {
  const [end] = await tx<{ id: string; sessions: string[] }[]>`
    select id, sessions from session_end where id = ${id}
  `;
  return end ?? null;
}

/** Wakes the nodes and waits until each that is alive has said that it holds no socket of these sessions. */
export async function receiptOf(app: App, end: SessionEnd): Promise<Receipt> {
  if (!end) return { ended: 0, receipt: { nodes: [], pending: [] } };
  app.poke('sessions');
  app.poke('log');
  const until_ms = monotonic_ms() + RECEIPT_WAIT_ms;
  // A poll begun after this moment finds the end; one begun before it permits nothing for longer than a lease.
  const first = await confirmations(app, end.id);
  const holds_by = first.by;
  let { nodes } = first;
  while (nodes.some((node) => node.sockets === null) && monotonic_ms() < until_ms) {
    await sleep(RECEIPT_POLL_ms);
    nodes = (await confirmations(app, end.id)).nodes;
  }
  return {
    ended: end.sessions.length,
    receipt: {
      nodes: nodes.flatMap(({ id, sockets, ms }) => (sockets === null ? [] : [{ id, sockets, ms: ms ?? 0 }])),
      pending: nodes.flatMap(({ id, sockets }) => (sockets === null ? [{ id, holds_by }] : [])),
    },
  };
}

/** Locks the open sessions meant, by id, and the one held along with them; answers those meant. */
async function lockSessions(tx: Tx, which: Which, held: string | undefined): Promise<string[]> {
  // Waits for the commands under way in them, which share this lock (lockSession); those that come later wait for us.
  const locked = await tx<{ id: string }[]>`
    select id, pg_advisory_xact_lock(hashtextextended(id::text, 0)) from (
      select s.id from session s
      where s.id = ${held ?? null} or (s.ended_at is null and ${meant(tx, which)})
      order by s.id
    ) as in_order
  `;
  const rows = await tx<{ id: string; wanted: boolean; alive: boolean }[]>`
    select s.id, (s.ended_at is null and ${meant(tx, which)}) as wanted, (
      s.ended_at is null and s.deleted_at is null
      and s.idle_expires_at > clock_timestamp() and s.expires_at > clock_timestamp()
    ) as alive
    from session s
    where s.id = any (${locked.map((row) => row.id)}::uuid[])
    order by s.id
    for no key update
  `;
  if (held !== undefined && !rows.some((row) => row.id === held && row.alive)) throw sessionEnded();
  return rows.filter((row) => row.wanted && row.alive).map((row) => row.id);
}

function meant(tx: Tx, which: Which) {
  if ('sessions' in which) return tx`s.id = any (${which.sessions}::uuid[])`;
  if ('roleId' in which) {
    return tx`s.user_id in (
      select a.user_id from held_role a
      where a.role_id = ${which.roleId} and a.starts_at <= now() and (a.ends_at is null or a.ends_at > now())
    )`;
  }
  const { userId, except } = which;
  return except === undefined ? tx`s.user_id = ${userId}` : tx`s.user_id = ${userId} and s.id <> ${except}`;
}

function target(which: Which): { object: string; targetId: string | null } {
  if ('roleId' in which) return { object: 'role', targetId: which.roleId };
  if ('userId' in which) return { object: 'user', targetId: which.userId };
  return { object: 'session', targetId: which.sessions.length === 1 ? (which.sessions[0] ?? null) : null };
}

interface Confirmation {
  id: string;
  /** Null as long as the node has not spoken. */
  sockets: number | null;
  ms: number | null;
}

/** What every node that was alive at the end has said by now. */
async function confirmations(app: App, endId: string): Promise<{ nodes: Confirmation[]; by: string }> {
  const rows = await app.sql<(Confirmation & { by: string })[]>`
    select n.id, r.sockets, round(extract(epoch from r.at - e.at) * 1000, 1)::float8 as ms,
      clock_timestamp() + ${LEASE_ms} * interval '1 ms' as by
    from session_end e
    join node n on n.seen_at > e.at - ${LEASE_ms} * interval '1 ms'
    left join session_end_receipt r on r.end_id = e.id and r.node_id = n.id
    where e.id = ${endId}
    order by n.id
  `;
  return { nodes: rows.map(({ id, sockets, ms }) => ({ id, sockets, ms })), by: rows[0]?.by ?? '' };
}
