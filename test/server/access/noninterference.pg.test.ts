import { beforeAll, expect, test } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import type { Caller } from '../../../server/lib/app.ts';
import { readLog } from '../../../server/outbox/log.ts';
import { orderExport } from '../../../server/queries/exportRecords.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { snapshot } from '../../../server/queries/snapshot.ts';
import { mask } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { parseView } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { asking, Questions, type Request } from './asking.ts';
import { CANARIES, HIDDEN_ON_OTHERS, hiddenOf, openTwins, WANTED, type Twin } from './twins.ts';

// A hidden field leaves no trace. Two stores differ in nothing but fields that a Sales assistant may not read; whatever
// the assistant asks of the two, the answers are the same to the last byte. What the doors say is asked by
// noninterferenceDoors.pg.test.ts, and what open screens are told by noninterferenceLive.pg.test.ts.

const seed = Dice.runSeed();

type Store = Twin & { caller: Caller };
let stores: Store[];

beforeAll(async () => {
  const twins = await openTwins(seed);
  stores = await Promise.all(
    twins.map(async (twin) => {
      const { id } = twin.assistant;
      const actor = must(await loadActor(twin.app.sql, id), 'the assistant');
      return { ...twin, caller: { actor, sessionId: id, address: '', requestId: '' } };
    }),
  );
  const texts = await Promise.all(stores.map(hiddenOf));
  expect(texts[0], 'the two stores do differ').not.toBe(texts[1]);
});

test(
  `every list, file, order, filter, search, sum, record, history and reason is the same (SEED=${seed})`,
  { timeout: 90_000 },
  async () => {
    const [one, two] = await Promise.all(stores.map(answers));
    expect(Object.keys(must(one, 'answers')).length).toBeGreaterThan(120);
    expect(two).toEqual(one);
    expect(must(one, 'answers')['file deal {} ']).toContain('Id,Title,');
    expect(JSON.stringify(Object.values(must(one, 'answers')))).not.toMatch(CANARIES);
  },
);

test(`every event is the same for the assistant, before and after (SEED=${seed})`, async () => {
  const [one, two] = await Promise.all(
    stores.map(async ({ app, caller }) =>
      (await readLog(app.sql, 0, 10_000)).map(({ seq, object, id, version, before, after }) => {
        const shown = (image: typeof before) =>
          image && mask(caller.actor, app.registry, app.registry.get(object), image);
        return JSON.stringify([seq, object, id, version, shown(before), shown(after)]);
      }),
    ),
  );
  expect(two).toEqual(one);
});

test('asking by a hidden field is refused, by name, whatever is asked', async () => {
  for (const { app, caller, hidden } of stores) {
    for (const [name, fields] of Object.entries(hidden)) {
      const object = app.registry.get(name);
      for (const field of fields.map((name) => must(object.fields[name], name))) {
        for (const request of asking(field)) {
          const view = parseView(object, request);
          const refusal = {
            code: 'field_not_readable',
            details: { fields: { [field.name]: 'Not readable' } },
          };
          await expect(listRecords(app, caller.actor, view), JSON.stringify(request)).rejects.toMatchObject(
            refusal,
          );
          await expect(snapshot(app, caller.actor, view)).rejects.toMatchObject(refusal);
          expect(() => orderExport(app.registry, caller.actor, view, undefined)).toThrow(
            expect.objectContaining(refusal),
          );
        }
      }
    }
  }
});

/** Everything the assistant can ask, by the question. */
async function answers({ app, caller, organisation, hidden }: Store): Promise<Record<string, string>> {
  const questions = new Questions(app, caller);
  const dice = new Dice(seed);
  for (const name of Object.keys(hidden)) {
    const object = app.registry.get(name);
    const visible = Object.values(object.fields).filter((field) => !hidden[name]?.includes(field.name));
    const requests: Request[] = [
      {},
      { q: 'canary' },
      { q: 'example' },
      { q: 'canary5' },
      { q: '77700' },
      ...dice.some(visible.flatMap(asking), 0.4),
      ...visible.filter(({ name }) => name === HIDDEN_ON_OTHERS).flatMap(asking),
    ];
    for (const request of requests) await questions.list(object, request);
    for (const request of requests.filter((_, i) => i % 3 === 0)) await questions.file(object, request);
    await questions.file(object, {}, [HIDDEN_ON_OTHERS, object.title]);
    await questions.snapshot(object);
    const ids = organisation.records[name] ?? [];
    for (const id of ids) await questions.record(object, id);
    for (const id of ids.slice(0, 3))
      await questions.reasons(object, id, [undefined, ...(hidden[name] ?? [])]);
  }
  for (const q of WANTED) await questions.search(q);
  await questions.health();
  return questions.answers;
}
