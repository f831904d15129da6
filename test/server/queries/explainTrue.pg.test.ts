import { describe, expect, test } from 'vitest';
import { loadActors } from '../../../server/access/loadActor.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import type { App, Caller } from '../../../server/lib/app.ts';
import { explain } from '../../../server/queries/explain.ts';
import { findRecord } from '../../../server/queries/findRecord.ts';
import { whoCanSee } from '../../../server/queries/whoCanSee.ts';
import { fetchImage } from '../../../server/records/imageSql.ts';
import { actorSets, type Actor, type Image, type Role } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { ApiError, type ErrorCode } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { Dice } from '../../world/dice.ts';
import { askOracle, type Answer } from '../../world/oracle.ts';
import { randomOrganisation } from '../../world/randomOrganisation.ts';
import { failsUnshared, failsWithout, holdsAlone, isWhatIsLacking, type Asked } from './truths.ts';

// Random organisations are asked why, about anybody and anything. What is answered must be what the oracle says
// (test/world/oracle.ts), what the doors do, and what happens when just that is changed which the answer names.
//
// `SEED=… npx vitest run test/server/queries/explainTrue` throws the same again.

const seed = Dice.runSeed();
const WORLDS = 3;
const ACTIONS = ['read', 'update', 'delete', 'assign', 'export', 'read_thread', 'reply', 'note'] as const;
/** Of all that can be asked in a world, so much is. */
const QUESTIONS = 1_000;
const PATCHES = 120;
const BUSINESS = ['company', 'contact', 'product', 'deal', 'activity', 'ticket'];

const tally = { asked: 0, yes: 0, no: 0, alone: 0, without: 0, shared: 0, lacking: {} as Record<string, number>, patched: 0, patchRefused: 0, seers: 0 }; // prettier-ignore

describe(`an explanation is true (SEED=${seed})`, () => {
  test.each(Array.from({ length: WORLDS }, (_, i) => seed + i))(
    'world %i',
    { timeout: 120_000 },
    async (own) => {
      const dice = new Dice(own);
      const { sql, drop } = await freshDatabase();
      const organisation = await randomOrganisation(sql, dice, dice.int(4, 9));
      const app: App = { sql, registry: organisation.registry, nodeId: 'test', poke: () => undefined };
      const world = await lookAt(app, organisation.records);
      for (let i = 0; i < QUESTIONS; i++) await askOne(app, world, dice, i < PATCHES);
      for (let i = 0; i < 12; i++) await askWho(app, world, dice);
      await drop();
    },
  );

  test('there were answers of all kinds', () => {
    expect(tally.asked).toBe(WORLDS * QUESTIONS);
    for (const kind of [
      'yes',
      'no',
      'alone',
      'without',
      'shared',
      'patched',
      'patchRefused',
      'seers',
    ] as const)
      expect(tally[kind], kind).toBeGreaterThan(0);
    expect(Object.keys(tally.lacking).sort()).toEqual(['bin', 'field', 'grant', 'inactive', 'never', 'reach', 'restriction']); // prettier-ignore
  });
});

interface World {
  people: string[];
  actors: Map<string, Actor>;
  records: { object: ObjectDef; image: Image }[];
  oracle: Map<string, Answer>;
}

async function lookAt(app: App, ids: Record<string, string[]>): Promise<World> {
  const { sql, registry } = app;
  const people = (await sql<{ id: string }[]>`select id from user_account order by id`).map(({ id }) => id);
  const oracle = await askOracle(sql, registry);
  const records = [];
  for (const object of registry.objects.values()) {
    for (const id of ids[object.name] ?? []) {
      const image = await transaction(sql, (tx) => fetchImage(tx, object, id, { lock: false }));
      if (image) records.push({ object, image });
    }
  }
  return {
    people,
    actors: await loadActors(sql, people),
    records,
    oracle: new Map(oracle.map((one) => [`${one.person} ${one.object} ${one.id}`, one])),
  };
}

async function askOne(app: App, world: World, dice: Dice, patch: boolean): Promise<void> {
  const { registry } = app;
  const user = dice.pick(world.people);
  // Half of them about what they may do something with.
  const near = world.records.filter(({ object, image }) =>
    world.oracle.has(`${user} ${object.name} ${image.id}`),
  );
  const { object, image } = dice.pick(dice.chance(0.6) && near.length > 0 ? near : world.records);
  const field = dice.chance(0.7) ? dice.pick(Object.keys(object.fields)) : undefined;
  const action = patch ? 'update' : dice.pick(field === undefined ? ACTIONS : (['read', 'read', 'update', 'assign', 'export'] as const)); // prettier-ignore
  const said = { user, action, object: object.name, id: image.id, field };
  const answer = await explain(app, overseer, said);
  const right = world.oracle.get(`${user} ${object.name} ${image.id}`);
  const complain = (what: string) => JSON.stringify({ what, said, answer, right, image }, null, 1);

  expect(answer.allowed, complain('the oracle')).toBe(oracleSays(object, right, action, field));
  expect(answer.because.length > 0, complain('paths')).toBe(answer.allowed);
  expect(answer.lacking.length > 0, complain('lacking')).toBe(!answer.allowed);
  tally.asked++;
  tally[answer.allowed ? 'yes' : 'no']++;
  for (const { kind } of answer.lacking) tally.lacking[kind] = (tally.lacking[kind] ?? 0) + 1;

  const actor = world.actors.get(user);
  if (!actor) return expect(answer.lacking, complain('inactive')).toEqual([{ kind: 'inactive' }]);
  const asked: Asked = { registry, actor, object, image, action, field };
  if (answer.allowed) {
    expect(holdsAlone(asked, dice), complain('a path holds by itself')).toBe(true);
    const without = failsWithout(asked);
    if (without !== null) expect(without, complain('taken away')).toBe(true);
    const unshared = failsUnshared(asked);
    if (unshared !== null) expect(unshared, complain('shared no more')).toBe(true);
    tally.alone++;
    if (without) tally.without++;
    if (unshared) tally.shared++;
  } else expect(isWhatIsLacking(asked), complain('what is lacking')).toBe(true);

  if (action === 'read') {
    const seen = await findRecord(app, actor, object, image.id);
    const shown = seen !== null && (field === undefined || field in seen);
    expect(shown, complain('what is shown')).toBe(answer.allowed);
  }
  // What an organisation is made of asks for more than a grant.
  if (patch && field !== undefined && BUSINESS.includes(object.name)) {
    const did = await tryToPatch(app, actor, object, image, field);
    if (did === 'unknown') return;
    expect(did === 'done', complain(`the patch: ${did}`)).toBe(answer.allowed);
    if (did === 'done') tally.patched++;
    else tally.patchRefused++;
  }
}

async function askWho(app: App, world: World, dice: Dice): Promise<void> {
  const { object, image } = dice.pick(world.records);
  const field = dice.chance(0.5) ? dice.pick(Object.keys(object.fields)) : undefined;
  const { people, total, groups } = await whoCanSee(app, overseer, {
    object: object.name,
    id: image.id,
    field,
  });
  const should = world.people.filter((user) =>
    oracleSays(object, world.oracle.get(`${user} ${object.name} ${image.id}`), 'read', field),
  );
  expect(people.map(({ user }) => user).sort()).toEqual(should.sort());
  expect(total).toBe(should.length);
  tally.seers += total;
  for (const { key, people: many } of groups) {
    const those = await whoCanSee(app, overseer, { object: object.name, id: image.id, field, group: key });
    expect(those.people).toHaveLength(many);
  }
  if (total > 0) expect(groups.length).toBeGreaterThan(0);
}

/** Whoever may ask about everyone, and sees nothing. */
const overseer: Caller = {
  actor: {
    kind: 'person',
    userId: newId(),
    sets: actorSets(''),
    roles: [
      { id: newId(), name: '', purpose: '', grants: {}, fields: {}, system: ['read_audit'] } satisfies Role,
    ],
    fingerprint: 'overseer',
  },
  sessionId: newId(),
  address: '',
  requestId: 'test',
};

function oracleSays(
  { fields }: ObjectDef,
  answer: Answer | undefined,
  action: (typeof ACTIONS)[number],
  field: string | undefined,
): boolean {
  if (!answer) return false;
  if (field === undefined) return answer.actions.includes(action);
  if (action === 'read') return answer.readable.includes(field);
  if (action === 'export') return answer.readable.includes(field) && answer.actions.includes('export');
  return answer.editable.includes(field) && (action === 'update' || fields[field]?.assigns === true);
}

/** Gives a field the value that it has. `unknown`: another rule than access stood in the way. */
async function tryToPatch(
  app: App,
  actor: Actor,
  object: ObjectDef,
  image: Image,
  field: string,
): Promise<'done' | 'unknown' | ErrorCode> {
  const caller = await signedIn(app.sql, app, actor);
  const request = { object: object.name, id: image.id, values: { [field]: image[field] ?? null } };
  try {
    await updateRecord(app, caller, request);
    return 'done';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Where something stands in a tree is administration, which asks for more than a grant.
    if (error.details.needs === 'manage_users') return 'unknown';
    const refused = ['not_found', 'not_allowed', 'field_not_editable', 'unknown_field'];
    return refused.includes(error.code) ? error.code : 'unknown';
  }
}

const sessions = new Map<string, Caller>();

async function signedIn(sql: Sql, app: App, actor: Actor): Promise<Caller> {
  const key = `${actor.userId} ${actor.fingerprint}`;
  let caller = sessions.get(key);
  if (!caller) {
    const base = { address: '127.0.0.1', requestId: 'test' };
    const { session } = await transaction(sql, (tx) =>
      createSession(tx, app, { userId: actor.userId, method: 'password', device: 'Test', ...base }),
    );
    sessions.set(key, (caller = { actor, sessionId: session.sessionId, ...base }));
  }
  return caller;
}
