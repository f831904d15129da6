import { describe, expect, test } from 'vitest';
import type { Entry, Shown } from '../history.ts';
import { checkFrames } from './frames.ts';
import { sightKey, Visibility } from './visible.ts';

// The checker itself: what it takes for a violation, and what not.

const [ANNA, DEAL] = ['anna', 'd1'];
const COMMIT_ms = 1_000_000;

/** Anna sees title and amount of the deal until the commit; then what is said. */
function world(then: ReadonlySet<string> | null): Visibility {
  const seen = new Visibility();
  const key = sightKey(ANNA, 'deal', DEAL);
  seen.note(key, 0, new Set(['title', 'amount']));
  seen.note(key, COMMIT_ms, then);
  return seen;
}

const frame = (since: number, shown: Shown[]): Entry => ({ kind: 'frame', client: 0, by: ANNA, session: 's', node: 0, how: 'b', shown, since, at: since + 10 }); // prettier-ignore
const words = (seen: Visibility, entry: Entry) => checkFrames([entry], seen).map((one) => one.words);

describe('a record that was taken away', () => {
  const seen = world(null);
  const shown: Shown[] = [['deal', DEAL, 2, ['title']]];

  test('may be sent as long as the lease of a node lasts', () => {
    expect(words(seen, frame(COMMIT_ms + 1_900, shown))).toEqual([]);
  });
  test('and not after it', () => {
    expect(words(seen, frame(COMMIT_ms + 2_400, shown))).toEqual([expect.stringContaining(`deal ${DEAL}`)]);
  });
});

test('a field that was taken away is named alone', () => {
  const late = frame(COMMIT_ms + 5_000, [['deal', DEAL, 2, ['title', 'amount']]]);
  expect(words(world(new Set(['title'])), late)).toEqual([expect.stringMatching(/^client 0 \(anna\) was sent amount of/)]); // prettier-ignore
});

test('what comes into sight may be sent from its commit on, and never before', () => {
  const seen = new Visibility();
  seen.note(sightKey(ANNA, 'deal', DEAL), COMMIT_ms, new Set(['title']));
  const shown: Shown[] = [['deal', DEAL, 1, ['title']]];
  expect(words(seen, frame(COMMIT_ms - 5, shown))).toEqual([]);
  expect(words(seen, frame(COMMIT_ms - 500, shown))).toHaveLength(1);
});

test('two states within the lease may have been read for one frame', () => {
  const seen = new Visibility();
  const key = sightKey(ANNA, 'deal', DEAL);
  seen.note(key, 0, new Set(['amount']));
  seen.note(key, COMMIT_ms, new Set(['title']));
  expect(words(seen, frame(COMMIT_ms + 100, [['deal', DEAL, 2, ['title', 'amount']]]))).toEqual([]);
  expect(words(seen, frame(COMMIT_ms + 100, [['deal', DEAL, 2, ['margin']]]))).toHaveLength(1);
});

test('of a record that nobody ever saw nothing may be sent', () => {
  expect(words(new Visibility(), frame(1, [['deal', DEAL, 1, []]]))).toHaveLength(1);
});
