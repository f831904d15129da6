import { expect, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { freshDatabase } from '../../world/database.ts';

const { sql, migrationUrl } = await freshDatabase();
const owner = await connect(migrationUrl, { max: 1 });
await owner`create table tally (name text primary key, count int not null)`;
await owner`grant select, insert, update on tally to rolecall_app`;
await owner`insert into tally values ('a', 0), ('b', 0)`;
await owner.end();

const count = async (name: string) =>
  (await sql`select count from tally where name = ${name}`)[0]?.count as number;

test('what throws leaves nothing behind, and the error arrives as it was', async () => {
  const error = new Error('changed my mind');
  const outcome = transaction(sql, async (tx) => {
    await tx`update tally set count = 100`;
    throw error;
  });
  await expect(outcome).rejects.toBe(error);
  expect(await count('a')).toBe(0);
});

test('of two that would not see each other, one runs again', async () => {
  let runs = 0;
  const both = barrier(2);
  const addOne = () =>
    transaction(
      sql,
      async (tx) => {
        runs += 1;
        const [row] = await tx<{ count: number }[]>`select count from tally where name = 'a'`;
        await both();
        await tx`update tally set count = ${(row?.count ?? 0) + 1} where name = 'a'`;
      },
      { isolation: 'serializable' },
    );
  await Promise.all([addOne(), addOne()]);
  expect(await count('a')).toBe(2);
  expect(runs).toBe(3);
});

test('a deadlock is resolved by running one of them again', async () => {
  const both = barrier(2);
  const addInOrder = (first: string, second: string) =>
    transaction(sql, async (tx) => {
      await tx`update tally set count = count + 1 where name = ${first}`;
      await both();
      await tx`update tally set count = count + 1 where name = ${second}`;
    });
  const before = await count('b');
  await Promise.all([addInOrder('a', 'b'), addInOrder('b', 'a')]);
  expect(await count('b')).toBe(before + 2);
});

test('it gives up after three repetitions, and repeats nothing but conflicts', async () => {
  let runs = 0;
  const failing = (state: string) =>
    transaction(sql, async (tx) => {
      runs += 1;
      await tx`select set_config('t.state', ${state}, true)`;
      await tx`do $$ begin raise exception 'no' using errcode = current_setting('t.state'); end $$`;
    });
  await expect(failing('40001')).rejects.toThrow('no');
  expect(runs).toBe(4);
  await expect(failing('23505')).rejects.toThrow('no');
  expect(runs).toBe(5);
});

/** Lets nobody pass until `number` have come; afterwards everybody. */
function barrier(number: number): () => Promise<void> {
  let open = () => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return () => {
    number -= 1;
    if (number <= 0) open();
    return passed;
  };
}
