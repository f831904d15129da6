import type { Sql } from '../../../server/db/connect.ts';
import type { Entry } from '../history.ts';
import { around, iso, TOLERANCE_ms } from './frames.ts';
import { ofKind, type Report } from './index.ts';

const BOUND_ms = 2_000;

/** No frame to an ended session past the bound, and no write by it after its end. */
export async function checkEnds(entries: readonly Entry[], admin: Sql): Promise<Report['violations']> {
  const found: Report['violations'] = [];
  const rows = await admin<{ id: string; ms: number }[]>`
    select key as id, (extract(epoch from min(from_at)) * 1000)::float8 as ms from witness.span
    where tbl = 'session' and row ->> 'ended_at' is not null group by key
  `;
  const ends = new Map(rows.map(({ id, ms }) => [id, ms]));
  for (const { session, since, at, client, node, how } of ofKind(entries, 'frame')) {
    const end_ms = ends.get(session);
    if (end_ms === undefined || since <= end_ms + BOUND_ms + TOLERANCE_ms) continue;
    const words = `client ${client} was sent a frame (${how}) by node ${node} between ${iso(since)} and ${iso(at)}; its session ended at ${iso(end_ms)}`; // prettier-ignore
    found.push({ invariant: 'no frame past the end', words: words + around(entries, at) });
  }
  const done = await admin<{ by: string; key: string; ms: number }[]>`
    select row ->> 'user_id' as by, row ->> 'key' as key, (extract(epoch from from_at) * 1000)::float8 as ms
    from witness.span where tbl = 'idempotency' and row is not null
  `;
  const times = new Map(done.map(({ by, key, ms }) => [`${by} ${key}`, ms]));
  for (const { key, by, session, verb } of ofKind(entries, 'write')) {
    const [end_ms, ms] = [ends.get(session), times.get(`${by} ${key}`)];
    if (end_ms === undefined || ms === undefined || ms <= end_ms) continue;
    found.push({ invariant: 'no write past the end', words: `${verb} ${key} was committed at ${iso(ms)}; its session ended at ${iso(end_ms)}` }); // prettier-ignore
  }
  return found;
}
