import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from '../../../client/widget/chat/outbox.ts';
import { Sender } from '../../../client/widget/chat/sender.ts';
import type { Shelf } from '../../../client/widget/chat/shelf.ts';
import { judgeTrouble } from '../../../client/widget/chat/trouble.ts';
import { Refused, Unreachable } from '../../../client/widget/net/http.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refused = (status: number, code = '', after_s?: number) => new Refused(status, code, after_s, {});

/** A shelf that several tabs share. */
function memoryShelf(): Shelf {
  const items = new Map<string, string>();
  return {
    get: (name) => items.get(name) ?? null,
    set: (name, value) => void items.set(name, value),
    remove: (name) => void items.delete(name),
    names: (start) => [...items.keys()].filter((name) => name.startsWith(start)),
    onChange: () => undefined,
  };
}

/** A server that answers as told, then takes everything; and tabs that send to it. */
function world(...answers: (Error | 'lost')[]) {
  const shelf = memoryShelf();
  const tried: string[] = [];
  const kept = new Map<string, string>();
  const denied: string[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let atOnce = 0;
  const tab = () => {
    const outbox = new Outbox(shelf);
    const sender = new Sender({
      outbox,
      async post({ key, body }) {
        expect(++atOnce).toBe(1);
        tried.push(body);
        await new Promise((done) => setTimeout(done, 10));
        atOnce -= 1;
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        kept.set(key, body);
        // It was taken, and the connection broke before we were told.
        if (answer === 'lost') throw new Unreachable();
        return `id of ${body}`;
      },
      ready: () => denied.length === 0,
      alone: async <T>(work: () => Promise<T>) => {
        const mine = last.then(work);
        last = mine.catch(() => undefined);
        return mine;
      },
      changed: () => undefined,
      denied: ({ code }) => void denied.push(code),
      random: () => 0.5,
    });
    return { outbox, sender, say: (body: string) => (outbox.add(body, null), sender.wake()) };
  };
  return { tab, tried, kept: () => [...kept.values()], denied };
}

test('messages go out in order, each once', async () => {
  const { tab, tried, kept } = world();
  const { say, outbox } = tab();
  for (const body of ['a', 'b', 'c']) say(body);
  await vi.advanceTimersByTimeAsync(100);
  expect([tried, kept(), outbox.list()]).toEqual([['a', 'b', 'c'], ['a', 'b', 'c'], []]);
});

test('an answer that was lost is asked for again with the same key, before the next goes out', async () => {
  const { tab, tried, kept } = world('lost');
  const { say } = tab();
  say('a');
  say('b');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(tried).toEqual(['a', 'a', 'b']);
  expect(kept()).toEqual(['a', 'b']);
});

test('tries become rarer, up to every half minute', async () => {
  const { tab, tried } = world(...Array.from({ length: 100 }, () => new Unreachable()));
  const { say, sender } = tab();
  say('a');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tried.length).toBeGreaterThan(4);
  expect(tried.length).toBeLessThan(9);
  expect(sender.failing).toBe(true);
  const before = tried.length;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(tried.length - before).toBeGreaterThanOrEqual(9);
});

test('a server that asks for patience gets it, even from someone who is in a hurry', async () => {
  const { tab, tried } = world(refused(429, 'too_many_requests', 20));
  const { say, sender } = tab();
  say('a');
  await vi.advanceTimersByTimeAsync(1_000);
  sender.wake();
  await vi.advanceTimersByTimeAsync(18_000);
  expect(tried).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(tried).toHaveLength(2);
});

test.each([
  [413, 'too_long'],
  [422, 'refused'],
  [409, 'refused'],
])('%i ends the tries of one message, not of the next', async (status, why) => {
  const { tab, kept } = world(refused(status));
  const { say, outbox } = tab();
  say('a');
  say('b');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(kept()).toEqual(['b']);
  expect(outbox.list().map(({ body, refused: state }) => [body, state])).toEqual([['a', why]]);
});

test('a token that is over stops everything and loses nothing', async () => {
  const { tab, denied, tried } = world(refused(401, 'session_ended'));
  const one = tab();
  one.say('a');
  one.say('b');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(denied).toEqual(['session_ended']);
  expect(tried).toEqual(['a']);
  expect(one.outbox.list().map(({ body }) => body)).toEqual(['a', 'b']);
});

test('of several tabs one sends each message', async () => {
  const { tab, tried } = world(new Unreachable(), refused(503, 'unavailable', 1));
  const tabs = [tab(), tab(), tab()];
  for (let i = 0; i < 9; i++) tabs[i % 3]?.say(`${i}`);
  await vi.advanceTimersByTimeAsync(20_000);
  for (const { sender } of tabs) sender.wake();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(tried.slice(2)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
  expect(tabs[0]?.outbox.list()).toEqual([]);
});

test('what follows from an error', () => {
  expect(judgeTrouble(new Unreachable(), 't', 't')).toBe('later');
  expect(judgeTrouble(refused(503), 't', 't')).toBe('later');
  expect(judgeTrouble(refused(401, 'unauthenticated'), 't', 't')).toBe('anew');
  expect(judgeTrouble(refused(401, 'session_ended'), 't', 't')).toBe('ended');
  expect(judgeTrouble(refused(401, 'unauthenticated'), 'old', 'new')).toBe('adopt');
  expect(judgeTrouble(refused(403, 'foreign_origin'), null, null)).toBe('blocked');
  expect(judgeTrouble(refused(404, 'not_found'), null, null)).toBe('blocked');
  expect(judgeTrouble(refused(422, 'invalid'), 't', 't')).toBe('later');
});
