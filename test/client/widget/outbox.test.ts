import { beforeEach, expect, test } from 'vitest';
import { Outbox } from '../../../client/widget/chat/outbox.ts';
import { openShelf, type Shelf } from '../../../client/widget/chat/shelf.ts';

/** As much of a browser's storage as is used; refuses what is longer than `room`. */
export function fakeStorage(room = Infinity): Storage {
  const items: Record<string, string> = {};
  const hidden = (value: unknown) => ({ value, enumerable: false });
  return Object.defineProperties(items, {
    getItem: hidden((key: string) => items[key] ?? null),
    setItem: hidden((key: string, value: string) => {
      if (value.length > room) throw new Error('full');
      items[key] = value;
    }),
    removeItem: hidden((key: string) => delete items[key]),
  }) as unknown as Storage; // just these three are called, and its keys are listed
}

let storage: Storage;
let shelf: Shelf;
beforeEach(() => {
  storage = fakeStorage();
  shelf = openShelf('c', () => storage);
});
const bodies = (outbox: Outbox) => outbox.list().map(({ body }) => body);

test('what was written is there after a reload, in order and under its key', () => {
  const outbox = new Outbox(shelf, () => 1_000);
  const keys = ['a', 'b', 'c'].map((body) => outbox.add(body, null)?.key);
  const again = new Outbox(openShelf('c', () => storage));
  expect(bodies(again)).toEqual(['a', 'b', 'c']);
  expect(again.list().map(({ key }) => key)).toEqual(keys);
});

test('a clock that was set back puts nothing before what was written earlier', () => {
  new Outbox(shelf, () => 5_000).add('first', null);
  new Outbox(shelf, () => 1_000).add('second', null);
  expect(bodies(new Outbox(shelf))).toEqual(['first', 'second']);
});

test('two tabs that write at once keep both', () => {
  const [here, there] = [new Outbox(shelf), new Outbox(openShelf('c', () => storage))];
  here.add('here', null);
  there.add('there', null);
  expect(bodies(here).sort()).toEqual(['here', 'there']);
});

test('channels know nothing of each other', () => {
  new Outbox(shelf).add('to c', null);
  expect(new Outbox(openShelf('d', () => storage)).list()).toEqual([]);
});

test('storage that refuses or is full loses nothing while the page lives', () => {
  for (const find of [
    () => fakeStorage(10),
    (): Storage => {
      throw new DOMException('denied', 'SecurityError');
    },
  ]) {
    const outbox = new Outbox(openShelf('c', find));
    outbox.add('a text that is long', null);
    expect(bodies(outbox)).toEqual(['a text that is long']);
    outbox.remove(outbox.first()?.key ?? '');
    expect(bodies(outbox)).toEqual([]);
  }
});

test('whatever else stands in the storage is passed over', () => {
  for (const junk of ['', 'null', '{', '[]', '{"key":1}', '"text"'])
    storage.setItem(`rolecall-chat:c:out:${junk}`, junk);
  expect(new Outbox(shelf).list()).toEqual([]);
});

test('a refused one does not hold up the others, and is tried again under a new key', () => {
  const outbox = new Outbox(shelf);
  const first = outbox.add('first', null);
  outbox.add('second', null);
  outbox.refuse(first?.key ?? '', 'refused');
  expect(outbox.first()?.body).toBe('second');
  outbox.retry(first?.key ?? '');
  expect(outbox.first()?.body).toBe('first');
  expect(outbox.first()?.key).not.toBe(first?.key);
});

test('a confirmed one tells later ones of the same text that it was not them', () => {
  const outbox = new Outbox(shelf);
  const [first] = ['hello', 'hello', 'other'].map((body) => outbox.add(body, 'm0'));
  outbox.confirmed(first?.key ?? '', 'm1');
  expect(outbox.list().map(({ body, after }) => [body, after])).toEqual([
    ['hello', 'm1'],
    ['other', 'm0'],
  ]);
});

test('there is an end to what is kept', () => {
  const outbox = new Outbox(shelf);
  for (let i = 0; i < 200; i++) expect(outbox.add(`${i}`, null)).not.toBeNull();
  expect(outbox.add('one too many', null)).toBeNull();
});
