import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { addTo, type Totals } from '../../../shared/protocol/index.ts';

const deal = new Registry(OBJECTS).get('deal');
const NONE: Totals = { count: 0, sum: { amount: 0 }, groups: {} };
const record = fc.record({
  stage: fc.constantFrom('first', 'second'),
  // Cents, as the store keeps them; and not readable.
  amount: fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100)),
});

test('a record counts in the whole and in its group', () => {
  const totals = addTo(NONE, deal, { stage: 'first', amount: 0.1 }, 1);
  expect(addTo(totals, deal, { stage: 'first', amount: 0.2 }, 1)).toEqual({
    count: 2,
    sum: { amount: 0.3 },
    groups: { first: { count: 2, sum: { amount: 0.3 } } },
  });
});

test('whoever may not read amounts gets none, and who may not read stages no groups', () => {
  const totals = addTo({ count: 0, sum: {} }, deal, { title: 'x' }, 1);
  expect(totals).toEqual({ count: 1, sum: {} });
});

test('what came and went leaves nothing, to the cent', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 50 }), (records) => {
      const full = records.reduce((totals, row) => addTo(totals, deal, row, 1), NONE);
      const empty = [...records].reverse().reduce((totals, row) => addTo(totals, deal, row, -1), full);
      expect(empty).toMatchObject({ count: 0, sum: { amount: 0 } });
      for (const group of Object.values(empty.groups ?? {}))
        expect(group).toEqual({ count: 0, sum: { amount: 0 } });
    }),
  );
});
