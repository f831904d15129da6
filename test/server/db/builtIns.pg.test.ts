import { expect, test } from 'vitest';
import { ensureBuiltInRoles, ensureBuiltIns } from '../../../server/db/builtIns.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { freshDatabase } from '../../world/database.ts';

const { sql } = await freshDatabase();
const roles = () =>
  sql<{ id: string; version: number; name: string }[]>`select id, version, name from role order by id`;

test('a node that starts while another loads the demo does not wait for it', async () => {
  await ensureBuiltIns(sql);
  const before = await roles();
  expect(before.length).toBeGreaterThan(5);
  await transaction(sql, async (tx) => {
    // As the demo does at the beginning of a transaction that may take a minute.
    await ensureBuiltInRoles(tx);
    await tx`select 1 from organisation for update`;
    // It would be given up after two seconds.
    await ensureBuiltIns(sql);
  });
  expect(await roles()).toEqual(before);
});

test('a role of before is brought up to date, one that somebody has changed is let be', async () => {
  const [first, second] = await roles();
  await sql`update role set name = 'As it was' where id = ${first!.id}`;
  await sql`update role set name = 'Our own', version = 2 where id = ${second!.id}`;
  await ensureBuiltIns(sql);
  expect((await roles()).slice(0, 2).map(({ name }) => name)).toEqual([first!.name, 'Our own']);
});
