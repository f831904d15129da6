import { SvelteMap } from 'svelte/reactivity';

export type Draft = 'reply' | 'note';

const wishes = new SvelteMap<'latest', { kind: Draft; turn: number }>();
let turn = 0;

/** How keys and buttons elsewhere on the page reach the composer: it reads `wish` and goes there. */
export const composerFocus = {
  ask(kind: Draft): void {
    wishes.set('latest', { kind, turn: ++turn });
  },
  /** Reactive: what was asked for last; each asking is a new object with a higher `turn`. Null before the first. */
  get wish(): { kind: Draft; turn: number } | null {
    return wishes.get('latest') ?? null;
  },
};
