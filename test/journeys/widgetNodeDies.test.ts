import { expect, test, vi } from 'vitest';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { isMarked, mark } from '../world/board.ts';
import { enter, startPair } from '../world/pair.ts';
import { people } from '../world/people.ts';
import { startSwitchboard } from '../world/switchboard.ts';
import { until } from '../world/until.ts';
import { bubbles, newCustomer, openChat, say } from '../world/widget.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 200_000 });
const { a, b, database } = await startPair();
const door = await startSwitchboard(a.port);

const LINES = Array.from({ length: 12 }, (_, n) => `Line ${n + 1} of what happened`);

test('the customer’s node is killed in a burst of messages: nothing is lost, doubled or out of order', async () => {
  const bjorn = await enter(b, people.bjorn);
  const wren = await newCustomer(door.base);
  wren.allow(/WebSocket connection|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET/);
  await mark(wren);
  await say(wren, LINES[0] ?? '');
  await until(async () => (await bubbles(wren))[0]?.foot === 'sent', { what: 'the first to have been sent' });

  let dying: Promise<void> | undefined;
  // In the middle of it the node dies; they write on, without a connection, and then there is the other node.
  for (const [n, line] of LINES.entries()) {
    if (n === 0) continue;
    await say(wren, line);
    if (n === 5) {
      door.to(null);
      dying = a.kill();
    }
  }
  await wren.page.getByText('No connection. What you write is kept and sent later.').waitFor();
  expect((await bubbles(wren)).map(({ text }) => text)).toEqual(LINES);
  await dying;
  door.to(b.port);
  await until(async () => (await bubbles(wren)).at(-1)?.foot === 'sent', {
    timeout_ms: 60_000,
    what: 'the last to have been sent',
  });

  const rows = await database.sql<{ ticket: string; body: string }[]>`
    select ticket_id as ticket, body from message where body like 'Line % of what happened' order by created_at, id
  `;
  expect(rows.map(({ body }) => body)).toEqual(LINES);
  const [ticket] = new Set(rows.map((row) => row.ticket));
  expect(new Set(rows.map((row) => row.ticket)).size).toBe(1);
  expect((await bubbles(wren)).map(({ text }) => text)).toEqual(LINES);

  // An agent at the other node reads all of it, in this order, and answers: it arrives without a reload.
  const thread = (await bjorn.get(`/api/tickets/${ticket}/messages`)).body as { rows: MaskedRecord[] };
  expect(thread.rows.map((row) => row['body'])).toEqual(LINES);
  await until(() =>
    wren.page
      .getByText('No connection.')
      .count()
      .then((n) => n === 0),
  );
  const answer = { kind: 'reply', body: 'That was a lot. I am on it.' };
  expect((await bjorn.post(`/api/tickets/${ticket}/messages`, answer)).status).toBe(201);
  await wren.page.getByText(answer.body).waitFor();
  expect(await isMarked(wren)).toBe(true);
  const live = (await bubbles(wren)).map(({ mine, text }) => [mine, text]);
  expect(live).toEqual([...LINES.map((line) => [true, line]), [false, answer.body]]);
  await wren.page.reload();
  await openChat(wren);
  await wren.page.getByText(answer.body).waitFor();
  expect((await bubbles(wren)).map(({ mine, text }) => [mine, text])).toEqual(live);
});
