import { expect, test } from 'vitest';
import { BEN } from './world.ts';
import { anna, ben, nodes, opened, says, seen, visitor } from './presenceWorld.ts';

// Who is there at the other nodes, which say so over a bus that may lose any of their words.

test('tell each other, by id only, and repeat it; a node that falls silent is forgotten after 10 s', async () => {
  const { all, pass, told, state } = nodes(2);
  const [a, b] = [all[0]!, all[1]!];
  const [reader, customer] = [opened(a, anna), opened(a, visitor)];
  const other = opened(b, ben);
  says(b, other, { field: 'reply' });
  await pass(500);
  expect(seen(reader)).toEqual([{ user: BEN, field: 'reply', state: 'here' }]);
  expect(seen(customer)).toEqual([{ name: 'Ben', field: 'reply', state: 'here' }]);
  expect(JSON.stringify(told)).not.toMatch(/"Ben"|parcel/);
  for (let n = 0; n < 4; n += 1) {
    await pass(4_000);
    says(b, other);
  }
  expect(seen(reader)).toEqual([{ user: BEN, state: 'here' }]);
  // A word every few seconds, not one for each word of the client's.
  expect(told.length).toBeLessThan(9);

  state.linked = false;
  await pass(5_000);
  expect(seen(reader)).toHaveLength(1);
  await pass(7_000);
  expect(seen(reader)).toEqual([]);
  state.linked = true;
  await pass(5_000);
  expect(seen(reader)).toHaveLength(1);
});

test('a word that was lost is made good by the next; a node that stops says goodbye', async () => {
  const { all, pass, state } = nodes(2);
  const [a, b] = [all[0]!, all[1]!];
  const reader = opened(a, anna);
  const other = opened(b, ben);
  await pass(300);
  state.linked = false;
  says(b, other);
  await pass(1_000);
  expect(seen(reader)).toEqual([]);
  state.linked = true;
  await pass(4_500);
  expect(seen(reader)).toHaveLength(1);
  b.presence.stop();
  await pass(300);
  expect(seen(reader)).toEqual([]);
});

test('who opens a record later is told who is there already', async () => {
  const { all, pass } = nodes(2);
  const [a, b] = [all[0]!, all[1]!];
  const other = opened(b, ben);
  says(b, other);
  await pass(1_000);
  const late = opened(a, anna);
  await pass(300);
  expect(seen(late)).toEqual([{ user: BEN, state: 'here' }]);
});
