import { beforeAll, describe, expect, test } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { toJson } from '../../../server/db/json.ts';
import { transaction, type Tx } from '../../../server/db/transaction.ts';
import type { App, Caller } from '../../../server/lib/app.ts';
import { readLog } from '../../../server/outbox/log.ts';
import { readThread } from '../../../server/queries/thread.ts';
import { changeRecord, insertRecord } from '../../../server/records/write.ts';
import { mask, type Image } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { freshDatabase } from '../../world/database.ts';
import { Dice } from '../../world/dice.ts';
import { randomOrganisation, type Organisation } from '../../world/randomOrganisation.ts';
import { CREATED_AT } from '../../world/thrown.ts';
import { asking, Questions, type Request } from './asking.ts';

// What is only noted leaves no trace for those who may not read notes, and what was said none for those who may not read
// the thread. Two stores differ in nothing but private notes – what they say, whom they mention, how many there are –
// and in the text of messages in tickets that are not theirs. An agent without the right, and a customer, are answered
// by both with the same bytes. `version` and `seq` count hidden changes, too: the exceptions that the design states.

const seed = Dice.runSeed();
const CANARY = 'canary';
const OBJECTS = ['ticket', 'message', 'note', 'notification', 'queue', 'tag', 'channel', 'user'];

interface Store {
  app: App;
  organisation: Organisation;
  /** Reads all tickets, and the thread of own ones; no notes. */
  agent: Caller;
  customer: Caller;
}
let stores: [Store, Store];

beforeAll(async () => {
  stores = [await build(1), await build(2)];
  const [one, two] = await Promise.all(
    stores.map(async ({ app: { sql } }) => [
      await sql`select body, mention_ids from note order by id`,
      await sql`select preview, note_preview from ticket order by id`,
    ]),
  );
  expect(JSON.stringify(one), 'the two stores do differ').not.toBe(JSON.stringify(two));
}, 60_000);

describe.each(['agent', 'customer'] as const)(`to the %s (SEED=${seed})`, (who) => {
  test(
    'every list, order, filter, search, total, record, thread, history, reason and refusal is the same',
    {
      timeout: 120_000,
    },
    async () => {
      const [one, two] = await Promise.all(stores.map((store) => answers(store, who)));
      const all = must(one, 'answers');
      expect(Object.keys(all).length).toBeGreaterThan(150);
      expect(two).toEqual(one);
      // Questions may hold the word, answers may not.
      expect(Object.values(all).join()).not.toContain(CANARY);
      expect(all['list ticket {}']).toContain('"subject"');
      expect(all['list note {}']).toBe(
        '{"first":{"rows":[],"next":null,"totals":{"count":0,"sum":{}}},"second":null}',
      );
    },
  );

  test('every event is the same, and nothing at all where only a note was written', async () => {
    const [one, two] = await Promise.all(stores.map((store) => events(store, who)));
    expect(must(one, 'events').length).toBeGreaterThan(3);
    expect(two).toEqual(one);
    expect(must(one, 'events').join()).not.toContain(CANARY);
  });
});

test('asking by what comes from notes is refused by name', async () => {
  for (const { app, agent, customer } of stores) {
    const ticket = app.registry.get('ticket');
    for (const name of ['note_preview', 'last_note_at', 'mentioned']) {
      for (const caller of [agent, customer]) {
        const questions = new Questions(app, caller);
        for (const request of asking(must(ticket.fields[name], name))) await questions.list(ticket, request);
        for (const answer of Object.values(questions.answers))
          expect(JSON.parse(answer)).toMatchObject({ error: { code: 'field_not_readable', fields: { [name]: 'Not readable' } } }); // prettier-ignore
      }
    }
  }
});

// —— the stores ——

async function build(which: 1 | 2): Promise<Store> {
  const { sql } = await freshDatabase();
  const dice = new Dice(seed);
  const organisation = await randomOrganisation(sql, dice, 10);
  const { registry } = organisation;
  const app: App = { sql, registry, nodeId: 'test', poke: () => undefined };
  const agentId = await hire(sql, organisation);
  const customerId = await welcome(sql, organisation);
  const tickets = await sql<{ id: string; theirs: boolean }[]>`
    select id, coalesce(assignee_id = ${agentId} or ${agentId} = any (participant_ids) or customer_id = ${customerId}, false) as theirs
    from ticket where deleted_at is null order by id
  `;
  for (const [i, { id, theirs }] of tickets.entries())
    await transaction(sql, (tx) => converse(tx, app, organisation, { which, i, id, theirs }));
  await sql`select sequence_batch(10000)`;
  const caller = async (id: string): Promise<Caller> => {
    const actor = must(await loadActor(sql, id), 'an actor');
    return { actor, sessionId: id, address: '', requestId: '' };
  };
  return { app, organisation, agent: await caller(agentId), customer: await caller(customerId) };
}

/** The same for both, but for the words of notes and of hidden messages, and for how many notes there are. */
async function converse(
  tx: Tx,
  app: App,
  { people }: Organisation,
  { which, i, id, theirs }: { which: 1 | 2; i: number; id: string; theirs: boolean },
): Promise<void> {
  const ids = new Dice(i);
  const ctx = { actorId: must(people[1], 'a colleague'), requestId: 'test', at: at(i) };
  const say = async (from: 'us' | 'customer', body: string) => {
    const values = { ticket: id, body, from };
    await insertRecord(tx, app, ctx, app.registry.get('message'), values, { id: ids.id() });
  };
  await say('customer', 'A question');
  await say('us', theirs ? 'An answer' : `${CANARY} ${which}`);
  const notes = [ids.id(), ids.id(), ids.id()].slice(0, which === 1 ? i % 3 : 2);
  for (const note of notes) {
    const mentions = which === 1 ? people.slice(1) : people.slice(1, 2);
    const values = { ticket: id, body: `${CANARY} of note ${which}`, mentions, lesson: CANARY };
    await insertRecord(tx, app, ctx, app.registry.get('note'), values, { id: note });
  }
  await changeRecord(tx, app, ctx, app.registry.get('ticket'), id, { subject: `Subject ${i}` });
  const [note] = await tx<
    { id: string }[]
  >`select id from note where ticket_id = ${id} and deleted_at is null order by id limit 1`;
  if (note)
    await changeRecord(tx, app, ctx, app.registry.get('note'), note.id, {
      body: `${CANARY} changed ${which}`,
    });
}

const at = (i: number): string => new Date(Date.parse(CREATED_AT) + i * 60_000).toISOString();

async function hire(sql: Sql, { people, teams, records }: Organisation): Promise<string> {
  const id = must(people[0], 'somebody');
  await sql`update user_account set active = true, deleted_at = null, team_id = ${must(teams[0], 'a team')} where id = ${id}`;
  // What their teams hold would be theirs too.
  await sql`delete from role_assignment where user_id = ${id} or team_id is not null`;
  // What is shared with them shows its thread, too: this is about what is not.
  await sql`update sharing_rule set active = false where object = 'ticket'`;
  await sql`delete from share where object = 'ticket'`;
  const mine = (records['ticket'] ?? []).slice(0, 3);
  await sql`update ticket set assignee_id = ${id} where id = any (${mine}::uuid[])`;
  await sql`update message set assignee_id = ${id} where ticket_id = any (${mine}::uuid[])`;
  await sql`update note set assignee_id = ${id} where ticket_id = any (${mine}::uuid[])`;
  const roles = [
    { ticket: { read: ['all'], update: ['team'], assign: ['all'], delete: ['own'], export: ['all'] } },
    { ticket: { read_thread: ['own'] } },
  ];
  for (const [i, grants] of roles.entries()) {
    const role = new Dice(i).id();
    await sql`insert into role (id, name, grants) values (${role}, ${`Agent ${i}`}, ${toJson(sql, grants)})`;
    await sql`insert into role_assignment (id, user_id, role_id) values (${role}, ${id}, ${role})`;
  }
  return id;
}

/** A customer of two tickets, one of them the agent's. */
async function welcome(sql: Sql, { visitors, records }: Organisation): Promise<string> {
  const id = must(visitors[0], 'a visitor');
  await sql`update visitor set ended_at = null, expires_at = now() + interval '1 hour' where id = ${id}`;
  const theirs = (records['ticket'] ?? []).slice(2, 4);
  for (const [table, column] of [
    ['ticket', 'id'],
    ['message', 'ticket_id'],
    ['note', 'ticket_id'],
  ] as const)
    await sql`
      update ${sql(table)} set customer_id = ${id}, deleted_at = null where ${sql(column)} = any (${theirs}::uuid[])
    `;
  return id;
}

// —— the questions ——

async function answers(store: Store, who: 'agent' | 'customer'): Promise<Record<string, string>> {
  const { app, organisation, [who]: caller } = store;
  const questions = new Questions(app, caller, apart);
  for (const object of OBJECTS.map((name) => app.registry.get(name))) {
    const requests: Request[] = [
      {},
      { q: CANARY },
      { q: 'changed' },
      ...new Dice(seed).some(
        Object.values(object.fields).flatMap(asking),
        object.name === 'ticket' ? 0.5 : 0.2,
      ),
    ];
    for (const request of requests) await questions.list(object, request);
    await questions.snapshot(object);
    const ids = organisation.records[object.name] ?? [];
    for (const id of ids) await questions.record(object, id);
    for (const id of ids.slice(0, 4))
      await questions.reasons(object, id, REASONS[object.name] ?? [undefined]);
  }
  for (const id of organisation.records['ticket'] ?? [])
    await questions.ask(`thread ${id}`, readThread(app, caller.actor, id));
  return questions.answers;
}

const REASONS: Record<string, (string | undefined)[]> = {
  ticket: [undefined, 'note_preview', 'mentioned', 'preview', 'subject'],
  note: [undefined, 'body'],
  message: [undefined, 'body'],
};

async function events(store: Store, who: 'agent' | 'customer'): Promise<string[]> {
  const { app, [who]: caller } = store;
  const shown = (object: string, image: Image | null) => {
    const seen = image && mask(caller.actor, app.registry, app.registry.get(object), image);
    return seen && JSON.stringify(seen, apart);
  };
  return (await readLog(app.sql, 0, 10_000)).flatMap(({ object, before, after }) => {
    const change = [shown(object, before), shown(object, after)];
    return change[0] === change[1] ? [] : [JSON.stringify([object, ...change])];
  });
}

/** Leaves out what counts hidden changes as well. */
const apart = (key: string, value: unknown): unknown =>
  ['version', 'seq', 'head', 'pending'].includes(key) || (key === 'next' && typeof value === 'number')
    ? undefined
    : value;
