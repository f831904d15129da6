import { flushSync } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { expect, test } from 'vitest';

test('runes react here as they do in a browser', () => {
  const seen: number[] = [];
  const pool = new SvelteMap<string, number>();
  let weight = $state(1);
  const stop = $effect.root(() => {
    $effect(() => void seen.push(weight * pool.size));
  });
  flushSync();
  pool.set('a', 1);
  flushSync();
  weight = 5;
  flushSync();
  stop();
  pool.set('b', 2);
  flushSync();
  expect(seen).toEqual([0, 1, 5]);
});
