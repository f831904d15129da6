import { expect, test, vi } from 'vitest';
import { newId } from '../../shared/lib/ids.ts';
import { boardStands, isMarked, mark, openBoard, seeBoard } from '../world/board.ts';
import { newPerson } from '../world/browser.ts';
import { change, enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { officialSocket } from '../world/rawSocket.ts';
import { startSwitchboard } from '../world/switchboard.ts';
import { until } from '../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b, database } = await startPair();
const door = await startSwitchboard(a.port);

test('a node is killed: its clients are right again on the other, without a reload, nothing lost or doubled', async () => {
  const kofisProgram = await enter(b, people.kofi);
  const make = (title: string) => newDeal(kofisProgram, { title, owner: people.anna.id, amount: 1_000_000 });
  const [moved, renamed, removed, left] = [
    await make('Ibex moved'),
    await make('Ibex before'),
    await make('Ibex removed'),
    await make('Ibex left'),
  ];
  const anna = await newPerson(door.base, people.anna.email, { password });
  const kofi = await newPerson(door.base, people.kofi.email, { password });
  for (const person of [anna, kofi]) {
    person.allow(/WebSocket connection|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET/);
    await openBoard(person);
    await person.page.getByText('Ibex left').waitFor();
    await mark(person);
  }
  const program = await officialSocket(await enter(door, people.anna));
  const heard: string[] = [];
  program.socket.on('b', (events) => heard.push(...events.map(([op, , id]) => `${op} ${id}`)));

  // Writes are under way when it dies: each was done once or not at all, and whoever asks again with the same key
  // finds out which, and has it done.
  const writer = await enter(door, people.anna);
  const keys = Array.from({ length: 12 }, () => newId());
  const write = (client: typeof writer, n: number) =>
    client.post(
      '/api/activities',
      { kind: 'note', subject: `Ibex note ${n}`, deal: left.id },
      { 'idempotency-key': keys[n] },
    );
  const underWay = keys.map((_, n) =>
    write(writer, n).then(
      ({ status }) => status,
      () => 'broken',
    ),
  );
  await Promise.race(underWay);
  door.to(null);
  await a.kill();
  const outcomes = await Promise.all(underWay);
  for (const outcome of outcomes) expect([201, 'broken']).toContain(outcome);

  // Meanwhile, on the other node.
  await change(kofisProgram, `/api/deals/${moved.id}`, { stage: 'proposal' });
  await change(kofisProgram, `/api/deals/${renamed.id}`, { title: 'Ibex after', amount: 2_000_000 });
  expect((await kofisProgram.delete(`/api/deals/${removed.id}`)).status).toBe(200);
  await change(kofisProgram, `/api/deals/${left.id}`, { owner: people.dawit.id });
  const born = await make('Ibex born');
  for (const { page } of [anna, kofi]) await page.getByText('offline', { exact: false }).first().waitFor();

  door.to(b.port);
  await change(kofisProgram, `/api/deals/${left.id}`, { owner: people.anna.id });
  for (const person of [anna, kofi]) {
    await person.page.getByText('Ibex after').waitFor({ timeout: 60_000 });
    await person.page.locator(`[data-stage="qualified"] [data-card="${born.id}"]`).waitFor();
    await person.page.locator(`[data-stage="proposal"] [data-card="${moved.id}"]`).waitFor();
    await person.page.locator(`[data-card="${removed.id}"]`).waitFor({ state: 'detached' });
  }
  for (let n = 0; n < keys.length; n += 1) expect((await write(writer, n)).status).toBe(201);
  const rows = await database.sql<{ subject: string }[]>`
    select subject from activity where subject like 'Ibex note%' order by subject
  `;
  expect(rows.map(({ subject }) => subject)).toEqual(keys.map((_, n) => `Ibex note ${n}`).sort());

  // Live goes on where it is now.
  await change(kofisProgram, `/api/deals/${born.id}`, { stage: 'proposal' });
  for (const person of [anna, kofi]) {
    await person.page.locator(`[data-stage="proposal"] [data-card="${born.id}"]`).waitFor();
    expect(await isMarked(person)).toBe(true);
    const live = await seeBoard(person);
    const ids = Object.values(live).flatMap(({ cards }) => cards.map(([id]) => id));
    expect(new Set(ids).size).toBe(ids.length);
    await person.page.reload();
    await boardStands(person);
    expect(await seeBoard(person)).toEqual(live);
  }

  // The official client comes back by itself, with its session, and opens what it had open.
  await until(() => program.socket.connected, { timeout_ms: 30_000, what: 'the official client to be back' });
  const answer = await program.socket.emitWithAck('open', {
    id: 'again',
    view: { object: 'deal', limit: 500 },
  });
  expect(answer).toMatchObject({ ok: true, reset: true });
  await change(kofisProgram, `/api/deals/${born.id}`, { next_step: 'After it all' });
  await until(() => heard.includes(`patch ${born.id}`), { what: 'an event on the new node' });

  // Every change is in the log once, and what the killed node left unsequenced is in it, too.
  const [log] = await until(
    () => database.sql<[{ events: number; seq: number; waiting: number }?]>`
      select count(*) as events, (select seq from event_head) as seq, (select count(*) from outbox) as waiting
      from event_log having (select count(*) from outbox) = 0
    `,
  );
  expect(log?.events).toBe(log?.seq);
});
