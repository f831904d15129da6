import { expect, test } from 'vitest';
import { transaction } from '../../../server/db/transaction.ts';
import { readLog } from '../../../server/outbox/log.ts';
import { snapshot } from '../../../server/queries/snapshot.ts';
import { changeRecord } from '../../../server/records/write.ts';
import { parseView } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, pipeline, add, grant, as } = await office(sql);
await grant('ben', { grants: { deal: { read: ['own'] } }, fields: { deal: { amount: 'read' } } });
const deal = await add('deal', { title: 'A', amount: 5, pipeline, stage: 'first', owner: ids.ben });
await sql`select sequence_batch(1000)`;
const view = parseView(app.registry.get('deal'), {});
const { actor } = await as('ben');
const rename = (title: string) =>
  transaction(sql, (tx) =>
    changeRecord(tx, app, { actorId: null, requestId: 'test' }, app.registry.get('deal'), deal.id, { title }),
  );

test('a snapshot holds rows, totals, and where in the log they stand', async () => {
  const [head] = await sql`select seq, log_epoch() as epoch from event_head`;
  const { rows, totals, next, ...position } = await snapshot(app, actor, view);
  expect(rows).toMatchObject([{ id: deal.id, title: 'A', amount: 5 }]);
  expect(totals).toMatchObject({ count: 1, sum: { amount: 5 } });
  expect(next).toBeNull();
  expect(position).toEqual({ head: head?.['seq'], epoch: head?.['epoch'], pending: [] });
});

test('a change that is committed but not sequenced is in the rows, and named as pending', async () => {
  await rename('B');
  const before = await snapshot(app, actor, view);
  expect(before.rows).toMatchObject([{ title: 'B' }]);
  expect(before.pending).toHaveLength(1);

  await sql`select sequence_batch(1000)`;
  const [event] = await readLog(sql, before.head);
  expect(before.pending).toEqual([event?.outboxId]);
  expect(await snapshot(app, actor, view)).toMatchObject({ head: event?.seq, pending: [] });
});

test('a change that commits later is neither in the rows nor pending', async () => {
  const other = await sql.reserve();
  try {
    await other`begin`;
    await other`update deal set title = 'C' where id = ${deal.id}`;
    const { rows, pending } = await snapshot(app, actor, view);
    expect(rows).toMatchObject([{ title: 'B' }]);
    expect(pending).toEqual([]);
  } finally {
    await other`rollback`;
    other.release();
  }
});

test('a field that may not be read is refused here too', async () => {
  const asked = parseView(app.registry.get('deal'), { sort: 'margin' });
  await expect(snapshot(app, actor, asked)).rejects.toMatchObject({ code: 'field_not_readable' });
});
