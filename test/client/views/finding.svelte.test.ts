import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Finding } from '../../../client/views/palette/finding.svelte.ts';
import type { SearchAnswer } from '../../../shared/protocol/index.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that answers when it is told to. */
function server() {
  const asked: { q: string; answer: (object: string) => void; fail: () => void }[] = [];
  const ask = (q: string) =>
    new Promise<SearchAnswer>((resolve, reject) => {
      asked.push({
        q,
        answer: (object) => resolve({ groups: [{ object, rows: [], more: false }] }),
        fail: () => reject(new Error('no')),
      });
    });
  return { asked, ask };
}

const settle = () => vi.advanceTimersByTimeAsync(0).then(() => flushSync());
const shown = (finding: Finding) => finding.groups.map(({ object }) => object);

test('it asks once, after a pause in typing', async () => {
  const { asked, ask } = server();
  const finding = new Finding(ask);
  for (const text of ['h', 'ha', 'hal']) {
    finding.type(text);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked.map(({ q }) => q)).toEqual(['hal']);
  expect(finding.state).toBe('searching');
  asked[0]?.answer('company');
  await settle();
  expect([finding.state, finding.q, ...shown(finding)]).toEqual(['idle', 'hal', 'company']);
});

test('an answer that was overtaken is not shown', async () => {
  const { asked, ask } = server();
  const finding = new Finding(ask);
  finding.type('hal');
  await vi.advanceTimersByTimeAsync(500);
  finding.type('hall');
  await vi.advanceTimersByTimeAsync(500);
  asked[1]?.answer('contact');
  await settle();
  asked[0]?.answer('company');
  await settle();
  expect([finding.q, ...shown(finding)]).toEqual(['hall', 'contact']);
});

test('what was found goes as soon as too little is left of the question', async () => {
  const { asked, ask } = server();
  const finding = new Finding(ask);
  finding.type('hal');
  await vi.advanceTimersByTimeAsync(500);
  asked[0]?.answer('company');
  await settle();
  finding.type(' h ');
  expect([finding.q, finding.state, ...shown(finding)]).toEqual(['', 'idle']);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toHaveLength(1);
});

test('a refusal is told, and can be tried again', async () => {
  const { asked, ask } = server();
  const finding = new Finding(ask);
  finding.type('hal');
  await vi.advanceTimersByTimeAsync(500);
  asked[0]?.fail();
  await settle();
  expect(finding.state).toBe('failed');
  void finding.now();
  asked[1]?.answer('deal');
  await settle();
  expect([finding.state, ...shown(finding)]).toEqual(['idle', 'deal']);
});

test('nothing is asked after it was closed', async () => {
  const { asked, ask } = server();
  const finding = new Finding(ask);
  finding.type('hal');
  finding.stop();
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toEqual([]);
});
