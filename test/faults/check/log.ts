import type { Sql } from '../../../server/db/connect.ts';
import { OBJECTS } from '../../../shared/objects/index.ts';
import type { Report } from './index.ts';

/** The log has no gap, every version of every record stands in it once and in order, and what must be audited is. */
export async function checkLog(admin: Sql): Promise<Report['violations']> {
  const found: Report['violations'] = [];
  const tell = (words: string) => found.push({ invariant: 'log and audit unbroken', words });
  const [log] = await admin<{ count: number; first: number; last: number; head: number; waiting: number }[]>`
    select (select count(*)::int from event_log) as count, (select min(seq) from event_log) as first,
      (select max(seq) from event_log) as last, (select seq from event_head) as head, (select count(*)::int from outbox) as waiting
  `;
  if (!log || log.count !== log.last - log.first + 1 || log.last !== log.head || log.waiting > 0)
    tell(`${JSON.stringify(log)}: a gap, or something left behind`);

  const disorder = await admin<{ object: string; id: string; seq: number }[]>`
    select object, record_id as id, seq from (
      select *, lag(version) over (partition by object, record_id order by seq) as before from event_log
    ) e where version <> coalesce(before, 0) + 1
  `;
  for (const { object, id, seq } of disorder.slice(0, 5)) tell(`${object} ${id} is out of order at ${seq}`);

  for (const { name, table } of OBJECTS) {
    const lost = await admin<{ key: string; version: number }[]>`
      select distinct v.key, (v.row ->> 'version')::bigint as version from witness.row_version v
      where v.tbl = ${table} and v.row is not null and not exists (
        select from event_log e
        where e.object = ${name} and e.record_id::text = v.key and e.version = (v.row ->> 'version')::bigint)
    `;
    for (const { key, version } of lost.slice(0, 5))
      tell(`version ${version} of ${name} ${key} is not in the log`);
    const foreign = await admin<{ id: string; version: number }[]>`
      select e.record_id as id, e.version from event_log e
      where e.object = ${name} and exists (select from witness.row_version v where v.tbl = ${table})
        and e.seq > (select coalesce(max(seq), 0) from event_log where request_id = 'rig')
        and not exists (select from witness.row_version v
          where v.tbl = ${table} and v.key = e.record_id::text and (v.row ->> 'version')::bigint = e.version)
    `;
    for (const { id, version } of foreign.slice(0, 5))
      tell(`version ${version} of ${name} ${id} is in the log only`);
  }

  const unaudited = await admin<{ tbl: string; key: string }[]>`
    select distinct s.tbl, s.key from witness.span s
    where (s.tbl in ('role_assignment', 'restriction', 'share', 'role')
        or s.tbl = 'session' and s.row ->> 'ended_at' is not null and s.row ->> 'end_reason' like 'ended_by%')
      -- What was there from the beginning.
      and s.xid::text::numeric > (select min(xid::text::numeric) from witness.row_version)
      and not exists (select from witness.span a where a.tbl = 'audit_entry' and a.xid = s.xid)
      and (s.row is null or s.row ->> 'ended_at' is null or not exists (
        select from witness.span b where b.tbl = s.tbl and b.key = s.key and b.from_at < s.from_at
          and b.row ->> 'ended_at' is not null))
  `;
  for (const { tbl, key } of unaudited.slice(0, 5)) tell(`a change of ${tbl} ${key} stands in no audit`);
  return found;
}
