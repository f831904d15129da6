import { describe, expect, test, vi } from 'vitest';
import { OfflineError } from '../../../client/net/http.ts';
import { Writes } from '../../../client/stores/writes.ts';
import { ApiError } from '../../../shared/protocol/errors.ts';

type Answer = { version: number };
const queue = (waiting: (keys: string[]) => void = () => undefined) =>
  new Writes({ waiting, retry_ms: 60_000 });

/** A write whose sending is answered by hand. */
function held(fields: string[], seen = 1) {
  const sent: {
    version: number | null;
    key: string;
    answer(value: Answer): void;
    fail(error: unknown): void;
  }[] = [];
  const send = (version: number | null, key: string) =>
    new Promise<Answer>((answer, fail) => sent.push({ version, key, answer, fail }));
  return { fields, seen, send, sent };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('writes of one record', () => {
  test('go one after the other; those of another record beside them', async () => {
    const writes = queue();
    const [first, second, other] = [held(['stage']), held(['stage']), held(['stage'])];
    void writes.add('deal/1', first);
    void writes.add('deal/1', second);
    void writes.add('deal/2', other);
    await turn();
    expect([first.sent.length, second.sent.length, other.sent.length]).toEqual([1, 0, 1]);
    first.sent[0]?.answer({ version: 2 });
    await turn();
    expect(second.sent).toHaveLength(1);
  });

  test('a second write of the same field builds upon the first, so it is no conflict with oneself', async () => {
    const writes = queue();
    const [first, second] = [held(['stage'], 4), held(['stage'], 4)];
    void writes.add('deal/1', first);
    void writes.add('deal/1', second);
    await turn();
    first.sent[0]?.answer({ version: 7 });
    await turn();
    expect(second.sent[0]?.version).toBe(7);
  });

  test('a second write of another field keeps to the version that was seen, so that a foreign change is noticed', async () => {
    const writes = queue();
    const [first, second] = [held(['stage'], 4), held(['amount'], 4)];
    void writes.add('deal/1', first);
    void writes.add('deal/1', second);
    await turn();
    first.sent[0]?.answer({ version: 7 });
    await turn();
    expect(second.sent[0]?.version).toBe(4);
  });

  test('a refused write does not hold up the next', async () => {
    const writes = queue();
    const [first, second] = [held(['stage']), held(['amount'])];
    const refused = expect(writes.add('deal/1', first)).rejects.toMatchObject({ code: 'invalid' });
    void writes.add('deal/1', second);
    await turn();
    first.sent[0]?.fail(new ApiError('invalid', 'no'));
    await refused;
    await turn();
    expect(second.sent).toHaveLength(1);
  });
});

describe('without a connection', () => {
  test('a write waits, is sent again once with the same key, and then takes off what it showed', async () => {
    const waiting = vi.fn();
    const settled = vi.fn();
    const writes = queue(waiting);
    const write = held(['stage']);
    const added = writes.add('deal/1', { ...write, settled });
    await turn();
    write.sent[0]?.fail(new OfflineError());
    expect(await added).toBe('waiting');
    expect(waiting).toHaveBeenLastCalledWith(['deal/1']);
    expect(settled).not.toHaveBeenCalled();

    void writes.flush();
    void writes.flush();
    await turn();
    expect(write.sent).toHaveLength(2);
    expect(write.sent[1]?.key).toBe(write.sent[0]?.key);
    write.sent[1]?.answer({ version: 2 });
    await turn();
    expect(settled).toHaveBeenCalledTimes(1);
    expect(waiting).toHaveBeenLastCalledWith([]);
  });

  test('what follows waits too, and keeps its order', async () => {
    const writes = queue();
    const [first, second] = [held(['stage']), held(['stage'])];
    void writes.add('deal/1', first);
    const later = writes.add('deal/1', second);
    await turn();
    first.sent[0]?.fail(new OfflineError());
    expect(await later).toBe('waiting');
    void writes.flush();
    await turn();
    first.sent[1]?.answer({ version: 2 });
    await turn();
    expect(second.sent[0]?.version).toBe(2);
  });

  test('a refusal after the wait is told', async () => {
    const writes = queue();
    const refusedLate = vi.fn();
    const write = held(['stage']);
    const added = writes.add('deal/1', { ...write, refusedLate });
    await turn();
    write.sent[0]?.fail(new OfflineError());
    await added;
    void writes.flush();
    await turn();
    write.sent[1]?.fail(new ApiError('not_found', 'gone'));
    await turn();
    expect(refusedLate).toHaveBeenCalledWith(expect.objectContaining({ code: 'not_found' }));
  });

  test('an end of the session discards what waits, counts it, and sends none of it later', async () => {
    const writes = queue();
    const write = held(['stage']);
    const added = writes.add('deal/1', write);
    await turn();
    write.sent[0]?.fail(new OfflineError());
    await added;
    expect(writes.clear()).toBe(1);
    await writes.flush();
    expect(write.sent).toHaveLength(1);
  });
});
