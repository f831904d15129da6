import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OptionSearch } from '../../../client/ui/fields/search.svelte.ts';
import type { Option } from '../../../client/ui/types.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const named = (label: string): Option => ({ value: label, label });
const labels = (search: OptionSearch) => search.options.map((option) => option.label);

test('typing asks once, after a pause, for the last text, trimmed', async () => {
  const ask = vi.fn(async (text: string) => [named(text)]);
  const search = new OptionSearch(() => ask);
  search.later('a');
  search.later('an');
  search.later(' ann ');
  await vi.advanceTimersByTimeAsync(149);
  expect(ask).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(ask.mock.calls.map(([text]) => text)).toEqual(['ann']);
  expect(labels(search)).toEqual(['ann']);
});

test('an answer that was overtaken is dropped, and its request told to stop', async () => {
  const signals: AbortSignal[] = [];
  const slowFirst = async (text: string, signal: AbortSignal) => {
    signals.push(signal);
    await new Promise((done) => setTimeout(done, text === 'first' ? 1000 : 10));
    return [named(text)];
  };
  const search = new OptionSearch(() => slowFirst);
  void search.now('first');
  void search.now('second');
  await vi.advanceTimersByTimeAsync(2000);
  expect(labels(search)).toEqual(['second']);
  expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
});

test('a failed search says so, keeps the old list, and mends with the next', async () => {
  let broken = false;
  const search = new OptionSearch(() => async (text: string) => {
    if (broken) throw new Error('no network');
    return [named(text)];
  });
  await search.now('ok');
  broken = true;
  await search.now('bad');
  expect([search.state, labels(search)]).toEqual(['failed', ['ok']]);
  broken = false;
  await search.now('again');
  expect([search.state, labels(search)]).toEqual(['idle', ['again']]);
});

test('a list never grows beyond fifty', async () => {
  const search = new OptionSearch(() => async () => Array.from({ length: 80 }, (_, i) => named(String(i))));
  await search.now('');
  expect(search.options).toHaveLength(50);
});
