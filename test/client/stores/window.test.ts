import { describe, expect, test } from 'vitest';
import { Window } from '../../../client/stores/window.ts';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import { compareIn } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { id, view } from './deals.ts';

const WORDS = ['a', 'B', 'ä', 'zeta', 'Zeta', '', null];

function deal(dice: Dice, n: number): MaskedRecord {
  return {
    id: id(n),
    version: dice.int(1, 1_000),
    created_at: '2026-01-01T00:00:00.000Z',
    may: { actions: ['read'], edit: [] },
    title: dice.pick(WORDS),
    stage: dice.pick(['new', 'won']),
    ...(dice.chance(0.8) ? { amount: dice.maybe(0.2, [0, 1, 2]) } : {}),
  };
}

describe('a list that is mended row by row', () => {
  const seed = Dice.runSeed();
  for (let run = 0; run < 60; run++) {
    test(`is what sorting it anew would make it (SEED=${seed} run ${run})`, () => {
      const dice = new Dice(seed + run);
      const of = view({
        sort: dice.pick(['title', '-title', 'amount', '-amount']),
        filter: { stage: 'new' },
      });
      const window = new Window('w', of, dice.chance(0.3));
      for (let step = 0; step < 150; step++) {
        for (let n = dice.int(1, 4); n > 0; n--) act(window, dice);
        const before = window.rows;
        window.arrange();
        expect(window.rows).toEqual(window.sorted());
        expect(window.rows).not.toBe(before);
      }
    });
  }
});

/** Whatever the replica does to a window, in any order. */
function act(window: Window, dice: Dice): void {
  const n = dice.int(1, 40);
  const deals = dice.many(dice.int(0, 12), () => deal(dice, dice.int(1, 40)));
  const what = dice.next();
  if (what < 0.45) window.place(id(n), deal(dice, n), deal(dice, n));
  else if (what < 0.6) window.repaint(id(n), deal(dice, n), deal(dice, n));
  else if (what < 0.75) window.displace(id(n));
  else if (what < 0.8) window.fresh = false;
  else {
    const rows = deals.sort((a, b) => compareIn(window.view, a, b));
    window.answered({ rows, ...(dice.chance(0.6) ? { next: 'next' } : {}) }, dice.chance(0.3));
    for (const row of rows) if (dice.chance(0.9)) window.place(row.id, row, row);
  }
}
