import type { Sql } from '../../../server/db/connect.ts';
import { BATCH_MAX, sequenceBatch } from '../../../server/outbox/log.ts';

/** Events a second that come into the log out of a heap of so many, each as large as a change of a deal is. */
export async function drain(sql: Sql, heap: number): Promise<number> {
  await sql`
    insert into outbox (object, record_id, op, version, after, old, access_seq)
    select object, gen_random_uuid(), 'update', 1, after, old, access_seq
    from (select * from event_log where object = 'deal' order by seq desc limit 1) e, generate_series(1, ${heap})
  `;
  const start_ms = performance.now();
  let moved = 0;
  while (moved < heap) moved += Math.max(0, (await sequenceBatch(sql, BATCH_MAX)).moved);
  return Math.round(heap / ((performance.now() - start_ms) / 1_000));
}
