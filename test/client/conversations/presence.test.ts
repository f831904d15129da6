import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { facesOf, writingLines } from '../../../client/conversations/thread/present.ts';
import { en } from '../../../client/conversations/thread/words.ts';
import { Announcer } from '../../../client/stores/announcer.ts';
import { PRESENCE, type PresenceRequest } from '../../../shared/protocol/index.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function announcer() {
  const told: { at: number; message: PresenceRequest }[] = [];
  const world = { looking: true, refuse: false };
  const start = Date.now();
  const one = new Announcer({
    looking: () => world.looking,
    send: (message) => {
      told.push({ at: Date.now() - start, message });
      return world.refuse ? Promise.reject(new Error('no view')) : Promise.resolve();
    },
  });
  const words = () => told.map(({ message }) => [message.state, message.field].filter(Boolean).join(' '));
  return { one, told, world, words };
}

describe('of oneself', () => {
  test('is said at once, and again before it would end by itself', async () => {
    const { one, told } = announcer();
    one.here('r');
    await vi.advanceTimersByTimeAsync(120_000);
    const gaps = told.slice(1).map(({ at }, i) => at - (told[i]?.at ?? 0));
    expect(told.length).toBeGreaterThan(3);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(PRESENCE.hereEvery_ms);
  });

  test('writing is repeated while keys are pressed, not with every key, and over soon after the last', async () => {
    const { one, told, words } = announcer();
    one.here('r');
    for (let i = 0; i < 100; i++) {
      one.writing('r', 'reply');
      await vi.advanceTimersByTimeAsync(100);
    }
    const writing = told.filter(({ message }) => message.field === 'reply');
    expect(writing.length).toBeLessThan(6);
    const gaps = writing.slice(1).map(({ at }, i) => at - (writing[i]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(PRESENCE.writingEvery_ms);
    await vi.advanceTimersByTimeAsync(PRESENCE.writingFor_ms + 1_000);
    expect(words().at(-1)).toBe('here');
  });

  test('stopping, looking away and leaving are said at once', () => {
    const { one, world, words } = announcer();
    const leave = one.here('r');
    one.writing('r', 'note');
    one.stopped('r');
    world.looking = false;
    one.again();
    leave();
    expect(words()).toEqual(['here', 'here note', 'here', 'away', 'gone']);
  });

  test('two places that show one record are one presence', () => {
    const { one, words } = announcer();
    const [first, second] = [one.here('r'), one.here('r')];
    first();
    second();
    expect(words()).toEqual(['here', 'gone']);
  });

  test('is said again where the view was not open yet, less and less often', async () => {
    const { one, world, words } = announcer();
    world.refuse = true;
    one.here('r');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(words().length).toBeLessThan(6);
    world.refuse = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(words().length).toBeGreaterThan(3);
  });

  test('of a record that is not on the screen nothing is ever said', () => {
    const { one, words } = announcer();
    one.writing('r', 'reply');
    one.stopped('r');
    expect(words()).toEqual([]);
  });
});

describe('of the others', () => {
  const look = {
    me: 'me',
    customer: { id: 'c', name: 'Lena' },
    nameOf: (user: string) => user,
    label: (field: string) => (field === 'subject' ? 'Subject' : null),
    w: en,
  };

  test('a ring says that they write and the title says what; who looks elsewhere is faded', () => {
    const faces = facesOf(
      [
        { user: 'Anna', field: 'subject', state: 'here' },
        { user: 'Bob', state: 'away' },
        { user: 'me', field: 'reply', state: 'here' },
        { customer: true, field: 'reply', state: 'here' },
      ],
      look,
    );
    expect(faces.map(({ text, ring, faded }) => [text, ring, faded])).toEqual([
      ['Anna is editing subject', true, false],
      ['Bob has this open in the background', false, true],
    ]);
  });

  test('below the thread stands who writes into it, never oneself', () => {
    const lines = (people: Parameters<typeof writingLines>[0]) => writingLines(people, look, (user) => user);
    expect(lines([{ customer: true, field: 'reply', state: 'here' }])).toEqual(['Lena is typing…']);
    expect(lines([{ user: 'me', field: 'reply', state: 'here' }])).toEqual([]);
    expect(
      lines([
        { user: 'Anna', field: 'reply', state: 'here' },
        { user: 'Bob', field: 'reply', state: 'here' },
        { user: 'Eve', field: 'note', state: 'here' },
      ]),
    ).toEqual(['Anna, Bob are typing…', 'Eve is writing a note…']);
  });
});
