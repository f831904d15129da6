import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OfflineError } from '../../../../client/net/http.ts';
import { WriteQueue } from '../../../../client/stores/unsent/queue.ts';
import { LIMITS, type Act, type UnsentWrite } from '../../../../client/stores/unsent/write.ts';
import { ApiError } from '../../../../shared/protocol/errors.ts';
import { SharedBrowser } from './browser.ts';

type Answer = { version: number };
interface Sent {
  write: UnsentWrite;
  answer(value: Answer): void;
  fail(error: unknown): void;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** One tab, whose sendings are answered by hand. */
function tab(browser = new SharedBrowser()) {
  const sent: Sent[] = [];
  const shown = new Set<string>();
  const late: UnsentWrite[] = [];
  const link = { up: true };
  const queue = new WriteQueue<Answer>({
    shelf: browser.shelf(),
    locks: browser.locks,
    ready: () => Promise.resolve(link.up),
    send: (write) => new Promise((answer, fail) => sent.push({ write, answer, fail })),
    show: (write) => {
      shown.add(write.key);
      return () => shown.delete(write.key);
    },
    done: () => undefined,
    late: (write) => late.push(write),
    changed: () => undefined,
    retry_ms: 60_000,
  });
  const change = (values: Record<string, unknown>, { id = '1', seen = 1, inPlace = false } = {}) =>
    queue.add({ kind: 'change', object: 'deal', id, values }, { line: `deal/${id}`, seen, inPlace });
  const at = (n: number): Sent => {
    const one = sent[n];
    if (!one) throw new Error(`Only ${sent.length} were sent`);
    return one;
  };
  return { browser, queue, sent, at, shown, late, link, change };
}
const turn = () => vi.advanceTimersByTimeAsync(0);
const states = (queue: WriteQueue<Answer>) => queue.list().map(({ state }) => state);
const conflict = () => new ApiError('version_conflict', 'changed', { current: null });
const say: Act = { kind: 'say', ticket: '9', as: 'reply', body: 'Hello', mentions: [], after: '' };

describe('writes of one record', () => {
  test('go one after the other; those of another record beside them', async () => {
    const { change, sent, at } = tab();
    change({ stage: 'a' });
    change({ stage: 'b' });
    change({ stage: 'a' }, { id: '2' });
    await turn();
    expect(sent.map(({ write }) => write.line)).toEqual(['deal/1', 'deal/2']);
    at(0).answer({ version: 2 });
    await turn();
    expect(sent).toHaveLength(3);
  });

  test('a second write of the same field builds upon the first, so it is no conflict with oneself', async () => {
    const { change, at } = tab();
    change({ stage: 'a' }, { seen: 4 });
    change({ stage: 'b' }, { seen: 4 });
    await turn();
    at(0).answer({ version: 7 });
    await turn();
    expect(at(1).write.seen).toBe(7);
  });

  test('a second write of another field keeps to the version that was seen, so that a foreign change is noticed', async () => {
    const { change, at } = tab();
    change({ stage: 'a' }, { seen: 4 });
    change({ amount: 1 }, { seen: 4 });
    await turn();
    at(0).answer({ version: 7 });
    await turn();
    expect(at(1).write.seen).toBe(4);
  });

  test('a refused write does not hold up the next, and what needs it goes with it', async () => {
    const { queue, at, sent } = tab();
    const reply = queue.add(say, { line: 'ticket/9', seen: null });
    const refused = expect(reply.outcome).rejects.toMatchObject({ code: 'invalid' });
    const resolve: Act = { kind: 'change', object: 'ticket', id: '9', values: { status: 'resolved' } };
    const needing = queue.add(resolve, { line: 'ticket/9', seen: null, needs: reply.key });
    const dropped = expect(needing.outcome).rejects.toMatchObject({ code: 'invalid' });
    const rename: Act = { ...resolve, values: { subject: 'New' } };
    queue.add(rename, { line: 'ticket/9', seen: null }).outcome.catch(() => undefined);
    await turn();
    at(0).fail(new ApiError('invalid', 'no'));
    await turn();
    await Promise.all([refused, dropped]);
    expect(sent.map(({ write }) => write.act)).toEqual([say, rename]);
    // What was said is never thrown away for being refused.
    expect(queue.list()[0]).toMatchObject({ act: say, state: 'refused', why: { code: 'invalid' } });
  });
});

describe('without a connection', () => {
  test('a write waits, is sent again once with the same key, and then takes off what it showed', async () => {
    const { change, queue, at, sent, shown } = tab();
    const added = change({ stage: 'a' });
    await turn();
    at(0).fail(new OfflineError());
    expect(await added.outcome).toBe('waiting');
    expect(states(queue)).toEqual(['waiting']);
    expect(shown.size).toBe(1);
    void queue.flush();
    void queue.flush();
    await turn();
    expect(sent).toHaveLength(2);
    expect(at(1).write.key).toBe(at(0).write.key);
    at(1).answer({ version: 2 });
    await turn();
    expect([shown.size, queue.list().length]).toEqual([0, 0]);
  });

  test('nothing is tried while it is known that there is none', async () => {
    const { change, link, sent, queue } = tab();
    link.up = false;
    expect(await change({ stage: 'a' }).outcome).toBe('waiting');
    expect(sent).toHaveLength(0);
    expect(queue.list()[0]?.tried).toBeNull();
  });

  test('an answer that takes long is not waited for, and counts when it comes', async () => {
    const { change, at, queue } = tab();
    const added = change({ stage: 'a' });
    await vi.advanceTimersByTimeAsync(4_500);
    expect(await added.outcome).toBe('waiting');
    at(0).answer({ version: 2 });
    await turn();
    expect(queue.list()).toEqual([]);
  });

  test('taken back, what was never sent is not sent at all; what may have been is', async () => {
    const { change, link, queue, sent, at, shown } = tab();
    link.up = false;
    const never = change({ stage: 'a' });
    await never.outcome;
    expect(await queue.cancel(never.key)).toBe(true);
    expect([shown.size, queue.list().length]).toEqual([0, 0]);
    link.up = true;
    const perhaps = change({ stage: 'b' });
    await turn();
    at(0).fail(new OfflineError());
    await perhaps.outcome;
    expect(await queue.cancel(perhaps.key)).toBe(false);
    void queue.flush();
    await turn();
    expect(sent.map(({ write }) => write.key)).toEqual([perhaps.key, perhaps.key]);
  });

  test('where there is no room, it says so and promises nothing', async () => {
    const { change, link, browser, shown } = tab();
    link.up = false;
    browser.full = true;
    await expect(change({ stage: 'a' }).outcome).rejects.toThrow();
    expect(shown.size).toBe(0);
    // With a connection no room is needed.
    link.up = true;
    const other = tab(browser);
    const added = other.change({ stage: 'b' });
    await turn();
    other.at(0).answer({ version: 2 });
    expect(await added.outcome).toEqual({ version: 2 });
  });
});

describe('what needs an answer', () => {
  test('a conflict after the wait is kept, with all that was done to the same fields after it, and asked about', async () => {
    const { change, link, queue, at, shown, late, sent } = tab();
    link.up = false;
    await change({ stage: 'a' }).outcome;
    await change({ stage: 'b', amount: 2 }).outcome;
    await change({ title: 'c' }).outcome;
    link.up = true;
    void queue.flush();
    await turn();
    at(0).fail(conflict());
    await turn();
    expect(late).toHaveLength(1);
    expect(at(1).write.act).toMatchObject({ values: { title: 'c' } });
    at(1).answer({ version: 6 });
    await turn();
    expect(queue.list()).toMatchObject([{ state: 'conflict', act: { values: { stage: 'b', amount: 2 } } }]);
    expect(shown.size).toBe(0);

    queue.retry(queue.list()[0]?.key ?? '', 6);
    await turn();
    expect(at(2).write).toMatchObject({ seen: 6, act: { values: { stage: 'b', amount: 2 } } });
    expect(at(2).write.key).not.toBe(at(0).write.key);
    at(2).answer({ version: 7 });
    await turn();
    expect(queue.list()).toEqual([]);
    expect(sent).toHaveLength(3);
  });

  test('refused while somebody looks: they are told, and keep what they typed; refused later: it is kept here', async () => {
    const { change, at, queue, late } = tab();
    const looked = change({ title: '' }, { inPlace: true });
    const told = expect(looked.outcome).rejects.toMatchObject({ code: 'invalid' });
    await turn();
    at(0).fail(new ApiError('invalid', 'no'));
    await told;
    expect(queue.list()).toEqual([]);
    const waited = change({ title: 'typed' }, { inPlace: true });
    await turn();
    at(1).fail(new OfflineError());
    await waited.outcome;
    void queue.flush();
    await turn();
    at(2).fail(new ApiError('not_found', 'gone'));
    await turn();
    expect(late).toMatchObject([
      { state: 'refused', act: { values: { title: 'typed' } }, why: { code: 'not_found' } },
    ]);
    expect(states(queue)).toEqual(['refused']);
  });

  test('what may have arrived, and is older than the server remembers, is not said twice without asking', async () => {
    const { queue, at, sent, link, late } = tab();
    const said = queue.add(say, { line: 'ticket/9', seen: null });
    await turn();
    at(0).fail(new OfflineError());
    link.up = false;
    await said.outcome;
    await vi.advanceTimersByTimeAsync(LIMITS.key_ms + 60_000);
    link.up = true;
    void queue.flush();
    await turn();
    expect(sent).toHaveLength(1);
    expect(late).toMatchObject([{ state: 'unsure' }]);
  });

  test('what is a week old is not sent without asking', async () => {
    const { change, queue, sent, link } = tab();
    link.up = false;
    await change({ stage: 'a' }).outcome;
    await vi.advanceTimersByTimeAsync(LIMITS.age_ms + 60_000);
    link.up = true;
    void queue.flush();
    await turn();
    expect(states(queue)).toEqual(['old']);
    queue.retry(queue.list()[0]?.key ?? '');
    await turn();
    expect(sent).toHaveLength(1);
  });
});

describe('several tabs, and those that come after them', () => {
  test('what one tab could not send is shown in another, sent by one of them, and gone in both', async () => {
    const browser = new SharedBrowser();
    const [one, other] = [tab(browser), tab(browser)];
    one.link.up = other.link.up = false;
    await one.change({ stage: 'a' }).outcome;
    await turn();
    expect(other.shown.size).toBe(1);
    one.link.up = other.link.up = true;
    void one.queue.flush();
    void other.queue.flush();
    await turn();
    expect(one.sent.length + other.sent.length).toBe(1);
    [...one.sent, ...other.sent][0]?.answer({ version: 2 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(one.sent.length + other.sent.length).toBe(1);
    for (const { queue, shown } of [one, other]) expect([queue.list().length, shown.size]).toEqual([0, 0]);
    expect(browser.keys()).toEqual([]);
  });

  test('a page that is loaded anew goes on where the last one was, with the same key, order and version', async () => {
    const browser = new SharedBrowser();
    const before = tab(browser);
    before.link.up = false;
    await before.change({ stage: 'a' }, { seen: 3 }).outcome;
    await before.change({ stage: 'b' }, { seen: 3 }).outcome;
    const keys = before.queue.list().map(({ key }) => key);
    before.queue.leave(true);
    const after = tab(browser);
    expect(after.shown.size).toBe(2);
    void after.queue.flush();
    await turn();
    expect(after.at(0).write).toMatchObject({ key: keys[0], seen: 3, act: { values: { stage: 'a' } } });
    after.at(0).answer({ version: 5 });
    await turn();
    expect(after.at(1).write).toMatchObject({ key: keys[1], seen: 5, act: { values: { stage: 'b' } } });
  });

  test('what another tab has done under the same key is done, whatever the server says of it now', async () => {
    const { change, at, queue, late } = tab();
    change({ stage: 'a' });
    await turn();
    at(0).fail(new ApiError('idempotency_conflict', 'used'));
    await turn();
    expect([queue.list(), late]).toEqual([[], []]);
  });
});

describe('the end of the session', () => {
  test('ordered: what waits is discarded and counted, and none of it is sent later', async () => {
    const { change, link, queue, browser, sent } = tab();
    link.up = false;
    await change({ stage: 'a' }).outcome;
    expect(queue.leave(false)).toBe(1);
    link.up = true;
    await queue.flush();
    await vi.advanceTimersByTimeAsync(120_000);
    expect([sent.length, browser.keys()]).toEqual([0, []]);
  });

  test('by itself: a write under way is not lost, and goes with the next session of the same person', async () => {
    const { change, at, queue, browser } = tab();
    const added = change({ stage: 'a' });
    const told = expect(added.outcome).rejects.toMatchObject({ code: 'session_ended' });
    await turn();
    at(0).fail(new ApiError('session_ended', 'over'));
    await told;
    queue.leave(true);
    const after = tab(browser);
    void after.queue.flush();
    await turn();
    expect(after.at(0).write.key).toBe(at(0).write.key);
  });
});
