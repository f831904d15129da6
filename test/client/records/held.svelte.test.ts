import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import { HeldRows } from '../../../client/records/board/held.svelte.ts';

const rows = (ids: string): MaskedRecord[] =>
  [...ids].map((id) => ({ id, version: 1, created_at: '', may: { actions: [], edit: [] } }));
const ids = (held: HeldRows) => held.shown.map(({ id }) => id).join('');

test('arrivals wait while a pointer holds, and come on wish or when it goes; one’s own come at once', () => {
  const stop = $effect.root(() => {
    let now = $state.raw(rows('abc'));
    const held = new HeldRows(() => now);
    held.hold();
    now = rows('xabc');
    flushSync();
    expect([ids(held), held.waiting]).toEqual(['abc', 1]);
    now = rows('yxabc');
    held.admit('y');
    expect([ids(held), held.waiting]).toEqual(['yabc', 1]);
    held.show();
    expect([ids(held), held.waiting]).toEqual(['yxabc', 0]);
    now = rows('zyxabc');
    expect(held.waiting).toBe(1);
    held.release();
    expect([ids(held), held.waiting]).toEqual(['zyxabc', 0]);
  });
  stop();
});
