import { describe, expect, test } from 'vitest';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { restoreRecord } from '../../../server/commands/records/restoreRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { changeRecord, insertRecords } from '../../../server/records/write.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people } from '../../world/people.ts';

// Companies stand in a tree, whatever is tried.

const { app, sql, add, as } = await openNordlicht();
const [anna, rafael] = await Promise.all([people.anna, people.rafael].map(as));
const object = app.registry.get('company');
const ctx = { actorId: null, requestId: 'test' };
const CIRCLE = ['invalid', { parent: 'A company cannot be part of itself' }];

const put = (id: string, parent: string | null, caller = rafael) =>
  updateRecord(app, caller!, { object: 'company', id, values: { parent } });
const parentOf = async (id: string) => (await sql`select parent_id from company where id = ${id}`)[0]?.['parent_id']; // prettier-ignore

/** So many companies, each below the one before it. */
async function chain(length: number): Promise<string[]> {
  const ids = Array.from({ length }, newId);
  const rows = ids.map((id, i) => ({ id, values: { name: `Company ${i}`, parent: ids[i - 1] ?? null } }));
  await transaction(sql, (tx) => insertRecords(tx, app, ctx, object, rows));
  return ids;
}

describe('a parent', () => {
  test('that somebody may not see is none', async () => {
    const [mine, secret] = [await add('company', people.anna), await add('company', people.chiamaka)];
    const before = await stateOf(sql);
    for (const id of [secret.id, newId()])
      expect(await refusal(put(mine.id, id, anna))).toEqual(['invalid', { parent: 'No such company' }]);
    expect(await stateOf(sql)).toBe(before);
  });

  test('is given, taken away, and told in the history', async () => {
    const [group, branch] = [await add('company', people.anna), await add('company', people.anna)];
    expect(recordOf(await put(branch.id, group.id, anna))['parent']).toBe(group.id);
    expect(recordOf(await put(branch.id, null, anna))['parent']).toBeNull();
    const made = await createRecord(app, anna!, { object: 'company', values: { name: 'New', parent: group.id } }); // prettier-ignore
    expect(recordOf(made)['parent']).toBe(group.id);
  });
});

describe('a circle is refused, and nothing written', () => {
  test('of one, of two, and of many', async () => {
    const ids = await chain(4);
    const before = await stateOf(sql);
    for (const below of ids) expect(await refusal(put(must(ids[0], 'the top'), below))).toEqual(CIRCLE);
    expect(await stateOf(sql)).toBe(before);
  });

  test('through 3,000 companies, which can be moved elsewhere', async () => {
    const ids = await chain(3_000);
    const [top, last, other] = [must(ids[0], 'top'), must(ids.at(-1), 'last'), await add('company', null)];
    expect(await refusal(put(top, last))).toEqual(CIRCLE);
    await put(top, other.id);
    expect(await refusal(put(other.id, last))).toEqual(CIRCLE);
    expect(await parentOf(top)).toBe(other.id);
  });

  test('through one that is in the bin: it may come back', async () => {
    const [top, middle, last] = (await chain(3)) as [string, string, string];
    await deleteRecord(app, rafael!, { object: 'company', id: middle });
    expect(await refusal(put(top, last))).toEqual(CIRCLE);
    await restoreRecord(app, rafael!, { object: 'company', id: middle });
    expect(await parentOf(middle)).toBe(top);
  });

  test('among companies that come in together, in any order', async () => {
    const [a, b, c] = [newId(), newId(), newId()];
    const bring = (parents: Record<string, string>) =>
      transaction(
        sql,
        (tx) =>
        insertRecords(tx, app, ctx, object, Object.entries(parents).map(([id, parent]) => ({ id, values: { name: id, parent } }))), // prettier-ignore
      );
    const before = await stateOf(sql);
    expect(await refusal(bring({ [a]: a }))).toEqual(CIRCLE);
    expect(await refusal(bring({ [a]: b, [b]: c, [c]: a }))).toEqual(CIRCLE);
    expect(await stateOf(sql)).toBe(before);
    const [top] = await chain(1);
    await bring({ [a]: b, [b]: c, [c]: must(top, 'the top') });
    expect(await parentOf(a)).toBe(b);
  });
});

describe('two at once make no circle', () => {
  test('of two: one is refused, twenty times', async () => {
    for (let i = 0; i < 20; i += 1) {
      const [a, b] = [await add('company', null), await add('company', null)];
      const done = await Promise.allSettled([put(a.id, b.id), put(b.id, a.id)]);
      expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const lost = done.find((one) => one.status === 'rejected');
      expect(lost?.reason).toMatchObject({ code: 'invalid', details: { fields: CIRCLE[1] } });
    }
  });

  test('of many: ten people close one ring, and nine of its ten links hold', async () => {
    const ring = await Promise.all(Array.from({ length: 10 }, () => add('company', null)));
    const done = await Promise.allSettled(
      ring.map(({ id }, i) => put(id, must(ring[(i + 1) % ring.length], 'the next').id)),
    );
    expect(done.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  });

  test('and one that holds a company while another waits for it ends well', async () => {
    const [a, b, c] = [await add('company', null), await add('company', null), await add('company', null)];
    const both = (first: string, second: string) =>
      transaction(sql, async (tx) => {
        await changeRecord(tx, app, ctx, object, first, { parent: c.id });
        await changeRecord(tx, app, ctx, object, second, { parent: c.id });
      });
    await Promise.all([both(a.id, b.id), both(b.id, a.id)]);
    expect([await parentOf(a.id), await parentOf(b.id)]).toEqual([c.id, c.id]);
  });
});
