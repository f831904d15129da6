import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { HeldList } from '../../../client/conversations/queue/held.svelte.ts';
import { rowsOf } from './rows.ts';

const letters = (held: HeldList) => held.slots.map(({ id, record }) => (record ? id : '_')).join('');

test('what waits is shown on wish, or when the pointer goes', () => {
  const stop = $effect.root(() => {
    let now = $state.raw(rowsOf('abc'));
    const held = new HeldList(
      () => now,
      () => null,
    );
    held.hold();
    now = rowsOf('xac');
    flushSync();
    expect([letters(held), held.waiting]).toEqual(['a_c', 1]);
    held.show();
    expect([letters(held), held.waiting]).toEqual(['xac', 0]);
    now = rowsOf('yxac');
    expect([letters(held), held.waiting]).toEqual(['xac', 1]);
    held.release();
    expect([letters(held), held.waiting]).toEqual(['yxac', 0]);
  });
  stop();
});

test('a page that came while the list was held stands still from then on', () => {
  const stop = $effect.root(() => {
    let now = $state.raw(rowsOf('ab'));
    const held = new HeldList(
      () => now,
      () => null,
    );
    held.hold();
    now = rowsOf('abcd');
    expect(letters(held)).toBe('abcd');
    held.extend();
    now = rowsOf('abcxd');
    expect([letters(held), held.waiting]).toEqual(['abcd', 1]);
  });
  stop();
});

test('the open ticket stays until one moves on', () => {
  const stop = $effect.root(() => {
    let now = $state.raw(rowsOf('abc'));
    const here = rowsOf('b')[0] ?? null;
    const held = new HeldList(
      () => now,
      (id) => (id === 'b' ? here : null),
    );
    held.keep('b');
    now = rowsOf('ac');
    expect(letters(held)).toBe('abc');
    held.keep('c');
    expect(letters(held)).toBe('ac');
  });
  stop();
});
