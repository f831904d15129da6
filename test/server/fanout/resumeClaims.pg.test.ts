import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { open } from '../../../server/fanout/opening.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { SOCKET_LIMITS, type OpenAnswer } from '../../../shared/protocol/index.ts';
import { Absence, MINE } from './absence.ts';

// What a client says that it holds is taken for no more than that.

const ben = await Absence.begin();
afterAll(() => ben.pair.stop());
beforeEach(() => ben.clear());

describe('what is said of oneself is not believed', () => {
  /** What Ben is answered who says that he holds these. */
  async function ask(
    have: [string, number, string][],
    since = ben.client.node.cursor(ben.client.subscriber),
  ) {
    const answers: OpenAnswer[] = [];
    await open(ben.client.node, ben.client.subscriber, { id: 'asked', view: MINE, since, have }, (one) =>
      answers.push(one),
    );
    ben.client.subscriber.views.delete('asked');
    return must(answers[0], 'an answer');
  }

  test('what is not theirs to see is answered like what never was', async () => {
    const [hidden] = await ben.deals(1, { owner: ben.world.ids.cem });
    const never = newId();
    const answer = await ask([
      [hidden!, 1, 'x'],
      [never, 1, 'x'],
    ]);
    expect(answer).toMatchObject({ rows: [], gone: [hidden, never] });
    expect((await ask([[hidden!, 1, 'x']])).gone).toEqual([hidden]);
  });

  test('nor is it listened to afterwards', async () => {
    const [hidden] = await ben.deals(1, { owner: ben.world.ids.cem });
    const held = ben.client.node.cursor(ben.client.subscriber);
    const view = { ...MINE, limit: 1 };
    await open(
      ben.client.node,
      ben.client.subscriber,
      { id: 'asked', view, since: held, have: [[hidden!, 1, 'x']] },
      () => undefined,
    );
    const heard = ben.client.bytes.length;
    await ben.change(hidden!, { title: 'Not theirs' });
    await ben.remove(hidden!);
    ben.pair.wake(0);
    await ben.pair.quiet();
    expect(ben.client.bytes.slice(heard).join()).not.toContain(hidden!);
    ben.client.subscriber.views.delete('asked');
  });

  test.each([
    '',
    '.',
    '..',
    '~',
    'null',
    '%00',
    '\u0000',
    'é'.repeat(300),
    `${newId()}.1.x`,
    'constructor.',
    '0.0.0~0.0',
  ])('by the cursor %j the answer is whole', async (since) => {
    const [mine] = await ben.deals(1);
    expect(await ask([[mine!, 1, 'x']], since)).toMatchObject({ reset: true, rows: [{ id: mine }] });
  });

  test('another version, another tag, the same twice: it is told', async () => {
    const [mine] = await ben.deals(1);
    const row = must(ben.client.replica.told('deal', mine!), 'the deal');
    const { message } = must(ben.client.last.get('v0'), 'an opening');
    expect(message.view).toBeDefined();
    await ben.client.open('v0');
    const [, version, tag] = must(ben.client.last.get('v0')?.message.have?.[0], 'what is held');
    expect(version).toBe(row.version);
    for (const [v, t] of [
      [version + 1, tag],
      [version - 1, tag],
      [version, ''],
      [version, `${tag} `],
    ] as const)
      // prettier-ignore
      expect((await ask([[mine!, v, t]])).rows).toHaveLength(1);
    expect((await ask([[mine!, version, ''], [mine!, version, tag]])).rows).toHaveLength(0); // prettier-ignore
    const many = Array.from({ length: SOCKET_LIMITS.have }, (): [string, number, string] => [
      newId(),
      1,
      tag,
    ]);
    expect((await ask(many)).gone).toHaveLength(SOCKET_LIMITS.have);
  });
});
