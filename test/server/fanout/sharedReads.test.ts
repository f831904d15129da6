import { expect, test } from 'vitest';
import { SharedReads } from '../../../server/fanout/sharedReads.ts';

/** Readings that go on until they are told to, each with the number of its turn. */
function readings() {
  const reads = new SharedReads<number>();
  const going: { begin: () => void; end: (error?: Error) => void }[] = [];
  const ask = (key = 'a') =>
    reads.ask(key, (begin) => {
      const turn = going.length;
      return new Promise((resolve, reject) => {
        going.push({ begin, end: (error) => (error ? reject(error) : resolve(turn)) });
      });
    });
  return { ask, going };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('whoever asks before a reading begins shares it; whoever asks later, the next, which waits for it', async () => {
  const { ask, going } = readings();
  const first = [ask(), ask()];
  await settle();
  first.push(ask());
  going[0]!.begin();
  const second = [ask(), ask()];
  await settle();
  expect(going).toHaveLength(1);
  going[0]!.end();
  expect(await Promise.all(first)).toEqual([0, 0, 0]);
  await settle();
  expect(going).toHaveLength(2);
  // Begun once more, as a transaction that lost against another: nobody new comes in by that.
  going[1]!.begin();
  const third = ask();
  going[1]!.begin();
  going[1]!.end();
  expect(await Promise.all(second)).toEqual([1, 1]);
  await settle();
  going[2]!.begin();
  going[2]!.end();
  expect(await third).toBe(2);
});

test('one that fails before it begins fails for those who share it, and for nobody after them', async () => {
  const { ask, going } = readings();
  const both = [ask(), ask()];
  await settle();
  going[0]!.end(new Error('The store is away'));
  for (const one of both) await expect(one).rejects.toThrow('The store is away');
  const later = ask();
  await settle();
  going[1]!.begin();
  going[1]!.end();
  expect(await later).toBe(1);
});

test('other questions wait for nobody', async () => {
  const { ask, going } = readings();
  void ask('a');
  const other = ask('b');
  await settle();
  going[1]!.end();
  expect(await other).toBe(1);
});
