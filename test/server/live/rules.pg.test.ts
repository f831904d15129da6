import { afterEach, expect, test, vi } from 'vitest';
import { CHAT } from '../../../server/db/demo/support.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import type {
  RestrictionAnswer,
  ShareAnswer,
  SharingRuleAnswer,
  ViewRequest,
} from '../../../shared/protocol/index.ts';
import { change, enter, newDeal, startPair } from '../../world/pair.ts';
import { people, teams } from '../../world/people.ts';
import type { Answer } from '../../world/rawClient.ts';
import { openSocket, type RawSocket } from '../../world/rawSocket.ts';
import { until } from '../../world/until.ts';
import { enterAsVisitor } from './widget.ts';

// Rules, restrictions and shares are made at one node, and reach screens that are open at another.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const rafael = await enter(a, people.rafael);
const anna = await enter(a, people.anna);
const chiamaka = await enter(b, people.chiamaka);

const sockets: RawSocket[] = [];
afterEach(() => {
  for (const { wire } of sockets.splice(0)) wire.destroy();
});

/** A screen with a view open. */
async function screen(client: typeof rafael, view: ViewRequest) {
  const socket = await openSocket(client);
  sockets.push(socket);
  const resyncs = () => socket.events.filter(([name]) => name === 'resync').length;
  let known = 0;
  const ids = async () => (await socket.open(view)).rows?.map(({ id }) => id) ?? [];
  await ids();
  return {
    socket,
    ids,
    /** Ids that it shows once it was told to look again, as a client does. */
    async afterResync(): Promise<string[]> {
      await until(() => resyncs() > known, { what: 'a resync' });
      known = resyncs();
      return ids();
    },
    /** That a record comes or goes without being told to look again. */
    hears: (op: 'enter' | 'leave', id: string) => {
      const seen = socket.pieces().length;
      return () =>
        until(
          () =>
            socket
              .pieces()
              .slice(seen)
              .find(([was, , which]) => was === op && which === id),
          { what: `${op} of ${id}` },
        );
    },
  };
}

const made = <T>(answer: Answer): T => {
  expect(answer.status, answer.text).toBe(201);
  return answer.body as T;
};
const remove = async (path: string) => expect((await rafael.delete(path)).status).toBe(200);

test('a rule opens and closes records on open screens; so does every change of what a record falls under', async () => {
  const deal = await newDeal(anna, { title: 'Quagga fair', source: 'fair' });
  const other = await newDeal(anna, { title: 'Quagga web', source: 'web' });
  const open = await screen(chiamaka, { object: 'deal', filter: { title: { contains: 'Quagga' } } });
  expect(await open.ids()).toEqual([]);
  const rule = made<SharingRuleAnswer>(
    await rafael.post('/api/sharing-rules', {
      name: 'Quaggas of fairs', object: 'deal', criteria: { source: 'fair', title: { contains: 'quagga' } },
      to: { kind: 'team', id: teams.south }, level: 'edit',
    }),
  ); // prettier-ignore
  expect(rule.progress).toBeNull();
  expect(await open.afterResync()).toEqual([deal.id]);

  const came = open.hears('enter', other.id);
  await change(anna, `/api/deals/${other.id}`, { source: 'fair' });
  await came();
  const went = open.hears('leave', deal.id);
  await change(anna, `/api/deals/${deal.id}`, { source: 'web' });
  await went();
  expect((await chiamaka.get(`/api/deals/${deal.id}`)).status).toBe(404);
  // Born under it.
  await newDeal(anna, { title: 'Quagga born', source: 'fair' });
  await until(() => open.socket.bytes().includes('Quagga born'));

  const off = await rafael.patch(`/api/sharing-rules/${rule.id}`, { version: 1, active: false });
  expect(off.status, off.text).toBe(200);
  expect(await open.afterResync()).toEqual([]);
  await remove(`/api/sharing-rules/${rule.id}`);
});

test('the messages of a ticket come and go with it', async () => {
  const customer = await enterAsVisitor(a, CHAT.id);
  const ticket = await customer.write('The quokka is wet');
  const hana = await enter(b, people.hana);
  const [tickets, messages] = [
    await screen(hana, { object: 'ticket', record: ticket }),
    await screen(hana, { object: 'message', filter: { ticket } }),
  ];
  expect([await tickets.ids(), await messages.ids()]).toEqual([[], []]);
  const rule = made<SharingRuleAnswer>(
    await rafael.post('/api/sharing-rules', {
      name: 'Low ones', object: 'ticket', criteria: { priority: 'low' }, to: { kind: 'user', id: people.hana.id }, level: 'edit',
    }),
  ); // prettier-ignore
  await tickets.afterResync();
  await messages.afterResync();
  const entered = tickets.hears('enter', ticket);
  await change(rafael, `/api/tickets/${ticket}`, { priority: 'low' });
  await entered();
  const heard = await until(() => messages.socket.pieces().find(([op]) => op === 'enter'));
  expect(JSON.stringify(heard)).toContain('The quokka is wet');

  const gone = tickets.hears('leave', ticket);
  const goneToo = messages.hears('leave', String(heard[2]));
  await change(rafael, `/api/tickets/${ticket}`, { priority: 'normal' });
  await Promise.all([gone(), goneToo()]);
  // Somebody else at the same node hears what is written meanwhile.
  const others = await screen(rafael.at(b.base), { object: 'message', filter: { ticket } });
  const words = 'Quokkas dry quickly';
  const sent = await rafael.post(`/api/tickets/${ticket}/messages`, { kind: 'reply', body: words });
  expect(sent.status, sent.text).toBe(201);
  await until(() => others.socket.bytes().includes(words));
  expect(messages.socket.bytes()).not.toContain(words);
  await change(rafael, `/api/tickets/${ticket}`, { priority: 'low' });
  await until(() => messages.socket.bytes().includes(words));
  await remove(`/api/sharing-rules/${rule.id}`);
});

test('a restriction takes records off open screens, and gives them back', async () => {
  const deal = await newDeal(anna, { title: 'Okapi one', next_step: 'secret' });
  const other = await newDeal(anna, { title: 'Okapi two' });
  const open = await screen(anna.at(b.base), { object: 'deal', filter: { title: { contains: 'Okapi' } } });
  expect((await open.ids()).sort()).toEqual([deal.id, other.id].sort());
  const hidden = made<RestrictionAnswer>(
    await rafael.post('/api/restrictions', {
      name: 'Secrets', object: 'deal', criteria: { next_step: 'secret' }, except: [builtInRoleId('administrator')],
    }),
  ); // prettier-ignore
  expect(hidden.progress).toBeNull();
  expect(await open.afterResync()).toEqual([other.id]);
  expect((await anna.get(`/api/deals/${deal.id}`)).status).toBe(404);

  const went = open.hears('leave', other.id);
  await change(rafael, `/api/deals/${other.id}`, { next_step: 'secret' });
  await went();
  const came = open.hears('enter', deal.id);
  await change(rafael, `/api/deals/${deal.id}`, { next_step: 'none' });
  await came();
  await remove(`/api/restrictions/${hidden.id}`);
  expect((await open.afterResync()).sort()).toEqual([deal.id, other.id].sort());
});

test('a share reaches open screens when it is given, taken, and when it ends', async () => {
  const deal = await newDeal(anna, { title: 'Tapir licence' });
  const open = await screen(chiamaka, { object: 'deal', record: deal.id });
  const give = async (more: object = {}) =>
    made<ShareAnswer>(
      await anna.post('/api/shares', {
        object: 'deal', id: deal.id, to: { kind: 'user', id: people.chiamaka.id }, level: 'read', ...more,
      }),
    ); // prettier-ignore
  const { id } = await give();
  expect(await open.afterResync()).toEqual([deal.id]);
  expect((await anna.delete(`/api/shares/${id}`)).status).toBe(200);
  await until(async () => (await open.ids()).length === 0);

  const ends_ms = Date.now() + 3_000;
  await give({ ends_at: new Date(ends_ms).toISOString() });
  await until(async () => (await open.ids()).length === 1);
  const resyncs = () => open.socket.events.filter(([name]) => name === 'resync').length;
  const known = resyncs();
  const [closed_ms, told_ms] = await Promise.all([
    until(async () => (await chiamaka.get(`/api/deals/${deal.id}`)).status === 404 && Date.now()),
    until(() => resyncs() > known && Date.now()),
  ]);
  expect(closed_ms).toBeGreaterThanOrEqual(ends_ms);
  expect(closed_ms - ends_ms).toBeLessThan(1_000);
  expect(told_ms - ends_ms).toBeLessThan(2_000);
  expect(await open.ids()).toEqual([]);
});

test('many records come under a rule in the background, and reach open screens as they do', async () => {
  const titles = Array.from({ length: 30 }, (_, i) => `Bongo ${i}`);
  const made30 = [];
  for (const title of titles) made30.push(await newDeal(anna, { title }));
  const open = await screen(chiamaka, {
    object: 'deal',
    filter: { title: { contains: 'Bongo' } },
    limit: 100,
  });
  const rule = made<SharingRuleAnswer>(
    await rafael.post('/api/sharing-rules', {
      name: 'Bongos', object: 'deal', criteria: { title: { contains: 'bongo' } }, to: { kind: 'user', id: people.chiamaka.id }, level: 'read',
    }),
  ); // prettier-ignore
  await until(async () => {
    const { body } = await rafael.get(`/api/sharing-rules/${rule.id}`);
    return (body as SharingRuleAnswer).progress === null;
  });
  await until(async () => (await open.ids()).length === 30);
  await remove(`/api/sharing-rules/${rule.id}`);
  await until(async () => (await open.ids()).length === 0);
});
