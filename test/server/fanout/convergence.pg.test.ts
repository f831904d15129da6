import { afterAll, beforeAll, expect, test } from 'vitest';
import { logAccess } from '../../../server/access/accessLog.ts';
import { lockImage } from '../../../server/records/lockImage.ts';
import { transaction, type Tx } from '../../../server/db/transaction.ts';
import {
  changeRecord,
  insertRecord,
  insertRecords,
  removeRecord,
  restoreRecord,
} from '../../../server/records/write.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { ViewRequest } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { LossyPair } from './lossyPair.ts';
import type { TestClient } from './testClient.ts';
import { registry } from './world.ts';

// Random writes and random changes of policy, on two nodes that hear of each other only now and then, with clients
// that open and close views all the while, lose their line and come back. Once it is quiet, every client must hold exactly
// what the store would show it now – by rows, fields, totals – and never have been sent a field that no right of its gave.

const SEED = Dice.runSeed();
const STEPS = 150;
const BULK_EVERY = 35;
const BULK = 230;
// Below zero, as no amount and no sum of amounts is: its digits stand for nothing else.
const CANARY_MARGIN = -77.77;

const dice = new Dice(SEED);
let pair: LossyPair;
const people: string[] = [];
const teams = [newId(), newId()];
const territories = [newId(), newId(), newId()];
const roles = [newId(), newId(), newId()];
const deals: string[] = [];
const PIPELINE = newId();
const STAGES = ['qualified', 'proposal', 'won'];
const ctx = { actorId: null, requestId: 'test' };

const VIEWS: ViewRequest[] = [
  ...STAGES.map((stage) => ({
    object: 'deal',
    partition: PIPELINE,
    filter: { stage },
    sort: '-stage_since',
    limit: 500,
  })),
  { object: 'deal', filter: { title: { contains: 'a' } }, sort: 'title', limit: 500 },
  { object: 'activity', sort: '-created_at', limit: 500 },
  { object: 'user', sort: 'name', limit: 500 },
];

beforeAll(async () => {
  pair = await LossyPair.start(dice, (sql) => transaction(sql, furnish));
}, 30_000);

afterAll(() => pair.stop());

test(`after any interleaving every client holds exactly what it may see (SEED=${SEED})`, async () => {
  for (const userId of people) await pair.connect(userId, VIEWS);
  const { clients } = pair;
  for (let step = 0; step < STEPS; step++) {
    // Some snapshots are read while changes are committed and not yet sequenced.
    if (dice.chance(0.4)) toggle(dice.pick(clients));
    pair.breakSome(dice);
    // Now and then so much at once that views are flooded, while others are opened and rights change.
    if (step % BULK_EVERY === BULK_EVERY - 1) await bulk();
    await Promise.all(dice.many(dice.int(1, 3), () => act()));
    if (dice.chance(0.4)) toggle(dice.pick(clients));
    if (dice.chance(0.4)) pair.wake(dice.int(0, 1));
    if (dice.chance(0.2)) await new Promise((resolve) => setTimeout(resolve, dice.int(0, 11)));
  }
  const told = await pair.allBack();
  // What begins and ends by itself comes with a poll that was begun afterwards.
  for (;;) {
    const isOver = performance.now() > lastMoment_ms;
    try {
      await pair.polled();
      await pair.quiet();
      await pair.mustHaveConverged();
      break;
    } catch (error) {
      if (isOver) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  // Margin is secret and no role of this world gives it.
  for (const client of clients) {
    expect(client.bytes.join()).not.toContain(String(CANARY_MARGIN));
    expect(client.bytes.join()).not.toContain('"margin"');
  }
  expect(clients.some((client) => client.bytes.join().includes('"amount"'))).toBe(true);
  expect(told.answers).toBeGreaterThan(STEPS / 10);
  expect(told.spared).toBeGreaterThan(told.answers);
}, 120_000);

test('a change made after a revocation is not sent by the rights of before, however late the node hears of them', async () => {
  const client = pair.clients[0]!;
  const object = registry.get('deal');
  const everything = { deal: { read: ['all'] } };
  await grantTo(client.userId, everything);
  // In a stage that no restriction hides.
  const deal = await transaction(pair.sql, (tx) => newDeal(tx, 'qualified'));
  client.views.set('late', { object: 'deal', filter: { id: deal }, limit: 1 });
  await pair.quiet();
  await client.open('late');
  expect(client.windows.get('late')?.rows).toHaveLength(1);

  // Nothing tells the node of the new policy but the event itself.
  await grantTo(client.userId, {});
  await transaction(pair.sql, (tx) =>
    changeRecord(tx, { registry }, ctx, object, deal, { title: 'CANARY-REVOKED' }),
  );
  client.node.wakeLog(true);
  await pair.quiet();
  expect(client.bytes.join()).not.toContain('CANARY-REVOKED');
  expect(client.windows.get('late')?.rows ?? []).toEqual([]);
}, 20_000);

/** Leaves a person with one role, which grants this and nothing else. */
async function grantTo(userId: string, granted: object): Promise<void> {
  await transaction(pair.sql, async (tx) => {
    const id = newId();
    await tx`insert into role (id, name, grants) values (${id}, ${id}, ${tx.json(granted as never)})`;
    await tx`delete from role_assignment where user_id = ${userId}`;
    await tx`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${userId}, ${id})`;
    await logAccess(tx, { users: [userId], cause: 'test', actorId: null });
  });
}

// —— the world ——

async function furnish(tx: Tx): Promise<void> {
  const app = { registry };
  for (const id of teams)
    await insertRecord(tx, app, ctx, registry.get('team'), { name: `Team ${id}` }, { id });
  for (const [n, id] of territories.entries()) {
    const parent = n === 2 ? territories[0]! : null;
    await insertRecord(tx, app, ctx, registry.get('territory'), { name: `Territory ${n}`, parent }, { id });
  }
  for (let n = 0; n < 8; n++) {
    const manager = n === 0 ? null : (people[dice.int(0, n - 1)] ?? null);
    const values = {
      name: `Person ${n}`,
      manager,
      team: dice.pick(teams),
      territories: some(territories),
      active: true,
    };
    people.push((await insertRecord(tx, app, ctx, registry.get('user'), values)).id);
  }
  for (const [n, id] of roles.entries()) {
    // One sees everything at first, so that there is something to lose.
    const granted = n === 0 ? { deal: { read: ['all'] }, activity: { read: ['all'] } } : grants();
    const given = n === 0 ? { deal: { amount: 'read' } } : fields();
    await tx`insert into role (id, name, grants, fields) values (${id}, ${id}, ${tx.json(granted)}, ${tx.json(given)})`;
  }
  for (const [n, user] of people.entries()) {
    const role = n === 0 ? roles[0]! : dice.pick(roles);
    await tx`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${user}, ${role})`;
  }
  const stages = STAGES.map((key) => ({
    key,
    name: key,
    probability: 50,
    kind: key === 'won' ? ('won' as const) : ('open' as const),
    color: 'slate' as const,
    requires: [],
  }));
  await insertRecord(
    tx,
    app,
    ctx,
    registry.get('pipeline'),
    { name: 'P', stages, position: 0 },
    { id: PIPELINE },
  );
  await makeRules(tx);
  for (let n = 0; n < 40; n++) deals.push(await newDeal(tx));
}

/** Dear deals are opened to a team, and those in proposal hidden from all who do not hold the first role. */
async function makeRules(tx: Tx): Promise<void> {
  const [dear, proposed] = [newId(), newId()];
  await tx`
    insert into criteria (id, object, filter) values
      (${dear}, 'deal', ${tx.json({ amount: { gte: 60 } })}), (${proposed}, 'deal', ${tx.json({ stage: 'proposal' })})
  `;
  await tx`
    insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level)
    values (${newId()}, 'Dear', 'deal', ${dear}, 'team', ${teams[0]!}, 'edit')
  `;
  await tx`
    insert into restriction (id, name, object, criteria_id, except_roles)
    values (${newId()}, 'Proposed', 'deal', ${proposed}, ${[roles[0]!]}::uuid[])
  `;
}

async function newDeal(tx: Tx, stage = dice.pick(STAGES)): Promise<string> {
  const values = {
    title: dice.pick(['Alpha', 'Beta', 'Gamma', 'Ёж', '取引']) + dice.int(0, 99),
    amount: dice.int(0, 9_999) / 100,
    margin: CANARY_MARGIN,
    pipeline: PIPELINE,
    stage,
    owner: dice.pick(people),
  };
  return (await insertRecord(tx, { registry }, ctx, registry.get('deal'), values)).id;
}

const WAYS = ['own', 'reports', 'team', 'territory', 'all'];
const some = (ways: string[]) => ways.filter(() => dice.chance(0.4));
const grants = () => ({ deal: { read: some(WAYS), update: some(WAYS) }, activity: { read: some(WAYS) } });
const fields = () => ({ deal: { amount: dice.pick(['hidden', 'read', 'edit']) } });

/** One random change; losing against another one at the same time is fine. */
async function act(): Promise<void> {
  await transaction(pair.sql, async (tx) => {
    const app = { registry };
    const deal = dice.pick(deals);
    const object = registry.get('deal');
    const kind = dice.int(0, 99);
    if (kind < 25) await changeRecord(tx, app, ctx, object, deal, { stage: dice.pick(STAGES) });
    else if (kind < 40) await changeRecord(tx, app, ctx, object, deal, { amount: dice.int(0, 9_999) / 100 });
    else if (kind < 55) await changeRecord(tx, app, ctx, object, deal, { owner: dice.pick(people) });
    else if (kind < 62) await changeRecord(tx, app, ctx, object, deal, { participants: some(people) });
    else if (kind < 68)
      await changeRecord(tx, app, ctx, object, deal, { title: `${dice.pick(['ab', 'xy'])}${kind}` });
    else if (kind < 73) await removeRecord(tx, app, ctx, object, deal);
    else if (kind < 78) await restoreRecord(tx, app, ctx, object, deal);
    else if (kind < 82) deals.push(await newDeal(tx));
    else if (kind < 88) {
      const values = { kind: 'note', subject: 'Called', deal };
      await insertRecord(tx, app, ctx, registry.get('activity'), values);
    } else if (kind < 90) await changeRole(tx);
    else if (kind < 92) await changeAssignment(tx);
    else if (kind < 95) await changeSharing(tx);
    else if (kind < 97) await changeRecord(tx, app, ctx, object, deal, { territory: dice.pick(territories) });
    else {
      const user = dice.pick(people);
      const place = { team: dice.pick(teams), territories: some(territories) };
      await changeRecord(tx, app, ctx, registry.get('user'), user, place);
    }
    if (dice.chance(0.05)) throw new RolledBack();
  }).catch((error: unknown) => {
    const refused = error instanceof Error && (error.name === 'ApiError' || error instanceof RolledBack);
    if (!refused && !String(error).includes('lock timeout')) throw error;
  });
}

/** Many deals come in for one person, or some of those go to another. */
async function bulk(): Promise<void> {
  await transaction(pair.sql, async (tx) => {
    const app = { registry };
    const object = registry.get('deal');
    const owner = dice.pick(people);
    if (bulked.length === 0 || dice.chance(0.5)) {
      const stage = dice.pick(STAGES);
      const rows = Array.from({ length: BULK }, (_, n) => ({
        values: { title: `Bulk a ${n}`, amount: n, margin: CANARY_MARGIN, pipeline: PIPELINE, stage, owner },
      }));
      for (const { id } of await insertRecords(tx, app, ctx, object, rows)) bulked.push(id);
    } else {
      for (const id of bulked.slice(-BULK)) await changeRecord(tx, app, ctx, object, id, { owner });
    }
  });
  pair.wake(dice.int(0, 1));
}
const bulked: string[] = [];

class RolledBack extends Error {}

async function changeRole(tx: Tx): Promise<void> {
  const role = dice.pick(roles);
  await tx`update role set grants = ${tx.json(grants())}, fields = ${tx.json(fields())} where id = ${role}`;
  const holders = await tx<
    { user_id: string }[]
  >`select user_id from role_assignment where role_id = ${role}`;
  await logAccess(tx, { users: holders.map((row) => row.user_id), cause: 'role', actorId: null });
}

/** One comes, or ends: now, or by itself in a moment. */
async function changeAssignment(tx: Tx): Promise<void> {
  const user = dice.pick(people);
  const [from, until] = dice.pick([[0, null], [soon(), null], [0, soon()]] as const); // prettier-ignore
  await tx`
    insert into role_assignment (id, user_id, role_id, starts_at, ends_at)
    values (${newId()}, ${user}, ${dice.pick(roles)}, now() + ${from} * interval '1 ms', now() + ${until} * interval '1 ms')
    on conflict (user_id, role_id) do update
    set ends_at = case when role_assignment.ends_at is null then now() + ${until ?? 0} * interval '1 ms' end
  `;
  await logAccess(tx, { users: [user], cause: 'assignment', actorId: null });
}

/** So many milliseconds from now; the last moment at which something happens by itself is remembered. */
function soon(): number {
  const in_ms = dice.int(50, 900);
  lastMoment_ms = Math.max(lastMoment_ms, performance.now() + in_ms);
  return in_ms;
}
let lastMoment_ms = 0;

/** A share of a deal comes or ends; a rule or restriction is switched on or off. */
async function changeSharing(tx: Tx): Promise<void> {
  const table = dice.pick(['share', 'share', 'sharing_rule', 'restriction']);
  if (table === 'share') return void (await shareDeal(tx, dice.pick(deals)));
  await tx`update ${tx(table)} set active = not active where object = 'deal'`;
  await logAccess(tx, { users: null, cause: table, actorId: null });
}

/** Opens a deal to a person, a team or a territory, or takes it back. */
async function shareDeal(tx: Tx, deal: string): Promise<void> {
  const object = registry.get('deal');
  const image = await lockImage(tx, registry, object, deal);
  if (!image || image.deleted_at !== null) return;
  const [to_kind, to_id] = dice.pick([
    ['user', dice.pick(people)],
    ['team', dice.pick(teams)],
    ['territory', dice.pick(territories)],
  ] as const);
  const held = (image['policies'] ?? []) as string[];
  const [known] = await tx<{ id: string }[]>`
    delete from share where record_id = ${deal} and to_id = ${to_id} returning id
  `;
  const id = newId();
  if (!known) {
    const until = dice.chance(0.4) ? soon() : null;
    await tx`
      insert into share (id, object, record_id, to_kind, to_id, level, ends_at)
      values (${id}, 'deal', ${deal}, ${to_kind}, ${to_id}, ${dice.pick(['read', 'edit'])},
        now() + ${until} * interval '1 ms')
    `;
  }
  const policies = known ? held.filter((one) => one !== known.id) : [...held, id];
  await changeRecord(tx, { registry }, ctx, object, deal, { policies });
  const meant = await tx<{ id: string }[]>`select people_meant(${[to_id]}::uuid[]) as id`;
  await logAccess(tx, { users: meant.map((row) => row.id), cause: 'share', actorId: null });
}

function toggle(client: TestClient): void {
  if (client.away) return;
  const at = dice.int(0, VIEWS.length - 1);
  const id = `v${at}`;
  if (client.views.has(id)) client.close(id);
  else {
    client.views.set(id, VIEWS[at]!);
    void client.open(id);
  }
}
