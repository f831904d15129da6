import { expect, test, vi } from 'vitest';
import { CHAT, QUEUES } from '../../../server/db/demo/support.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { freshDatabase } from '../../world/database.ts';
import { enter } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import { startNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { tell, twoCustomers, widgetSocket } from './widget.ts';

// A customer who wants more than their own thread, at the chat's own socket.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 200_000 });
const database = await freshDatabase({ demo: true });
const node = await startNode({ database, ready_timeout_ms: 150_000 });
const bjorn = await enter(node, people.bjorn);
const CANARY = 'Quagga';
const NOTHING = { rows: [], count: 0 };
type Rows = { rows: unknown[]; totals: { count: number }; error?: { code: string } };

test('another’s thread cannot be had by id, by filter, by search, by record; nor anything else we have', async () => {
  const { vera, thread, mallory, own } = await twoCustomers([node, node], CHAT.id, bjorn, CANARY);
  const [message] = await database.sql<
    [{ id: string }]
  >`select id from message where ticket_id = ${thread} limit 1`;
  const [note] = await database.sql<[{ id: string }]>`select id from note where ticket_id = ${thread}`;
  const socket = await widgetSocket(node, mallory.token);
  /** Asked slowly enough to be answered each time. */
  const ask = (name: string, message: unknown): Promise<object> =>
    until(
      async () => {
        const answer = (await socket.ask(name, message)) as object;
        return !JSON.stringify(answer).includes('too_many_requests') && answer;
      },
      { every_ms: 100 },
    );
  let asked = 0;
  /** What a view shows, or the code of the refusal. */
  const rowsOf = async (view: Record<string, unknown>) => {
    const answer = (await ask('open', { id: `v${(asked += 1) % 6}`, view })) as Rows;
    return answer.error?.code ?? { rows: answer.rows, count: answer.totals.count };
  };
  for (const view of [
    { object: 'ticket', record: thread },
    { object: 'ticket', filter: { id: thread } },
    { object: 'ticket', filter: { or: [{ id: thread }, { subject: { contains: 'Secret' } }] } },
    { object: 'ticket', q: 'Secret' },
    { object: 'message', record: message.id },
    { object: 'message', filter: { ticket: thread } },
    { object: 'message', filter: { ticket: [thread, note.id] } },
    { object: 'message', filter: { body: { contains: 'Secret' } } },
    { object: 'message', q: 'Secret' },
    { object: 'note', record: note.id },
    ...['deal', 'company', 'contact', 'product', 'activity', 'user', 'team', 'queue', 'channel', 'tag', 'pipeline', 'note', 'notification', 'session'].map((object) => ({ object, limit: 500 })), // prettier-ignore
  ])
    expect(await rowsOf(view), JSON.stringify(view)).toEqual(NOTHING);
  for (const filter of [
    { customer: vera.visitor },
    { assignee: null },
    { queue: QUEUES.orders.id },
    { priority: 'normal' },
    { note_preview: { contains: CANARY } },
    { customer_email: null },
    { place: '1' },
  ])
    expect(await rowsOf({ object: 'ticket', filter }), Object.keys(filter)[0]).toBe('field_not_readable');
  for (const sort of ['place', '-last_message_at', 'last_note_at'])
    expect(await rowsOf({ object: 'ticket', sort }), sort).toBe('field_not_readable');
  // Not even of their own do they learn in which queue it is.
  for (const queue of Object.values(QUEUES))
    expect(await rowsOf({ object: 'ticket', partition: queue.id })).not.toMatchObject({ count: 1 });
  for (const object of ['role', 'visitor', 'draft', 'outbox', 'event_log'])
    expect(await rowsOf({ object }), object).toBe('malformed');
  expect(await rowsOf({ object: 'ticket' })).toMatchObject({ rows: [{ id: own }], count: 1 });

  expect(await rowsOf({ object: 'ticket', record: own })).toMatchObject({ count: 1 });
  for (const record of [thread, message.id, people.bjorn.id, newId()])
    expect(await ask('presence', { record, state: 'here', field: 'reply' })).toHaveProperty(
      'error.code',
      'not_found',
    );
  for (const field of ['note', 'assignee', 'subject', 'preview'])
    expect(await ask('presence', { record: own, state: 'here', field }), field).toHaveProperty(
      'error.code',
      'field_not_readable',
    );

  // What happens to it now is heard by her alone.
  const hers = await widgetSocket(node, vera.token);
  await hers.open({ object: 'message' });
  await vera.write('Secret reply');
  await tell(bjorn, thread, 'reply', 'Secret end');
  await hers.wait((piece) => JSON.stringify(piece).includes('Secret end'));
  await tell(bjorn, own, 'reply', 'For Mallory');
  await socket.wait(([, object, id]) => object === 'ticket' && id === own);
  expect(socket.pieces().every(([, object, id]) => object !== 'ticket' || id === own || id === '')).toBe(
    true,
  );
  const bytes = socket.bytes() + mallory.client.bytes();
  for (const word of ['Secret', CANARY, thread, vera.visitor, people.bjorn.id, QUEUES.orders.id])
    expect(bytes.includes(word), word).toBe(false);
  expect((hers.bytes() + vera.client.bytes()).includes(CANARY)).toBe(false);
});
