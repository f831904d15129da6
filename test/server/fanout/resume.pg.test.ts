import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { logAccess } from '../../../server/access/accessLog.ts';
import { connect } from '../../../server/db/connect.ts';
import { toJson } from '../../../server/db/json.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { open } from '../../../server/fanout/opening.ts';
import { changeRecord, insertRecords, removeRecord, restoreRecord } from '../../../server/records/write.ts';
import type { Values } from '../../../server/records/columns.ts';
import type { Role } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { SOCKET_LIMITS, type OpenAnswer, type ViewRequest } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { office, type Office } from '../../world/office.ts';
import { until } from '../../world/until.ts';
import { LossyPair } from './lossyPair.ts';
import type { TestClient } from './testClient.ts';
import { registry } from './world.ts';

// Who comes back after a break is told what is otherwise, exactly, and nothing else; and it is right again.

const deal = registry.get('deal');
const ctx = { actorId: null, requestId: 'test' };
let pair: LossyPair;
let world: Office;
let role: string;
let client: TestClient;
const MINE: ViewRequest = { object: 'deal', sort: 'title', limit: 50 };

beforeAll(async () => {
  pair = await LossyPair.start(new Dice(1), async (sql) => void (world = await office(sql)));
  role = await world.grant('ben', grantsOf('own', 'read'));
  client = await pair.connect(world.ids.ben, [MINE]);
}, 30_000);

afterAll(() => pair.stop());

beforeEach(async () => {
  await policy(grantsOf('own', 'read'));
  await pair.sql`delete from deal`;
  await pair.quiet();
  await look(MINE);
});

const grantsOf = (way: 'own' | 'all', amount: 'read' | 'hidden'): Pick<Role, 'grants' | 'fields'> => ({
  grants: { deal: { read: way === 'all' ? ['all'] : ['own'] } },
  fields: { deal: { amount } },
});

async function policy({ grants, fields }: Pick<Role, 'grants' | 'fields'>): Promise<void> {
  await transaction(pair.sql, async (tx) => {
    await tx`update role set grants = ${toJson(tx, grants)}, fields = ${toJson(tx, fields)} where id = ${role}`;
    await logAccess(tx, { users: [world.ids.ben!], cause: 'test', actorId: null });
  });
}

/** Deals of Ben's, or whose is said, called by their number. */
async function deals(count: number, values: Values = {}): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, n) => ({
    values: {
      title: `Deal ${String(n).padStart(4, '0')}`,
      amount: n,
      pipeline: world.pipeline,
      stage: 'first',
      owner: world.ids.ben!,
      ...values,
    },
  }));
  const made = await transaction(pair.sql, (tx) => insertRecords(tx, { registry }, ctx, deal, rows));
  pair.wake(0);
  await pair.quiet();
  return made.map(({ id }) => id);
}

const change = (id: string, values: Values) =>
  transaction(pair.sql, (tx) => changeRecord(tx, { registry }, ctx, deal, id, values));
const remove = (id: string) => transaction(pair.sql, (tx) => removeRecord(tx, { registry }, ctx, deal, id));
const restore = (id: string) => transaction(pair.sql, (tx) => restoreRecord(tx, { registry }, ctx, deal, id));

/** The log forgets all that it held but the last, which its readers go on from. */
async function prune(): Promise<void> {
  const owner = await connect(pair.migrationUrl, { max: 1 });
  await owner`delete from event_log where seq < (select seq from event_head)`;
  await owner.end();
}

/** Ben opens the list as if he had never seen it. */
async function look(view: ViewRequest): Promise<void> {
  client.close('v0');
  client.views.set('v0', view);
  await client.open('v0');
}

/** Ben is away while that happens, and comes back; answers what he is told of the list. */
async function away(meanwhile: () => Promise<unknown>, node = 1): Promise<OpenAnswer> {
  client.break();
  await meanwhile();
  await pair.comeBack(client, node);
  await pair.quiet();
  await pair.mustHaveConverged();
  return must(client.last.get('v0'), 'an answer').answer;
}

const titles = (answer: OpenAnswer) => answer.rows.map((row) => row['title']);

describe('whoever comes back is told', () => {
  test('nothing but totals, where nothing happened', async () => {
    await deals(5);
    const answer = await away(async () => undefined);
    expect(answer).toMatchObject({ ok: true, rows: [], gone: [], totals: { count: 5 } });
    expect(answer).not.toHaveProperty('reset');
  });

  test('what was changed, made, given away, deleted; and not what they never could see', async () => {
    const [changed, given, removed, , cems] = [
      ...(await deals(4)),
      ...(await deals(1, { owner: world.ids.cem! })),
    ];
    const answer = await away(async () => {
      await change(changed!, { title: 'Changed' });
      await change(given!, { owner: world.ids.cem! });
      await remove(removed!);
      await change(cems!, { title: 'Never told' });
      await deals(1, { title: 'Born' });
    });
    expect(titles(answer)).toEqual(['Born', 'Changed']);
    expect(answer.gone?.toSorted()).toEqual([given!, removed!].toSorted());
    expect(client.bytes.join()).not.toContain('Never told');
  });

  test('what left and came back, as it is now', async () => {
    const [handed, binned, same] = await deals(3);
    const answer = await away(async () => {
      await change(handed!, { owner: world.ids.cem! });
      await change(handed!, { owner: world.ids.ben! });
      await remove(binned!);
      await restore(binned!);
    });
    expect(answer.rows.map((row) => row.id)).toEqual([handed, binned]);
    expect(answer.gone).toEqual([]);
    expect(client.windows.get('v0')?.rows.map((row) => row.id)).toEqual([handed, binned, same]);
  });

  test('the same by however many events, and when the log is gone', async () => {
    const ids = await deals(40);
    const answer = await away(async () => {
      for (let n = 0; n < 15; n++)
        await transaction(pair.sql, async (tx) => {
          for (const id of ids) await changeRecord(tx, { registry }, ctx, deal, id, { amount: 1_000 + n });
        });
      await change(ids[0]!, { amount: 0 });
      pair.wake(0);
      await pair.quiet();
      await prune();
    });
    expect(answer.rows).toHaveLength(40);
    const calm = await away(prune);
    expect(calm).toMatchObject({ rows: [], gone: [] });
  });
});

describe('whose rights changed meanwhile is told', () => {
  test('what they may see now as well', async () => {
    const mine = await deals(2);
    await deals(2, { owner: world.ids.cem!, title: 'Of Cem' });
    const answer = await away(() => policy(grantsOf('all', 'read')));
    // What may be done with a record is part of what is told of it: with theirs that is as it was.
    expect(titles(answer)).toEqual(['Of Cem', 'Of Cem']);
    expect(client.windows.get('v0')?.rows).toHaveLength(4);
    const less = await away(() => policy(grantsOf('own', 'read')));
    expect(less.rows).toEqual([]);
    expect(less.gone).toHaveLength(2);
    expect(client.windows.get('v0')?.rows.map((row) => row.id)).toEqual(mine);
  });

  test('records of the same version without the fields that are hidden now, and with those that are shown', async () => {
    await deals(3);
    const hidden = await away(() => policy(grantsOf('own', 'hidden')));
    expect(hidden.rows).toHaveLength(3);
    expect(client.windows.get('v0')?.rows.some((row) => 'amount' in row)).toBe(false);
    const back = await away(() => policy(grantsOf('own', 'read')));
    expect(back.rows.map((row) => row['amount'])).toEqual([0, 1, 2]);
  });

  test('the same where the line held: opened anew by other rights, a list is told as the differences', async () => {
    await deals(3);
    await policy(grantsOf('own', 'hidden'));
    await until(() => client.last.get('v0')?.answer.rows.length === 3, {
      what: 'the list to be opened anew',
    });
    await pair.quiet();
    expect(client.last.get('v0')?.answer).not.toHaveProperty('reset');
    await pair.mustHaveConverged();
  });
});

test('after a restore nothing that was held counts, whatever its version', async () => {
  const [id] = await deals(2);
  for (let n = 0; n < 5; n++) await change(id!, { title: `Later ${n}` });
  const restored = () =>
    transaction(pair.sql, async (tx) => {
      await tx`update deal set title = 'As it was', version = 1 where id = ${id!}`;
      await tx`update event_head set epoch = gen_random_uuid()`;
    });
  const answer = await away(restored);
  expect(answer.reset).toBe(true);
  expect(client.windows.get('v0')?.rows.find((row) => row.id === id)).toMatchObject({
    title: 'As it was',
    version: 1,
  });
  // And from there on as ever, also where the line holds.
  await away(() => change(id!, { title: 'And on' }));
  for (let n = 0; n < 3; n++) await change(id!, { title: `Once more ${n}` });
  await restored();
  await until(() => client.last.get('v0')?.answer.reset === true, { what: 'the whole answer' });
  await pair.quiet();
  await pair.mustHaveConverged();
});

describe('of longer lists', () => {
  test('several pages are one answer, and what moved within them is in it', async () => {
    const ids = await deals(600);
    await look({ ...MINE, limit: 500 });
    await client.more('v0');
    expect(client.windows.get('v0')?.rows).toHaveLength(600);
    const { spared } = client.resumed;
    const answer = await away(async () => {
      await change(ids[0]!, { title: 'Z last' });
      await change(ids[599]!, { title: 'A first' });
      await deals(20, { title: 'Before all' });
    });
    expect(answer.rows).toHaveLength(22);
    expect(answer.next).toBeUndefined();
    expect(client.resumed.spared - spared).toBe(598);
    expect(client.windows.get('v0')?.rows).toHaveLength(620);
  });

  test('what is loaded of one stays loaded, to its last row, and what is behind it comes later', async () => {
    const ids = await deals(300);
    await look(MINE);
    await client.more('v0');
    expect(client.windows.get('v0')?.rows).toHaveLength(100);
    const answer = await away(async () => {
      await deals(10, { title: 'Before all' });
      await remove(ids[99]!);
      await change(ids[250]!, { title: 'Deal 0050 and a half' });
    });
    expect(answer.gone).toEqual([ids[99]]);
    expect(answer.rows).toHaveLength(11);
    expect(client.windows.get('v0')?.rows).toHaveLength(110);
    expect(client.windows.get('v0')?.next).not.toBeNull();
    await client.more('v0');
    await pair.mustHaveConverged();
  });

  test('more changes than an answer has room for come page by page', async () => {
    const ids = await deals(700);
    await look({ ...MINE, limit: 500 });
    await client.more('v0');
    const answer = await away(() =>
      transaction(pair.sql, async (tx) => {
        for (const id of ids) await changeRecord(tx, { registry }, ctx, deal, id, { amount: 7 });
      }),
    );
    expect(answer.rows.length).toBeLessThanOrEqual(500);
    expect(answer.next).toBeDefined();
    while (client.windows.get('v0')?.next != null) await client.more('v0');
    expect(client.windows.get('v0')?.rows.map((row) => row['amount'])).toEqual(ids.map(() => 7));
  });
});

test('who did not keep up is told the differences once they do', async () => {
  const ids = await deals(30);
  client.slow = true;
  await change(ids[3]!, { title: 'While they were slow' });
  pair.wake(0);
  pair.wake(1);
  await until(() => client.subscriber.laggingSince_ms !== null, { what: 'the node to notice' });
  client.slow = false;
  await until(() => client.last.get('v0')?.answer.rows.length === 1, { what: 'the list to be opened anew' });
  await pair.quiet();
  await pair.mustHaveConverged();
});

test('the windows of one person that come back together are read for together', async () => {
  await deals(5);
  const windows = await Promise.all(Array.from({ length: 12 }, () => pair.connect(world.ids.ben!, [MINE])));
  for (const one of windows) one.break();
  const node = client.node;
  const before = node.reads.reads;
  await Promise.all(windows.map((one) => pair.comeBack(one, 0)));
  await pair.quiet();
  await pair.mustHaveConverged();
  const here = windows[0]!.node;
  expect(here.reads.reads - (here === node ? before : 0)).toBeLessThan(12);
  for (const one of windows) {
    expect(one.last.get('v0')?.answer).toMatchObject({ rows: [], gone: [] });
    one.break();
    pair.clients.splice(pair.clients.indexOf(one), 1);
  }
});

describe('what is said of oneself is not believed', () => {
  /** What Ben is answered who says that he holds these. */
  async function ask(have: [string, number, string][], since = client.node.cursor(client.subscriber)) {
    const answers: OpenAnswer[] = [];
    await open(client.node, client.subscriber, { id: 'asked', view: MINE, since, have }, (one) =>
      answers.push(one),
    );
    client.subscriber.views.delete('asked');
    return must(answers[0], 'an answer');
  }

  test('what is not theirs to see is answered like what never was', async () => {
    const [hidden] = await deals(1, { owner: world.ids.cem! });
    const never = newId();
    const answer = await ask([
      [hidden!, 1, 'x'],
      [never, 1, 'x'],
    ]);
    expect(answer).toMatchObject({ rows: [], gone: [hidden, never] });
    expect((await ask([[hidden!, 1, 'x']])).gone).toEqual([hidden]);
  });

  test('nor is it listened to afterwards', async () => {
    const [hidden] = await deals(1, { owner: world.ids.cem! });
    const held = client.node.cursor(client.subscriber);
    const view = { ...MINE, limit: 1 };
    await open(
      client.node,
      client.subscriber,
      { id: 'asked', view, since: held, have: [[hidden!, 1, 'x']] },
      () => undefined,
    );
    const heard = client.bytes.length;
    await change(hidden!, { title: 'Not theirs' });
    await remove(hidden!);
    pair.wake(0);
    await pair.quiet();
    expect(client.bytes.slice(heard).join()).not.toContain(hidden!);
    client.subscriber.views.delete('asked');
  });

  test.each([
    '',
    '.',
    '..',
    '~',
    'null',
    '%00',
    '\u0000',
    'é'.repeat(300),
    `${newId()}.1.x`,
    'constructor.',
    '0.0.0~0.0',
  ])('by the cursor %j the answer is whole', async (since) => {
    const [mine] = await deals(1);
    expect(await ask([[mine!, 1, 'x']], since)).toMatchObject({ reset: true, rows: [{ id: mine }] });
  });

  test('another version, another tag, the same twice: it is told', async () => {
    const [mine] = await deals(1);
    const row = must(client.replica.told('deal', mine!), 'the deal');
    const { message } = must(client.last.get('v0'), 'an opening');
    expect(message.view).toBeDefined();
    await client.open('v0');
    const [, version, tag] = must(client.last.get('v0')?.message.have?.[0], 'what is held');
    expect(version).toBe(row.version);
    for (const [v, t] of [
      [version + 1, tag],
      [version - 1, tag],
      [version, ''],
      [version, `${tag} `],
    ] as const)
      // prettier-ignore
      expect((await ask([[mine!, v, t]])).rows).toHaveLength(1);
    expect((await ask([[mine!, version, ''], [mine!, version, tag]])).rows).toHaveLength(0); // prettier-ignore
    const many = Array.from({ length: SOCKET_LIMITS.have }, (): [string, number, string] => [
      newId(),
      1,
      tag,
    ]);
    expect((await ask(many)).gone).toHaveLength(SOCKET_LIMITS.have);
  });
});
