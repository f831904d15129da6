import { beforeAll, expect, test } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { toJson } from '../../../server/db/json.ts';
import { transaction } from '../../../server/db/transaction.ts';
import type { App, Caller } from '../../../server/lib/app.ts';
import { readLog } from '../../../server/outbox/log.ts';
import { orderExport } from '../../../server/queries/exportRecords.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { snapshot } from '../../../server/queries/snapshot.ts';
import type { Values } from '../../../server/records/columns.ts';
import { fetchImage } from '../../../server/records/imageSql.ts';
import { changeRecord } from '../../../server/records/write.ts';
import { decide, mask } from '../../../shared/access/index.ts';
import type { Field } from '../../../shared/fields/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { parseView } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { Dice } from '../../world/dice.ts';
import { randomOrganisation, type Organisation } from '../../world/randomOrganisation.ts';
import { CREATED_AT } from '../../world/thrown.ts';
import { asking, Questions, type Request } from './asking.ts';

// A hidden field leaves no trace. Two stores differ in nothing but fields that a Sales assistant may not read; whatever
// the assistant asks of the two, the answers are the same to the last byte.

const seed = Dice.runSeed();
const HIDDEN: Record<string, string[]> = {
  deal: ['amount', 'discount', 'margin'],
  company: ['phone', 'revenue', 'grade'],
  contact: ['email', 'phone'],
  product: ['price', 'stock'],
};
/** Read by the assistant on own deals, and hidden on the others: there it differs. */
const HIDDEN_ON_OTHERS = 'bonus';
/** Found nowhere but in hidden fields. */
const CANARY = 7_770_000;
/** Parts and whole values of hidden fields, and what may be found. */
const WANTED = ['canary', 'canary5', 'canary12@example.com', '@example.com', '77700', '7770005', '+777', 'er', 'an', 'a e', '#3', '12']; // prettier-ignore

interface Store {
  app: App;
  caller: Caller;
  organisation: Organisation;
}
let stores: [Store, Store];

beforeAll(async () => {
  stores = [await build(1), await build(2)];
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
    expect(JSON.stringify(Object.values(must(one, 'answers')))).not.toMatch(/77700\d\d|canary/);
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
  for (const { app, caller } of stores) {
    for (const [name, fields] of Object.entries(HIDDEN)) {
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

/** The same organisation each time, but for what is in the hidden fields now, and was before. */
async function build(which: 1 | 2): Promise<Store> {
  const { sql } = await freshDatabase();
  const organisation = await randomOrganisation(sql, new Dice(seed), 10, {
    ...HIDDEN,
    // What administrators make a rule of may show by what it opens.
    deal: [...(HIDDEN['deal'] ?? []), HIDDEN_ON_OTHERS],
  });
  const { registry, records } = organisation;
  const app: App = { sql, registry, nodeId: 'test', poke: () => undefined };
  const assistant = await hire(sql, organisation);
  const reader = must(await loadActor(sql, assistant.id), 'the assistant');

  // Twice, so that history differs as well; in the end every order of amounts is turned round.
  for (const round of [0, 1]) {
    for (const [name, fields] of Object.entries(HIDDEN)) {
      const object = registry.get(name);
      for (const [i, id] of (records[name] ?? []).entries()) {
        await transaction(sql, async (tx) => {
          const image = await fetchImage(tx, object, id, { lock: true });
          if (!image || image.deleted_at !== null) return;
          // Read on own deals, and on those shared with the assistant, as what is shared opens every grant.
          const own =
            object.name === 'deal' &&
            decide(reader, registry, 'read', object, image, HIDDEN_ON_OTHERS).allowed;
          const n = which === 1 ? 2 * i + round : 99 - i - round * 40;
          const hidden = name === 'deal' && !own ? [...fields, HIDDEN_ON_OTHERS] : fields;
          const values = {
            ...Object.fromEntries(
              hidden.map((field) => [field, canary(must(object.fields[field], field), n)]),
            ),
            ...(round === 1 && i % 2 === 0 ? { team: assistant.team } : {}),
          };
          await changeRecord(
            tx,
            app,
            { actorId: null, requestId: 'test', at: CREATED_AT },
            object,
            id,
            values,
          );
        });
      }
    }
  }
  await sql`select sequence_batch(10000)`;
  const actor = must(await loadActor(sql, assistant.id), 'the assistant');
  return { app, organisation, caller: { actor, sessionId: assistant.id, address: '', requestId: '' } };
}

/** The Sales assistant: the team's deals without amounts, and one field more on deals of their own. */
async function hire(sql: Sql, { people, teams }: Organisation): Promise<{ id: string; team: string }> {
  const id = must(people[0], 'somebody');
  const team = must(teams[0], 'a team');
  await sql`update user_account set active = true, deleted_at = null, team_id = ${team} where id = ${id}`;
  await sql`delete from role_assignment where user_id = ${id}`;
  const grants = {
    deal: { update: ['team'], export: ['team'] },
    company: { read: ['all'], export: ['all'] },
    contact: { read: ['team', 'own'], export: ['own'] },
    product: { read: ['all'], export: ['all'] },
    activity: { read: ['all'], export: ['all'] },
  };
  const roles = [
    { name: 'Sales assistant', grants, fields: { deal: { amount: 'hidden', [HIDDEN_ON_OTHERS]: 'hidden' } } },
    { name: 'Own', grants: { deal: { export: ['own'] } }, fields: { deal: { [HIDDEN_ON_OTHERS]: 'read' } } },
  ];
  for (const [i, { name, grants, fields }] of roles.entries()) {
    const role = new Dice(i).id();
    await sql`
      insert into role (id, name, grants, fields)
      values (${role}, ${name}, ${toJson(sql, grants)}, ${toJson(sql, fields)})
    `;
    await sql`insert into role_assignment (id, user_id, role_id) values (${role}, ${id}, ${role})`;
  }
  return { id, team };
}

function canary(field: Field, n: number): Values[string] {
  switch (field.kind) {
    case 'money':
    case 'integer':
      return CANARY + n;
    case 'percent':
      return n;
    case 'email':
      return `canary${n}@example.com`;
    case 'phone':
      return `+777 00 ${n}`;
    case 'choice':
      return must(field.choices[n % field.choices.length], 'a choice').value;
    default:
      throw new Error(`No canary for ${field.kind}`);
  }
}

/** Everything the assistant can ask, by the question. */
async function answers({ app, caller, organisation }: Store): Promise<Record<string, string>> {
  const questions = new Questions(app, caller);
  const dice = new Dice(seed);
  for (const object of ['deal', 'company', 'contact', 'product', 'activity'].map((name) =>
    app.registry.get(name),
  )) {
    const visible = Object.values(object.fields).filter(
      (field) => !HIDDEN[object.name]?.includes(field.name),
    );
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
    const ids = organisation.records[object.name] ?? [];
    for (const id of ids) await questions.record(object, id);
    for (const id of ids.slice(0, 3))
      await questions.reasons(object, id, [undefined, ...(HIDDEN[object.name] ?? [])]);
  }
  for (const q of WANTED) await questions.search(q);
  await questions.health();
  return questions.answers;
}

async function hiddenOf({ app }: Store): Promise<string> {
  return JSON.stringify(await app.sql`select id, amount, margin, custom from deal order by id`);
}
