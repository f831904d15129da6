import { expect, test, vi } from 'vitest';
import { CHAT } from '../../../server/db/demo/support.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { enter, startPair } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import type { Answer } from '../../world/rawClient.ts';
import type { RawSocket } from '../../world/rawSocket.ts';
import { until } from '../../world/until.ts';
import { Refused } from '../../world/wire.ts';
import { enterAsVisitor, tell, twoCustomers, widgetSocket, type Customer } from './widget.ts';

// Customers at their own door: very many at once, some who come back after the end, some who send too much. Two nodes.

vi.setConfig({ testTimeout: 180_000, hookTimeout: 200_000 });
const { a, b, database } = await startPair();
const bjorn = await enter(a, people.bjorn);
const CANARY = 'Quagga';

const idsIn = (answer: Answer) => {
  const { ticket, message } = answer.body as { ticket: string; message: { id: string } };
  return { ticket, message: message.id };
};
const goodbye = (socket: RawSocket) => socket.gone || socket.askedToLeave;

test('200 visitors write at once, all of it twice: each has one thread, and hears of no other', async () => {
  const crowd: { n: number; who: Customer; socket: RawSocket }[] = [];
  const come = async (n: number) => {
    const [here, there] = n % 2 ? [a, b] : [b, a];
    const who = await enterAsVisitor(here, CHAT.id, `Visitor ${n}`);
    const socket = await widgetSocket(there, who.token);
    // Asked for everything; they get what is theirs.
    await socket.open({ object: 'message', sort: '-created_at', limit: 500 }, 'messages');
    await socket.open({ object: 'ticket', limit: 500 }, 'tickets');
    crowd[n] = { n, who, socket };
  };
  for (let from = 0; from < 200; from += 50)
    await Promise.all(Array.from({ length: 50 }, (_, i) => come(from + i)));
  const lines = (n: number) => [1, 2, 3].map((line) => `<${n}> says ${line}`);
  const told = await Promise.all(
    crowd.map(async ({ n, who }) => {
      const ids = [];
      for (const body of lines(n)) {
        const headers = { 'idempotency-key': newId() };
        const send = () => who.client.post('/api/visitor/messages', { body }, headers);
        const [one, two] = await Promise.all([send(), send()]);
        expect([one.status, two.status], one.text + two.text).toEqual([201, 201]);
        expect(idsIn(two)).toEqual(idsIn(one));
        ids.push(idsIn(one));
      }
      expect(new Set(ids.map(({ ticket }) => ticket)).size).toBe(1);
      return { ticket: ids[0]?.ticket ?? '', messages: ids.map(({ message }) => message) };
    }),
  );

  const rows = await database.sql<{ visitor: string; ticket: string; said: string[] }[]>`
    select t.customer_id as visitor, t.id as ticket, array_agg(m.body order by m.created_at, m.id) as said
    from ticket t join message m on m.ticket_id = t.id
    where t.customer_id = any(${crowd.map(({ who }) => who.visitor)}::uuid[]) group by t.id
  `;
  expect(rows.length).toBe(crowd.length);
  const known = new Map(rows.map((row) => [row.visitor, row]));
  for (const { n, who } of crowd)
    expect(known.get(who.visitor)).toMatchObject({ ticket: told[n]?.ticket, said: lines(n) });

  // A note to some of them, and then an answer: whatever they were to hear of the note, they have heard by then.
  const some = crowd.filter(({ n }) => n % 20 === 0);
  await Promise.all(
    some.map(async ({ n }) => {
      await tell(bjorn, told[n]?.ticket ?? '', 'note', `${CANARY} about ${n}`);
      await tell(bjorn, told[n]?.ticket ?? '', 'reply', `<${n}> is answered`);
    }),
  );
  for (const { socket } of some) await socket.wait((piece) => JSON.stringify(piece).includes('is answered'));
  for (const { n, who, socket } of crowd) {
    const mine = told[n];
    const heard = (id: string | undefined) => (piece: unknown[]) => piece[0] === 'enter' && piece[2] === id;
    await socket.wait(heard(mine?.messages[2]));
    const entered = socket.pieces().filter(([op, object]) => op === 'enter' && object === 'message');
    expect(entered.slice(0, 3).map(([, , id]) => id)).toEqual(mine?.messages);
    expect(entered.length).toBe(n % 20 === 0 ? 4 : 3);
    const bytes = socket.bytes() + who.client.bytes();
    expect([...new Set(bytes.match(/<\d+>/g))]).toEqual([`<${n}>`]);
    expect(bytes.includes(CANARY)).toBe(false);
    expect(new Set(socket.pieces().map(([, object, id]) => object === 'ticket' && id))).toEqual(
      new Set([false, mine?.ticket, '']),
    );
    socket.wire.destroy();
  }
});

const two = () => twoCustomers([a, b], CHAT.id, bjorn, CANARY);

test('a token that was ended opens nothing at any node, and what stands open gets no byte more', async () => {
  const { vera, thread } = await two();
  const sockets = [await widgetSocket(a, vera.token), await widgetSocket(b, vera.token)];
  for (const socket of sockets) await socket.open({ object: 'message' });
  // Writing all the while: each is done before the end, or not at all.
  const writing = Array.from({ length: 8 }, (_, n) =>
    vera.client.post('/api/visitor/messages', { body: `Last ${n}` }),
  );
  const ended = await vera.client
    .at(b.base)
    .delete('/api/visitor', undefined, { authorization: `Bearer ${vera.token}` });
  expect(ended.status, ended.text).toBe(204);
  const outcomes = (await Promise.all(writing)).map(({ status }) => status);
  for (const status of outcomes) expect([201, 401]).toContain(status);
  for (const socket of sockets) await until(() => goodbye(socket), { what: 'both sockets to be ended' });
  const [{ count }] = await database.sql<[{ count: number }]>`
    select count(*)::int as count from message where ticket_id = ${thread} and body like 'Last %'
  `;
  expect(count).toBe(outcomes.filter((status) => status === 201).length);

  const heard = sockets.map((socket) => socket.bytes().length);
  await tell(bjorn, thread, 'reply', 'Too late');
  for (const node of [a, b]) {
    await expect(widgetSocket(node, vera.token)).rejects.toThrow(/session_ended/);
    const replayed = await vera.client.at(node.base).get('/api/visitor');
    expect(replayed).toMatchObject({
      status: 401,
      body: { error: { code: 'session_ended', reason: 'logout' } },
    });
  }
  for (const socket of sockets) await until(() => socket.gone);
  expect(sockets.map((socket) => socket.bytes().length)).toEqual(heard);
});

test('a foreign page, a megabyte, a flood: refused, and the others go on', async () => {
  const { vera, thread, mallory, own } = await two();
  const bystander = await widgetSocket(b, vera.token);
  await bystander.open({ object: 'message' });
  for (const node of [a, b])
    for (const origin of ['https://evil.example', 'null', a.base.replace('http', 'https')])
      await expect(widgetSocket(node, mallory.token, { origin })).rejects.toBeInstanceOf(Refused);

  const large = await widgetSocket(b, mallory.token);
  large.wire.send(`42["open",{"id":"${'x'.repeat(1_000_000)}"}]`);
  await until(() => large.gone || large.wire.closeCode() !== undefined, {
    what: 'the connection to be ended',
  });

  const flood = await widgetSocket(b, mallory.token);
  const view = { object: 'ticket', record: own };
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, n) =>
      n % 2 ? flood.ask('open', { id: 'x', view }) : flood.ask('presence', { record: own, state: 'here' }),
    ),
  );
  const refused = answers.filter((answer) => JSON.stringify(answer).includes('too_many_requests'));
  expect(refused.length).toBeGreaterThan(200);
  await until(async () => 'ok' in ((await flood.ask('open', { id: 'x', view })) as object), {
    every_ms: 200,
  });

  await tell(bjorn, thread, 'reply', 'Still here');
  await bystander.wait((piece) => JSON.stringify(piece).includes('Still here'));
  for (const node of [a, b])
    expect(node.output()).not.toMatch(/socket message failed|handshake failed|unhandled/i);
});
