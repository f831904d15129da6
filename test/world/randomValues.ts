import type { Field, Value } from '../../shared/fields/index.ts';
import type { Dice } from './dice.ts';

/** Few values of each kind, so that equal ones are frequent; and the awkward ones, so that they are tried at all. */
const TEXTS = [
  'Alpha', 'alpha', 'ALPHA', 'alpha ', 'Beta', 'Zeta', 'émile', 'e\u0301mile', 'Émile', 'zeta-Jones', 'Ångström', 'Ärger',
  'İstanbul', 'ışık', 'straße', 'STRASSE', 'ΟΔΟΣ', 'οδος', 'Łódź', 'Привет', '田中 次郎', 'ياسمين', '😀 party', '\u{1f600}\u{1f3fd}',
  '\ue000 private', '100%', 'a_b', 'a%b', "O'Neil", '"quoted"', 'back\\slash', 'ab\u00adc', 'a b', 'ab', '10', '9', '-1', 'null',
] as const; // prettier-ignore
const NUMBERS = [-20, -1, 0, 0.05, 0.1, 0.3, 1, 2, 9.99, 10, 99.5, 100];
const DATES = ['0999-12-31', '2024-02-29', '2025-12-31', '2026-01-01', '2026-11-22'];
const INSTANTS = [
  '2024-02-29T23:59:59.999Z',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.001Z',
  '2026-11-22T02:00:00.000Z',
];

/** A value that a field may hold, never empty. `ids` are those a relation may point to. */
export function randomValue(dice: Dice, field: Field, ids: readonly string[]): Value {
  switch (field.kind) {
    case 'text':
      return field.name === 'country' ? dice.pick(['DE', 'de', 'FR', 'JP']) : dice.pick(TEXTS);
    case 'longtext':
      return `${dice.pick(TEXTS)}\n${dice.pick(TEXTS)}`;
    case 'email':
      return `${dice.pick(['ann', 'Ann', 'bob'])}@example.${dice.pick(['com', 'org'])}`;
    case 'phone':
      return dice.pick(['+49 30 123', '030/123', '(0)30-123']);
    case 'url':
      return dice.pick(['https://example.com', 'https://example.com/Ä', 'http://a.example']);
    case 'integer':
      return dice.pick([-5, 0, 1, 2, 30, 2_000_000_000]);
    case 'money':
    case 'percent':
      return dice.pick(NUMBERS);
    case 'boolean':
      return dice.chance(0.5);
    case 'date':
      return dice.pick(DATES);
    case 'instant':
      return dice.pick(INSTANTS);
    case 'choice':
      return dice.pick(field.choices).value;
    case 'relation':
      return dice.pick(ids);
    case 'relations':
      return dice.some(ids, 0.2);
    case 'stage':
      return dice.pick(['first', 'second', 'won', 'lost']);
    case 'stages':
      return [{ key: 'first', name: 'First', probability: 10, kind: 'open', color: 'blue', requires: [] }];
  }
}
