import { beforeAll, expect, test, vi } from 'vitest';
import { transaction } from '../../../server/db/transaction.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import type { Values } from '../../../server/records/columns.ts';
import { changeRecord, removeRecord, restoreRecord } from '../../../server/records/write.ts';
import { must } from '../../../shared/lib/must.ts';
import type { ViewRequest, WireEvent } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { randomValue } from '../../world/randomValues.ts';
import { RawClient } from '../../world/rawClient.ts';
import { openSocket, type RawSocket } from '../../world/rawSocket.ts';
import { startRedis } from '../../world/redis.ts';
import { startNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { socketMessages } from './doors/inventory.ts';
import { CANARIES, openTwins, type Twin } from './twins.ts';

// A hidden field leaves no trace on open screens. Two stores that differ in nothing but hidden fields, a node at each:
// the same views are open, the same is changed – hidden fields to other values in each – and every event is the same.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });
const seed = Dice.runSeed();

interface Screen {
  twin: Twin;
  socket: RawSocket;
  /** Events that were compared already. */
  read: number;
}
/** Of each store, one after the other: the assistant's screen, then the keeper's. */
let screens: [Screen, Screen][];
/** A company that everyone sees at first. */
let company: string;

beforeAll(async () => {
  const twins = await openTwins(seed);
  const nodes = await Promise.all(
    twins.map(async ({ database }) =>
      startNode({ database, redisUrl: (await startRedis()).url, ready_timeout_ms: 150_000 }),
    ),
  );
  const enter = async (i: 0 | 1, userId: string): Promise<Screen> => {
    const twin = twins[i];
    const client = new RawClient(must(nodes[i], 'a node').base);
    const { token } = await transaction(
      twin.app.sql,
      (tx) =>
      createSession(tx, twin.app, { userId, method: 'password', device: 'Test', address: '192.0.2.1', requestId: 'test' }), // prettier-ignore
    );
    client.cookies.set('rolecall', token);
    return { twin, socket: await openSocket(client), read: 0 };
  };
  screens = [];
  for (const person of [twins[0].assistant.id, twins[0].keeper])
    screens.push([await enter(0, person), await enter(1, person)]);
  const { rows = [] } = await screens[0]![0].socket.open({ object: 'company', limit: 50 }, 'first');
  company = must(rows[0], 'a company that both see').id;
  await screens[0]![0].socket.ask('close', { id: 'first' });
});

const VIEWS: ViewRequest[] = [
  ...['deal', 'company', 'contact', 'product', 'ticket', 'activity'].flatMap((object): ViewRequest[] => [
    { object, limit: 50 },
    { object, q: 'canary', limit: 50 },
    { object, q: 'a', limit: 3, totals: true },
    {
      object,
      filter: { or: [{ owner: null }, { created_at: { empty: false } }] },
      sort: '-created_at',
      limit: 5,
    },
  ]),
  { object: 'message', limit: 50 },
  { object: 'note', limit: 50, totals: false },
  // What tells that a step is over.
  { object: 'team', limit: 50 },
].filter(({ object, filter }) => !(object === 'ticket' && filter));

const without = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'cursor' in value ? { ...value, cursor: '' } : value;

/** The same message to both; their answers must be the same. */
async function same([one, two]: [Screen, Screen], name: string, message: unknown): Promise<unknown> {
  const answers = [await one.socket.ask(name, message), await two.socket.ask(name, message)];
  const [first, second] = answers.map((answer) => JSON.stringify(answer, without));
  expect(second, `${name} ${JSON.stringify(message)}`).toEqual(first);
  expect(first, JSON.stringify(message)).not.toMatch(CANARIES);
  return answers[0];
}

test(`views open with the same rows, sums and pages, and refuse in the same words (SEED=${seed})`, async () => {
  const asked = new Set<string>();
  const { hidden } = screens[0]![0].twin;
  for (const pair of screens) {
    for (const [i, view] of VIEWS.entries()) {
      const opened = (await same(pair, 'open', { id: `v${i}`, view })) as { next?: string };
      if (opened.next) await same(pair, 'more', { id: `v${i}`, after: opened.next, limit: 4 });
    }
    for (const [object, fields] of Object.entries(hidden))
      for (const field of fields) {
        await same(pair, 'open', { id: 'x', view: { object, filter: { [field]: { empty: true } } } });
        await same(pair, 'open', { id: 'x', view: { object, sort: field } });
        await same(pair, 'presence', { record: company, field, state: 'here' });
      }
    await same(pair, 'open', { id: 'one', view: { object: 'company', record: company } });
    for (const field of ['name', ...must(hidden['company'], 'fields')])
      await same(pair, 'presence', { record: company, field, state: 'here' });
    await same(pair, 'close', { id: 'one' });
  }
  for (const name of ['open', 'more', 'presence', 'close']) asked.add(name);
  expect([...asked].sort(), 'no message is forgotten').toEqual(socketMessages());
});

test(`whatever is changed, the same is told of it (SEED=${seed})`, async () => {
  const dice = new Dice(seed);
  const { organisation, assistant, hidden: all } = screens[0]![0].twin;
  let told = 0;
  for (let step = 0; step < 40; step++) {
    const name = dice.pick(Object.keys(all));
    const id = dice.pick(must(organisation.records[name], name));
    const hidden = dice.some(must(all[name], name), 0.5);
    const act = dice.int(0, 9);
    const place: Values =
      name === 'activity' ? {} : { team: dice.pick([assistant.team, null, dice.pick(organisation.teams)]) };
    const title = `Title ${step}`;
    for (const which of [0, 1] as const) await change(which);
    told += await compare(step);

    async function change(which: 0 | 1): Promise<void> {
      const { app } = screens[0]![which].twin;
      const object = app.registry.get(name);
      const ctx = { actorId: null, requestId: 'test' };
      // Other values in each store: the same dice would throw the same.
      const own = new Dice(seed + 100 * step + which);
      const ids = (target: string | null) => organisation.records[target ?? ''] ?? [];
      const values: Values = Object.fromEntries(
        hidden.map((field) => {
          const def = must(object.fields[field], field);
          return [field, own.chance(0.2) ? null : randomValue(own, def, ids(def.target))];
        }),
      );
      await transaction(app.sql, async (tx) => {
        const [row] = await tx`select deleted_at from ${tx(object.table)} where id = ${id}`;
        if (row?.['deleted_at'] !== null) {
          if (name !== 'activity') await restoreRecord(tx, app, ctx, object, id).catch(() => undefined);
          return;
        }
        if (act === 0) return void (await removeRecord(tx, app, ctx, object, id));
        const seen = { ...(act < 4 ? { [object.title]: title } : {}), ...(act > 6 ? place : {}) };
        await changeRecord(tx, app, ctx, object, id, { ...values, ...seen });
      });
    }
  }
  expect(told, 'something was told').toBeGreaterThan(30);
  for (const [one, two] of screens)
    await until(() => totalsOf(one) === totalsOf(two), { what: 'the same totals on both' });
});

/** Ends a step by something that everyone sees, and holds what was told of it on one side against the other. */
async function compare(step: number): Promise<number> {
  const name = `Step ${step}`;
  for (const which of [0, 1] as const) {
    const { app, organisation } = screens[0]![which].twin;
    const ctx = { actorId: null, requestId: 'test' };
    const team = must(organisation.teams[0], 'a team');
    await transaction(app.sql, (tx) => changeRecord(tx, app, ctx, app.registry.get('team'), team, { name }));
  }
  let told = 0;
  for (const pair of screens) {
    const [one, two] = await Promise.all(pair.map((screen) => newsOf(screen, name)));
    expect(withoutPlace(two), `step ${step}`).toEqual(withoutPlace(one));
    expect(JSON.stringify(one)).not.toMatch(CANARIES);
    told += must(one, 'news').length;
  }
  return told;
}

/** What was told, without a ticket's place: that is when it came, which no two stores have in common. */
const withoutPlace = (news: WireEvent[] | undefined): string =>
  JSON.stringify(news).replace(/("place":"\d\d)\d{14}"/g, '$1"');

/** The events that came since the last time, in their order. Totals come when they are ready: see `totalsOf`. */
async function newsOf(screen: Screen, name: string): Promise<WireEvent[]> {
  const isMark = ([op, object, , , fields]: WireEvent): boolean =>
    op === 'patch' && object === 'team' && (fields as { name?: string } | null)?.name === name;
  await until(() => screen.socket.pieces().slice(screen.read).some(isMark), { what: `${name} on a screen` });
  const all = screen.socket.pieces();
  const news = all.slice(screen.read, all.findLastIndex(isMark) + 1);
  screen.read += news.length;
  return news.filter(([op]) => op !== 'total');
}

/** The last totals that each view was told. */
function totalsOf({ socket }: Screen): string {
  const totals = new Map<string, unknown>();
  for (const [op, , , , fields, views = []] of socket.pieces())
    if (op === 'total') for (const view of views) totals.set(view, fields);
  return JSON.stringify([...totals].sort(([a], [b]) => (a < b ? -1 : 1)));
}
