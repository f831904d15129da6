import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OfflineError } from '../../../client/net/http.ts';
import { DraftSaver, type DraftText } from '../../../client/stores/draftSaver.ts';
import { notFound } from '../../../shared/protocol/errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = (body: string): DraftText => ({ body, mentions: [] });

/** A draft whose server answers by hand. */
function draft() {
  const sent: {
    body: string;
    leaving: boolean;
    answer(): Promise<void>;
    fail(error: unknown): Promise<void>;
  }[] = [];
  const kept: (string | null)[] = [];
  let clock = 0;
  const saver = new DraftSaver({
    put: ({ body }, leaving) =>
      new Promise((answer, fail) =>
        sent.push({
          body,
          leaving,
          async answer() {
            answer({ updated_at: body === '' ? null : `2026-01-01T00:00:0${++clock}.000Z` });
            await turn();
          },
          async fail(error) {
            fail(error);
            await turn();
          },
        }),
      ),
    keep: (now) => kept.push(now?.body ?? null),
    changed: () => undefined,
  });
  return { saver, sent, kept, bodies: () => sent.map(({ body }) => body) };
}
const turn = () => vi.advanceTimersByTimeAsync(0);

describe('what is typed', () => {
  test('is saved after a pause, and kept here until it is', async () => {
    const { saver, sent, kept, bodies } = draft();
    saver.write(text('a'));
    saver.write(text('ab'));
    await vi.advanceTimersByTimeAsync(599);
    expect(bodies()).toEqual([]);
    expect(kept.at(-1)).toBe('ab');
    await vi.advanceTimersByTimeAsync(1);
    expect(bodies()).toEqual(['ab']);
    expect(saver.sign).toBe('saving');
    await sent[0]?.answer();
    expect([saver.sign, kept.at(-1)]).toEqual(['saved', null]);
  });

  test('without a pause is saved every two seconds all the same', async () => {
    const { saver, bodies } = draft();
    for (let i = 0; i < 21; i++) {
      saver.write(text(`${i}`));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(bodies()).toEqual(['19']);
  });

  test('while a save is under way goes with the next, and never out of order', async () => {
    const { saver, sent, bodies } = draft();
    saver.write(text('a'));
    await vi.advanceTimersByTimeAsync(600);
    saver.write(text('ab'));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(bodies()).toEqual(['a']);
    await sent[0]?.answer();
    expect(saver.sign).toBe('saving');
    await vi.advanceTimersByTimeAsync(600);
    expect(bodies()).toEqual(['a', 'ab']);
  });

  test('goes at once when the page may be closing, even past a save under way', async () => {
    const { saver, sent } = draft();
    saver.write(text('a'));
    await vi.advanceTimersByTimeAsync(600);
    saver.write(text('ab'));
    void saver.flush(true);
    expect(sent.map(({ body, leaving }) => [body, leaving])).toEqual([
      ['a', false],
      ['ab', true],
    ]);
  });

  test('without a connection is tried again until the server has it', async () => {
    const { saver, sent, kept, bodies } = draft();
    saver.write(text('a'));
    await vi.advanceTimersByTimeAsync(600);
    await sent[0]?.fail(new OfflineError());
    expect([saver.sign, kept.at(-1)]).toEqual(['unsaved', 'a']);
    await vi.advanceTimersByTimeAsync(3_000);
    await sent[1]?.answer();
    expect([saver.sign, kept.at(-1), bodies()]).toEqual(['saved', null, ['a', 'a']]);
  });

  test('that the server will never take stays here, and is not sent over and over', async () => {
    const { saver, sent, kept, bodies } = draft();
    saver.write(text('a'));
    await vi.advanceTimersByTimeAsync(600);
    await sent[0]?.fail(notFound());
    await vi.advanceTimersByTimeAsync(60_000);
    expect([saver.sign, kept.at(-1), bodies()]).toEqual(['refused', 'a', ['a']]);
  });
});

describe('what the server has', () => {
  test('is shown where nothing newer is here', () => {
    const { saver } = draft();
    saver.found(text('from before'), '2026-01-01T00:00:00.000Z');
    expect([saver.text.body, saver.sign]).toEqual(['from before', 'saved']);
    saver.found(null, null);
    expect([saver.text.body, saver.sign]).toEqual(['', 'none']);
  });

  test('never overwrites what is being typed', () => {
    const { saver } = draft();
    saver.write(text('mine'));
    saver.found(text('theirs'), '2030-01-01T00:00:00.000Z');
    expect(saver.text.body).toBe('mine');
  });
});

describe('a draft that is sent', () => {
  async function saved() {
    const all = draft();
    all.saver.write(text('hello'));
    await vi.advanceTimersByTimeAsync(600);
    await all.sent[0]?.answer();
    return all;
  }

  test('leaves the field empty, and the server only when the message has arrived', async () => {
    const { saver, bodies, sent } = await saved();
    saver.lift();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([saver.text.body, bodies()]).toEqual(['', ['hello']]);
    saver.found(text('hello'), '2026-01-01T00:00:01.000Z');
    expect(saver.text.body).toBe('');
    saver.sent();
    await turn();
    expect(bodies()).toEqual(['hello', '']);
    await sent[1]?.answer();
    expect(saver.dirty).toBe(false);
  });

  test('does not take the next one with it', async () => {
    const { saver, bodies } = await saved();
    saver.lift();
    saver.write(text('next'));
    saver.sent();
    await vi.advanceTimersByTimeAsync(600);
    expect([saver.text.body, bodies()]).toEqual(['next', ['hello', 'next']]);
  });
});

test('after the end of a session nothing is left, and nothing more is sent', async () => {
  const { saver, sent, bodies } = draft();
  saver.write(text('secret'));
  await vi.advanceTimersByTimeAsync(600);
  saver.write(text('secret more'));
  saver.stop();
  await sent[0]?.answer();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([saver.text.body, saver.sign, bodies()]).toEqual(['', 'none', ['secret']]);
});
