import { afterAll, beforeAll, expect, test } from 'vitest';
import { logAccess } from '../../../server/access/accessLog.ts';
import { transaction, type Tx } from '../../../server/db/transaction.ts';
import type { Values } from '../../../server/records/columns.ts';
import { changeRecord, insertRecord, removeRecord, restoreRecord } from '../../../server/records/write.ts';
import { GRANTED_WAYS } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { ViewRequest } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { LossyPair } from './lossyPair.ts';
import type { TestClient } from './testClient.ts';
import { registry } from './world.ts';

// Tickets move between queues, hands and states, customers and agents write, notes are taken, and who works which queue
// changes all the while; agents look at lists and threads, customers at theirs. Once it is quiet, every client holds
// exactly what the store would show it now. Through all of it no byte of a note has reached a customer, nor an agent
// who may read threads but no notes; and no byte about one of us, or about another customer, has reached a customer.

const SEED = Dice.runSeed();
const STEPS = 90;
const NOTED = 'NOTED-AMONG-US';

const dice = new Dice(SEED);
let pair: LossyPair;
const people: string[] = [];
const teams = [newId(), newId(), newId()];
const queues = [newId(), newId(), newId()];
/** The first two stay as they are; the others change. */
const roles = [newId(), newId(), newId(), newId()];
const tickets: string[] = [];
const visitors: { id: string; ticket: string }[] = [];
const ctx = { actorId: null, requestId: 'test' };
const app = { registry };

beforeAll(async () => {
  pair = await LossyPair.start(dice, (sql) => transaction(sql, furnish));
}, 30_000);

afterAll(() => pair.stop());

test(`agents and customers hold what they may see, and nothing of what is not theirs came by (SEED=${SEED})`, async () => {
  const [chief, reader] = people;
  for (const userId of people) await pair.connect(userId, viewsOf(userId));
  for (const { id, ticket } of visitors) await pair.connect(id, threadOf(ticket).slice(0, 2));
  const agents = pair.clients.slice(0, people.length);
  const customers = pair.clients.slice(people.length);

  for (let step = 0; step < STEPS; step++) {
    // Some snapshots are read while changes are committed and not yet sequenced.
    if (dice.chance(0.4)) toggle(dice.pick(agents));
    pair.breakSome(dice);
    await Promise.all(dice.many(dice.int(1, 3), () => act()));
    const customer = dice.pick(customers);
    if (dice.chance(0.4) && !customer.away) void customer.open('v0');
    if (dice.chance(0.4)) pair.wake(dice.int(0, 1));
    if (dice.chance(0.2)) await new Promise((resolve) => setTimeout(resolve, dice.int(0, 11)));
  }
  expect((await pair.allBack()).spared).toBeGreaterThan(0);
  await pair.quiet();
  await pair.mustHaveConverged();

  const heard = (client: TestClient | undefined) => client?.bytes.join() ?? '';
  expect(heard(agents.find(({ userId }) => userId === chief))).toContain(NOTED);
  const threads = heard(agents.find(({ userId }) => userId === reader));
  expect(threads).toContain('said by us');
  expect(threads).not.toContain(NOTED);
  for (const customer of customers) {
    const bytes = heard(customer);
    expect(bytes).toContain(`said by ${customer.userId}`);
    expect(bytes).not.toContain(NOTED);
    expect(bytes).not.toMatch(/"(note|by|assignee|queue|customer_name|place)"/);
    const others = [...people, ...teams, ...queues, ...visitors.map(({ id }) => id)];
    for (const id of others.filter((id) => id !== customer.userId)) expect(bytes).not.toContain(id);
  }
}, 120_000);

// —— the world ——

async function furnish(tx: Tx): Promise<void> {
  const add = (object: string, values: Values, id = newId()) =>
    insertRecord(tx, app, ctx, registry.get(object), values, { id });
  for (const id of teams) await add('team', { name: `Team ${id}` }, id);
  for (const [position, id] of queues.entries())
    await add('queue', { name: `Queue ${position}`, teams: dice.some(teams), position }, id);
  for (let n = 0; n < 7; n++) {
    const manager = n === 0 ? null : dice.pick(people);
    people.push(
      (await add('user', { name: `Person ${n}`, manager, team: dice.pick(teams), active: true })).id,
    );
  }
  for (const [n, id] of roles.entries()) {
    const granted = [EVERYTHING, THREADS][n] ?? grants();
    await tx`insert into role (id, name, grants) values (${id}, ${id}, ${tx.json(granted)})`;
  }
  for (const [n, user] of people.entries()) {
    const role = n < 2 ? roles[n]! : dice.pick(roles.slice(2));
    await tx`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${user}, ${role})`;
  }
  const channel = (await add('channel', { name: 'Chat', queue: queues[0]!, active: true })).id;
  for (let n = 0; n < 20; n++) {
    const visitor = n < 4 ? await visit(tx, channel) : null;
    tickets.push(await newTicket(tx, visitor));
    if (visitor) visitors.push({ id: visitor, ticket: tickets[n]! });
  }
}

const ALL = ['all'];
const EVERYTHING = { ticket: { read: ALL, read_thread: ALL, reply: ALL, note: ALL } };
const THREADS = { ticket: { read: ALL, read_thread: ALL } };
const some = () => dice.some(GRANTED_WAYS, 0.4);
const grants = () => ({
  ticket: { read: some(), update: some(), read_thread: some(), reply: some(), note: some() },
});

async function visit(tx: Tx, channel: string): Promise<string> {
  const id = newId();
  await tx`
    insert into visitor (id, channel_id, token_hash, expires_at) values (${id}, ${channel}, ${id}, now() + interval '1 hour')
  `;
  return id;
}

async function newTicket(tx: Tx, customer: string | null): Promise<string> {
  const values = { subject: `Help ${dice.int(0, 99)}`, queue: dice.pick(queues), customer };
  const { id } = await insertRecord(tx, app, ctx, registry.get('ticket'), values);
  await insertRecord(tx, app, ctx, registry.get('message'), {
    ticket: id,
    body: `said by ${customer ?? 'nobody'}`,
  });
  return id;
}

// —— what is looked at ——

const threadOf = (ticket: string): ViewRequest[] => [
  { object: 'message', filter: { ticket }, sort: '-created_at', limit: 200 },
  { object: 'ticket', record: ticket },
  { object: 'note', filter: { ticket }, sort: '-created_at', limit: 200 },
];

const viewsOf = (me: string): ViewRequest[] => [
  { object: 'ticket', filter: { assignee: me, status: { ne: 'resolved' } }, limit: 500 },
  { object: 'ticket', filter: { assignee: { empty: true }, status: { ne: 'resolved' } }, limit: 500 },
  { object: 'ticket', filter: { mentioned: { has: me } }, limit: 500 },
  { object: 'ticket', partition: queues[0]!, sort: '-waiting_since', limit: 500 },
  { object: 'note', q: 'noted', limit: 500 },
  { object: 'queue' },
  { object: 'notification', limit: 500 },
  ...threadOf(tickets[0]!),
  ...threadOf(tickets[5]!),
];

function toggle(client: TestClient): void {
  if (client.away) return;
  const all = viewsOf(client.userId);
  const at = dice.int(0, all.length - 1);
  const id = `v${at}`;
  if (client.views.has(id)) client.close(id);
  else {
    client.views.set(id, all[at]!);
    void client.open(id);
  }
}

// —— what happens ——

/** One random change; losing against another one at the same time is fine. */
async function act(): Promise<void> {
  await transaction(pair.sql, async (tx) => {
    const id = dice.chance(0.5) ? dice.pick(tickets.slice(0, 6)) : dice.pick(tickets);
    const kind = dice.int(0, 99);
    if (kind < 40) await changeRecord(tx, app, ctx, registry.get('ticket'), id, moved(kind));
    else if (kind < 72) await write(tx, id, kind);
    else if (kind < 75) await removeRecord(tx, app, ctx, registry.get('ticket'), id);
    else if (kind < 80) await restoreRecord(tx, app, ctx, registry.get('ticket'), id);
    else if (kind < 83) tickets.push(await newTicket(tx, null));
    else await changePolicy(tx, kind);
    if (dice.chance(0.05)) throw new RolledBack();
  }).catch((error: unknown) => {
    const refused = error instanceof Error && (error.name === 'ApiError' || error instanceof RolledBack);
    if (!refused && !String(error).includes('lock timeout')) throw error;
  });
}

class RolledBack extends Error {}

function moved(kind: number): Values {
  if (kind < 10) return { queue: dice.pick(queues) };
  if (kind < 20) return { assignee: dice.maybe(0.2, people) };
  if (kind < 25) return { team: dice.maybe(0.2, teams) };
  if (kind < 29) return { participants: dice.some(people, 0.3) };
  if (kind < 34) return { status: dice.pick(['open', 'pending', 'resolved']) };
  if (kind < 37) return { priority: dice.pick(['urgent', 'normal']) };
  return { seen_by_us_at: new Date().toISOString(), subject: `Help ${kind}` };
}

async function write(tx: Tx, ticket: string, kind: number): Promise<void> {
  const us = { ...ctx, actorId: dice.pick(people) };
  const visitor = visitors.find((one) => one.ticket === ticket)?.id ?? 'nobody';
  const message = registry.get('message');
  if (kind < 50) await insertRecord(tx, app, us, message, { ticket, body: 'said by us' });
  else if (kind < 60) await insertRecord(tx, app, ctx, message, { ticket, body: `said by ${visitor}` });
  else {
    const values = { ticket, body: `${NOTED} ${kind}`, mentions: dice.some(people, 0.3) };
    await insertRecord(tx, app, us, registry.get('note'), values);
  }
}

async function changePolicy(tx: Tx, kind: number): Promise<void> {
  if (kind < 88)
    await changeRecord(tx, app, ctx, registry.get('queue'), dice.pick(queues), { teams: dice.some(teams) });
  else if (kind < 92)
    await changeRecord(tx, app, ctx, registry.get('user'), dice.pick(people), { team: dice.pick(teams) });
  else if (kind < 96) {
    const role = dice.pick(roles.slice(2));
    await tx`update role set grants = ${tx.json(grants())} where id = ${role}`;
    const holders = await tx<
      { user_id: string }[]
    >`select user_id from role_assignment where role_id = ${role}`;
    await logAccess(tx, { users: holders.map((row) => row.user_id), cause: 'role', actorId: null });
  } else {
    const user = dice.pick(people.slice(2));
    await tx`
      insert into role_assignment (id, user_id, role_id) values (${newId()}, ${user}, ${dice.pick(roles.slice(2))})
      on conflict (user_id, role_id) do update set ends_at = case when role_assignment.ends_at is null then now() end
    `;
    await logAccess(tx, { users: [user], cause: 'assignment', actorId: null });
  }
}
