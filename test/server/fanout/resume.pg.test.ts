import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { transaction } from '../../../server/db/transaction.ts';
import type { OpenAnswer } from '../../../shared/protocol/index.ts';
import { until } from '../../world/until.ts';
import { Absence, grantsOf, MINE } from './absence.ts';

// Who comes back after a break is told what is otherwise, exactly, and nothing else; and it is right again.

const ben = await Absence.begin();
afterAll(() => ben.pair.stop());
beforeEach(() => ben.clear());

const titles = (answer: OpenAnswer) => answer.rows.map((row) => row['title']);

describe('whoever comes back is told', () => {
  test('nothing but totals, where nothing happened', async () => {
    await ben.deals(5);
    const answer = await ben.away(async () => undefined);
    expect(answer).toMatchObject({ ok: true, rows: [], gone: [], totals: { count: 5 } });
    expect(answer).not.toHaveProperty('reset');
  });

  test('what was changed, made, given away, deleted; and not what they never could see', async () => {
    const [changed, given, removed, , cems] = [
      ...(await ben.deals(4)),
      ...(await ben.deals(1, { owner: ben.world.ids.cem })),
    ];
    const answer = await ben.away(async () => {
      await ben.change(changed!, { title: 'Changed' });
      await ben.change(given!, { owner: ben.world.ids.cem });
      await ben.remove(removed!);
      await ben.change(cems!, { title: 'Never told' });
      await ben.deals(1, { title: 'Born' });
    });
    expect(titles(answer)).toEqual(['Born', 'Changed']);
    expect(answer.gone?.toSorted()).toEqual([given!, removed!].toSorted());
    expect(ben.client.bytes.join()).not.toContain('Never told');
  });

  test('what left and came back, as it is now', async () => {
    const [handed, binned, same] = await ben.deals(3);
    const answer = await ben.away(async () => {
      await ben.change(handed!, { owner: ben.world.ids.cem });
      await ben.change(handed!, { owner: ben.world.ids.ben });
      await ben.remove(binned!);
      await ben.restore(binned!);
    });
    expect(answer.rows.map((row) => row.id)).toEqual([handed, binned]);
    expect(answer.gone).toEqual([]);
    expect(ben.rows.map((row) => row.id)).toEqual([handed, binned, same]);
  });

  test('the same by however many events, and when the log is gone', async () => {
    const ids = await ben.deals(40);
    const answer = await ben.away(async () => {
      for (let n = 0; n < 15; n++) await ben.changeAll(ids, { amount: 1_000 + n });
      await ben.change(ids[0]!, { amount: 0 });
      ben.pair.wake(0);
      await ben.pair.quiet();
      await ben.prune();
    });
    expect(answer.rows).toHaveLength(40);
    const calm = await ben.away(() => ben.prune());
    expect(calm).toMatchObject({ rows: [], gone: [] });
  });
});

describe('whose rights changed meanwhile is told', () => {
  test('what they may see now as well', async () => {
    const mine = await ben.deals(2);
    await ben.deals(2, { owner: ben.world.ids.cem, title: 'Of Cem' });
    const answer = await ben.away(() => ben.policy(grantsOf('all', 'read')));
    // What may be done with a record is part of what is told of it: with theirs that is as it was.
    expect(titles(answer)).toEqual(['Of Cem', 'Of Cem']);
    expect(ben.rows).toHaveLength(4);
    const less = await ben.away(() => ben.policy(grantsOf('own', 'read')));
    expect(less.rows).toEqual([]);
    expect(less.gone).toHaveLength(2);
    expect(ben.rows.map((row) => row.id)).toEqual(mine);
  });

  test('records of the same version without the fields that are hidden now, and with those that are shown', async () => {
    await ben.deals(3);
    const hidden = await ben.away(() => ben.policy(grantsOf('own', 'hidden')));
    expect(hidden.rows).toHaveLength(3);
    expect(ben.rows.some((row) => 'amount' in row)).toBe(false);
    const back = await ben.away(() => ben.policy(grantsOf('own', 'read')));
    expect(back.rows.map((row) => row['amount'])).toEqual([0, 1, 2]);
  });

  test('the same where the line held: opened anew by other rights, a list is told as the differences', async () => {
    await ben.deals(3);
    await ben.policy(grantsOf('own', 'hidden'));
    await until(() => ben.client.last.get('v0')?.answer.rows.length === 3, {
      what: 'the list to be opened anew',
    });
    await ben.pair.quiet();
    expect(ben.client.last.get('v0')?.answer).not.toHaveProperty('reset');
    await ben.pair.mustHaveConverged();
  });
});

test('after a restore nothing that was held counts, whatever its version', async () => {
  const [id] = await ben.deals(2);
  for (let n = 0; n < 5; n++) await ben.change(id!, { title: `Later ${n}` });
  const restored = () =>
    transaction(ben.pair.sql, async (tx) => {
      await tx`update deal set title = 'As it was', version = 1 where id = ${id!}`;
      await tx`update event_head set epoch = gen_random_uuid()`;
    });
  const answer = await ben.away(restored);
  expect(answer.reset).toBe(true);
  expect(ben.rows.find((row) => row.id === id)).toMatchObject({
    title: 'As it was',
    version: 1,
  });
  // And from there on as ever, also where the line holds.
  await ben.away(() => ben.change(id!, { title: 'And on' }));
  for (let n = 0; n < 3; n++) await ben.change(id!, { title: `Once more ${n}` });
  await restored();
  await until(() => ben.client.last.get('v0')?.answer.reset === true, { what: 'the whole answer' });
  await ben.pair.quiet();
  await ben.pair.mustHaveConverged();
});

describe('of longer lists', () => {
  test('several pages are one answer, and what moved within them is in it', async () => {
    const ids = await ben.deals(600);
    await ben.look({ ...MINE, limit: 500 });
    await ben.client.more('v0');
    expect(ben.rows).toHaveLength(600);
    const { spared } = ben.client.resumed;
    const answer = await ben.away(async () => {
      await ben.change(ids[0]!, { title: 'Z last' });
      await ben.change(ids[599]!, { title: 'A first' });
      await ben.deals(20, { title: 'Before all' });
    });
    expect(answer.rows).toHaveLength(22);
    expect(answer.next).toBeUndefined();
    expect(ben.client.resumed.spared - spared).toBe(598);
    expect(ben.rows).toHaveLength(620);
  });

  test('what is loaded of one stays loaded, to its last row, and what is behind it comes later', async () => {
    const ids = await ben.deals(300);
    await ben.look(MINE);
    await ben.client.more('v0');
    expect(ben.rows).toHaveLength(100);
    const answer = await ben.away(async () => {
      await ben.deals(10, { title: 'Before all' });
      await ben.remove(ids[99]!);
      await ben.change(ids[250]!, { title: 'Deal 0050 and a half' });
    });
    expect(answer.gone).toEqual([ids[99]]);
    expect(answer.rows).toHaveLength(11);
    expect(ben.rows).toHaveLength(110);
    expect(ben.client.windows.get('v0')?.next).not.toBeNull();
    await ben.client.more('v0');
    await ben.pair.mustHaveConverged();
  });

  test('more changes than an answer has room for come page by page', async () => {
    const ids = await ben.deals(700);
    await ben.look({ ...MINE, limit: 500 });
    await ben.client.more('v0');
    const answer = await ben.away(() => ben.changeAll(ids, { amount: 7 }));
    expect(answer.rows.length).toBeLessThanOrEqual(500);
    expect(answer.next).toBeDefined();
    while (ben.client.windows.get('v0')?.next !== null) await ben.client.more('v0');
    expect(ben.rows.map((row) => row['amount'])).toEqual(ids.map(() => 7));
  });
});

test('who did not keep up is told the differences once they do', async () => {
  const ids = await ben.deals(30);
  ben.client.slow = true;
  await ben.change(ids[3]!, { title: 'While they were slow' });
  ben.pair.wake(0);
  ben.pair.wake(1);
  await until(() => ben.client.subscriber.laggingSince_ms !== null, { what: 'the node to notice' });
  ben.client.slow = false;
  await until(() => ben.client.last.get('v0')?.answer.rows.length === 1, {
    what: 'the list to be opened anew',
  });
  await ben.pair.quiet();
  await ben.pair.mustHaveConverged();
});

test('the windows of one person that come back together are read for together', async () => {
  await ben.deals(5);
  const windows = await Promise.all(
    Array.from({ length: 12 }, () => ben.pair.connect(ben.world.ids.ben, [MINE])),
  );
  for (const one of windows) one.break();
  const node = ben.client.node;
  const before = node.reads.reads;
  await Promise.all(windows.map((one) => ben.pair.comeBack(one, 0)));
  await ben.pair.quiet();
  await ben.pair.mustHaveConverged();
  const here = windows[0]!.node;
  expect(here.reads.reads - (here === node ? before : 0)).toBeLessThan(12);
  for (const one of windows) {
    expect(one.last.get('v0')?.answer).toMatchObject({ rows: [], gone: [] });
    one.break();
    ben.pair.clients.splice(ben.pair.clients.indexOf(one), 1);
  }
});
