import { describe, expect, test } from 'vitest';
import { belowOf, linesOf } from '../../../client/views/access/org/tree.ts';

const node = (id: string, parent: string | null, name = id) => ({ id, name, parent });
const NODES = [
  node('b', 'a'),
  node('a', null, 'Zebra'),
  node('c', 'b'),
  node('d', null, 'Ant'),
  node('e', 'gone'),
];
const drawn = (isOpen: (id: string) => boolean) =>
  linesOf(NODES, isOpen).map(({ node: { id }, level, below, open }) => [id, level, below, open]);

describe('a tree as lines', () => {
  test('has siblings by name, and those at the top whose parent is not here', () => {
    expect(drawn(() => true)).toEqual([
      ['d', 1, 0, false],
      ['e', 1, 0, false],
      ['a', 1, 1, true],
      ['b', 2, 1, true],
      ['c', 3, 0, false],
    ]);
  });

  test('leaves out what is below a closed line, and says that there is something', () => {
    expect(drawn((id) => id === 'a')).toContainEqual(['b', 2, 1, false]);
    expect(drawn(() => false).map(([id]) => id)).toEqual(['d', 'e', 'a']);
  });

  test('ends where a circle came in', () => {
    expect(linesOf([node('a', 'b'), node('b', 'a'), node('c', null)], () => true).map((line) => line.node.id)).toEqual(['c']); // prettier-ignore
  });

  test('knows what nothing may be put below', () => {
    expect([...belowOf(NODES, 'a')].sort()).toEqual(['a', 'b', 'c']);
    expect([...belowOf(NODES, 'd')]).toEqual(['d']);
  });
});
