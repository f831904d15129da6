import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Toasts } from '../../../client/ui/overlays/toasts.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const titles = (toasts: Toasts) => toasts.list.map((toast) => toast.title);

test('a notice goes by itself, and one with timeout 0 stays', () => {
  const toasts = new Toasts();
  toasts.add({ title: 'goes', timeout_ms: 1000 });
  toasts.add({ title: 'stays', timeout_ms: 0 });
  vi.advanceTimersByTime(999);
  expect(titles(toasts)).toEqual(['goes', 'stays']);
  vi.advanceTimersByTime(60_000);
  expect(titles(toasts)).toEqual(['stays']);
});

test('pointing at the notices stops every clock; what was left runs on afterwards', () => {
  const toasts = new Toasts();
  toasts.add({ title: 'Undo me', timeout_ms: 5000 });
  vi.advanceTimersByTime(2000);
  toasts.pause();
  toasts.pause();
  vi.advanceTimersByTime(60_000);
  expect(titles(toasts)).toEqual(['Undo me']);
  toasts.resume();
  vi.advanceTimersByTime(2999);
  expect(titles(toasts)).toEqual(['Undo me']);
  vi.advanceTimersByTime(1);
  expect(titles(toasts)).toEqual([]);
});

test('no more than four stand at once, the oldest goes first', () => {
  const toasts = new Toasts();
  for (const title of ['1', '2', '3', '4', '5']) toasts.add({ title });
  expect(titles(toasts)).toEqual(['2', '3', '4', '5']);
});

test('the caller can put its own notice away', () => {
  const toasts = new Toasts();
  toasts.add({ title: 'other' });
  const dismiss = toasts.add({ title: 'mine' });
  dismiss();
  dismiss();
  expect(titles(toasts)).toEqual(['other']);
});
