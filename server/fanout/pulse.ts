import type { EndReason } from '../../shared/protocol/index.ts';
import type { Sql } from '../db/connect.ts';

/** What a node learns from one poll, all of one moment of the database. */
export interface Pulse {
  /** Database time; assignments that begin or end are looked for between two of these. */
  at: string;
  epoch: string;
  head: number;
  /** Committed changes wait to be sequenced. */
  waiting: boolean;
  /** Changes of policy since the last poll, in order; `users` null: everyone. */
  access: { seq: number; users: string[] | null }[];
  /** People whose assignments, or shares to them, began or ended by time since the last poll. */
  turned: string[];
  /** Those of this node's open sessions that are over; a visitor's id stands for their session. */
  over: { session: string; reason: EndReason }[];
  /** Ends of sessions that this node has not confirmed yet. */
  ends: { id: string; sessions: string[] }[];
}

export interface PulseInput {
  nodeId: string;
  accessApplied: number;
  /** Database time of the last poll; null at the first. */
  since: string | null;
  openSessions: string[];
}

/** The one statement that every node asks every 250 ms, on a connection of its own. It also says: I live. */
export async function readPulse(sql: Sql, input: PulseInput): Promise<Pulse> {
  const [row] = await sql<[Pulse]>`
    with beat as (
      insert into node (id) values (${input.nodeId}) on conflict (id) do update set seen_at = now()
    )
    select
      now() as at,
      e.epoch,
      e.seq as head,
      exists (select from outbox) as waiting,
      (
        select coalesce(jsonb_agg(jsonb_build_object('seq', a.seq, 'users', a.users) order by a.seq), '[]')
        from access_log a where a.seq > ${input.accessApplied}
      ) as access,
      array(
        select user_id from held_role
        where (starts_at > ${input.since ?? '-infinity'} and starts_at <= now() and ${input.since !== null})
          or (ends_at > ${input.since ?? '-infinity'} and ends_at <= now() and ${input.since !== null})
        union
        select people_meant(array_agg(to_id)) from share
        where ends_at > ${input.since ?? '-infinity'} and ends_at <= now() and ${input.since !== null}
      ) as turned,
      (
        select coalesce(jsonb_agg(jsonb_build_object('session', s.id, 'reason', case
            when s.ended_at is not null then coalesce(s.end_reason, 'ended_by_admin')
            when not u.active or u.deleted_at is not null then 'deactivated'
            when s.expires_at <= now() then 'expired'
            else 'idle' end)), '[]')
        from session s join user_account u on u.id = s.user_id
        where s.id = any (${input.openSessions}::uuid[])
          and (s.ended_at is not null or s.idle_expires_at <= now() or s.expires_at <= now()
            or not u.active or u.deleted_at is not null)
      ) || (
        select coalesce(jsonb_agg(jsonb_build_object('session', id, 'reason',
            case when ended_at is not null then 'logout' else 'expired' end)), '[]')
        from visitor
        where id = any (${input.openSessions}::uuid[]) and (ended_at is not null or expires_at <= now())
      ) as over,
      (
        select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'sessions', d.sessions)), '[]')
        from session_end d
        where d.at > now() - interval '1 minute'
          and not exists (select from session_end_receipt r where r.end_id = d.id and r.node_id = ${input.nodeId})
      ) as ends
    from event_head e
  `;
  return row;
}

/** This node's word that it holds no socket of these sessions any more, and how many it closed. */
export async function confirmEnds(
  sql: Sql,
  nodeId: string,
  ends: { id: string; sockets: number }[],
): Promise<void> {
  await sql`
    insert into session_end_receipt ${sql(ends.map((end) => ({ end_id: end.id, node_id: nodeId, sockets: end.sockets })))}
    on conflict do nothing
  `;
}
