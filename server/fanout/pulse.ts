import type { EndReason } from '../../shared/protocol/index.ts';
import type { Sql } from '../db/connect.ts';

/** What a node learns from one poll, all of one moment of the database. */
export interface Pulse {
  /** Database time; assignments that begin or end are looked for between two of these. */
  at: string;
  /** What positions in the log are good for; another one: another log, or the server was started anew. */
  epoch: string;
  /** Which log it is and where it lies: another one after a restore, or when a standby took over. */
  place: string;
  head: number;
  /** The event at the head. */
  tag: string | null;
  /** Whether the log still holds what `seen` was; `pruned`: it begins after that. */
  seen: 'here' | 'pruned' | 'gone';
  /** How far the policy has come. */
  policy: number;
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
  /** How far this node has read the log: what comes after is kept for it. */
  readTo: number;
  /** The head of the log and the event there, as the last poll saw them; null at the first. */
  seen: { head: number; tag: string | null } | null;
  /** Database time of the last poll; null at the first. */
  since: string | null;
  openSessions: string[];
}

/** The one statement that every node asks every 250 ms, on a connection of its own. It also says: I live. */
export async function readPulse(sql: Sql, input: PulseInput): Promise<Pulse> {
  const seen = input.seen ?? { head: 0, tag: null };
  const [row] = await sql<[Pulse]>`
    with beat as (
      insert into node (id, read_to) values (${input.nodeId}, ${input.readTo})
      on conflict (id) do update set seen_at = now(), read_to = excluded.read_to
    )
    select
      now() as at,
      log_epoch() as epoch,
      log_place() as place,
      e.seq as head,
      (select event_tag(l) from event_log l where l.seq = e.seq) as tag,
      case
        -- Of a log that held nothing there is nothing to be found again.
        when ${seen.head} = 0 or ${seen.tag}::text is null
          or exists (select from event_log l where l.seq = ${seen.head} and event_tag(l) = ${seen.tag}) then 'here'
        when ${seen.head} < (select min(seq) from event_log) then 'pruned'
        else 'gone'
      end as seen,
      p.seq as policy,
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
    from event_head e, access_head p
  `;
  return row;
}

/** Says to all nodes and to all who come back that the log is another one, unless somebody has said so by now. */
export async function renewEpoch(sql: Sql, epoch: string): Promise<void> {
  await sql`update event_head set epoch = gen_random_uuid() where log_epoch() = ${epoch}`;
}

/** Those of these sessions that the store does not know: in a restored one they never were. */
export async function unknownSessions(sql: Sql, ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from unnest(${[...ids]}::uuid[]) o (id)
    where not exists (select from session s where s.id = o.id) and not exists (select from visitor v where v.id = o.id)
  `;
  return rows.map(({ id }) => id);
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
