import { expect, test, describe } from 'vitest';
import { make } from '../../../../server/commands/governance/preview/make.ts';
import { previewChange } from '../../../../server/commands/governance/preview/previewChange.ts';
import { workOnCriteria } from '../../../../server/commands/governance/rules/fill.ts';
import { fillTerritories } from '../../../../server/commands/governance/territories/fillTerritories.ts';
import { workOnErrands } from '../../../../server/commands/errands/work.ts';
import { perform } from '../../../../server/commands/perform.ts';
import { loadActor } from '../../../../server/access/loadActor.ts';
import { toJson } from '../../../../server/db/json.ts';
import { transaction } from '../../../../server/db/transaction.ts';
import { createSession } from '../../../../server/identity/sessions.ts';
import { fillProgress } from '../../../../server/queries/organisation.ts';
import type { App, Caller } from '../../../../server/lib/app.ts';
import { ApiError, type ErrandAnswer, type PolicyChange } from '../../../../shared/protocol/index.ts';
import { must } from '../../../../shared/lib/must.ts';
import { freshDatabase } from '../../../world/database.ts';
import { Dice } from '../../../world/dice.ts';
import { randomOrganisation, type Organisation } from '../../../world/randomOrganisation.ts';
import { randomPolicy } from '../../../world/randomPolicy.ts';
import { SHARED_OBJECTS } from '../../../world/randomSharing.ts';
import { compare, inOrder, momentOf } from './bruteForce.ts';

// What is said of a change before it is made, held against what `decide` says of every record to every person before
// and after it was made. A seed is part of each test's name: `SEED=… npx vitest run test/server/commands/preview`.

const WORLDS = 4;
const CHANGES = 14;
const seed = Dice.runSeed();
const tally = { compared: 0, gained: 0, lost: 0, orphans: 0, fields: 0, refused: 0, moved: 0 };

const kinds: Partial<Record<PolicyChange['kind'], number>> = {};

describe(`what is said before comes to be (SEED=${seed})`, () => {
  test.each(Array.from({ length: WORLDS }, (_, i) => seed + i))(
    'world %i',
    { timeout: 120_000 },
    async (own) => await live(own),
  );

  // What four worlds had none of, further ones have.
  test('there was something to be said', { timeout: 300_000 }, async () => {
    const enough = (): boolean =>
      Object.keys(kinds).length > 7 &&
      tally.compared > 20 &&
      (['gained', 'lost', 'orphans', 'fields', 'moved'] as const).every((what) => tally[what] > 5);
    for (let i = WORLDS; !enough() && i < WORLDS * 3; i++) await live(seed + i);
    expect(enough(), JSON.stringify({ ...tally, kinds })).toBe(true);
  });
});

/** A world in which some changes are asked about and then made. */
async function live(own: number): Promise<void> {
  const dice = new Dice(own);
  const { sql, drop } = await freshDatabase();
  const world = await randomOrganisation(sql, dice, dice.int(6, 16));
  const app: App = { sql, registry: world.registry, nodeId: 'test', poke: () => undefined };
  // The world's rules mark their records from the beginning.
  await sql`update criteria set filled_at = now()`;
  // Nor is a restriction on its way to other criteria: it would arrive when the first rule is filled.
  await sql`update restriction set former_ids = '{}'`;
  const admin = await administrator(app, dice);
  for (let i = 0; i < CHANGES; i++) {
    const change = dice.chance(0.15) ? await otherRule(app, dice, world) : randomChange(dice, world);
    const before = await momentOf(sql, app.registry);
    let said;
    try {
      said = await previewChange(app, {}, admin, change);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await expect(
        perform(app, admin, (act) => make(act, change, { asBegun: true })),
        'refused as the change is',
      ).rejects.toMatchObject({ code: error.code, message: error.message });
      tally.refused += 1;
      continue;
    }
    const still = await momentOf(sql, app.registry);
    expect(still, 'nothing was changed by asking').toEqual(before);
    await perform(app, admin, (act) => make(act, change, { asBegun: true }));
    await workOnCriteria(app, new AbortController().signal);
    const everyone = change.kind === 'territory_rule';
    if (everyone) {
      const { changed } = await filled(app, admin);
      expect(said.moved, `${own}: ${JSON.stringify(change)}`).toBe(changed);
      tally.moved += changed;
    }
    const found = compare(app.registry, before, await momentOf(sql, app.registry), { everyone });
    expect(inOrder(said), `${own}: ${JSON.stringify(change)}`).toEqual(inOrder(found));
    expect(said.exact).toBe(true);
    tally.compared += 1;
    kinds[change.kind] = (kinds[change.kind] ?? 0) + 1;
    for (const { gained, lost } of said.objects) {
      tally.gained += gained;
      tally.lost += lost;
    }
    tally.orphans += said.orphans.tickets + said.orphans.records;
    tally.fields += said.fields.length;
  }
  await drop();
}

function randomChange(dice: Dice, world: Organisation): PolicyChange {
  const { registry, people, teams, territories, roles } = world;
  switch (dice.int(0, 14)) {
    case 11:
      return { kind: 'team', id: dice.pick(teams), values: { parent: dice.maybe(0.3, teams) } };
    case 12:
      return { kind: 'further_teams', id: dice.pick(people), teams: dice.some(teams, 0.5) };
    case 13:
    case 14:
      return { kind: 'territory_rule', id: dice.pick(territories), criteria: companiesLike(dice) };
    case 8:
      return {
        kind: 'baseline',
        object: dice.pick(SHARED_OBJECTS),
        baseline: dice.pick(['private', 'read', 'edit']),
      };
    case 0:
    case 1: {
      const { grants, fields } = randomPolicy(dice, registry);
      for (const name of Object.keys(grants))
        if (registry.get(name).grantedBy || name === 'notification') delete grants[name];
      for (const [name, grant] of Object.entries(grants))
        if (registry.get(name).actions.length === 0)
          for (const action of ['read_thread', 'reply', 'note'] as const) delete grant[action];
      return {
        kind: 'role',
        id: dice.pick(roles),
        policy: dice.chance(0.5) ? { grants } : { grants, fields },
      };
    }
    case 2:
      return { kind: 'assign', user: dice.pick(people), role: dice.pick(roles) };
    case 3:
      return { kind: 'unassign', user: dice.pick(people), role: dice.pick(roles) };
    case 4:
      return {
        kind: dice.chance(0.6) ? 'assign' : 'unassign',
        team: dice.pick(teams),
        role: dice.pick(roles),
      };
    case 5:
      return {
        kind: 'territory',
        id: dice.pick(territories),
        values: { parent: dice.maybe(0.3, territories) },
      };
    case 6:
    case 7:
      return randomRule(dice, world);
    default: {
      const values = {
        ...(dice.chance(0.5) ? { team: dice.maybe(0.2, teams) } : {}),
        ...(dice.chance(0.5) ? { manager: dice.maybe(0.2, people) } : {}),
        ...(dice.chance(0.5) ? { territories: dice.some(territories, 0.4) } : {}),
        ...(dice.chance(0.3) ? { active: dice.chance(0.6) } : {}),
      };
      return { kind: 'person', id: dice.pick(people), values };
    }
  }
}

/** What a territory fills with; null: nothing any more. */
const companiesLike = (dice: Dice): Record<string, unknown> | null =>
  dice.pick([
    { industry: ['software', 'energy', 'food', 'retail', 'health'] },
    { or: [{ employees: { gte: 500 } }, { city: { empty: true } }] },
    { name: { starts: dice.pick(['a', 'B', 'Z', 'ä']) } },
    { country: { empty: false } },
    null,
  ]);

/** All companies brought to where the rules want them. */
async function filled(app: App, admin: Caller): Promise<ErrandAnswer> {
  await fillTerritories(app, admin);
  while (await workOnErrands(app, new AbortController().signal));
  return must(await fillProgress(app, admin.actor), 'an errand');
}

function randomRule(dice: Dice, { people, teams, territories, roles }: Organisation): PolicyChange {
  const [object, criteria] = dice.pick<[string, Record<string, unknown>]>([
    ['deal', { source: dice.pick(['web', 'fair', 'partner']) }],
    ['deal', { owner: dice.some(people, 0.3) }],
    ['ticket', { priority: dice.pick(['urgent', 'low']) }],
    ['ticket', { or: [{ status: 'open' }, { assignee: { empty: true } }] }],
    ['company', {}],
    ['company', { territory: dice.some(territories, 0.5) }],
    ['contact', { vip: true }],
  ]);
  if (dice.chance(0.5))
    return { kind: 'restriction', restriction: { object, criteria, except: dice.some(roles, 0.4) } };
  const to = dice.pick([
    { kind: 'user' as const, id: dice.pick(people) },
    { kind: 'team' as const, id: dice.pick(teams) },
    { kind: 'role' as const, id: dice.pick(roles) },
    { kind: 'territory' as const, id: dice.pick(territories) },
  ]);
  return { kind: 'sharing_rule', rule: { object, criteria, to, level: dice.pick(['read', 'edit']) } };
}

/** One of the rules and restrictions that are there, deleted or with another target, level or criteria. */
async function otherRule(app: App, dice: Dice, world: Organisation): Promise<PolicyChange> {
  const kind = dice.pick(['sharing_rule', 'restriction'] as const);
  const known = await app.sql<
    { id: string; object: string }[]
  >`select id, object from ${app.sql(kind)} order by id`;
  if (known.length === 0) return randomRule(dice, world);
  const { id, object } = dice.pick(known);
  const criteria = dice.chance(0.5) ? {} : { created_at: { gte: '2026-01-01T00:00:00.000Z' } };
  const { people, roles } = world;
  if (kind === 'restriction')
    return {
      kind,
      id,
      restriction: dice.chance(0.3) ? null : { object, criteria, except: dice.some(roles, 0.4) },
    };
  const to = { kind: 'user' as const, id: dice.pick(people) };
  return {
    kind,
    id,
    rule: dice.chance(0.3) ? null : { object, criteria, to, level: dice.pick(['read', 'edit']) },
  };
}

/** Somebody who may change all policy, by a role that nobody else holds. */
async function administrator(app: App, dice: Dice): Promise<Caller> {
  const { sql } = app;
  const [user, role] = [dice.id(), dice.id()];
  await sql`insert into user_account (id, name, email, active) values (${user}, 'Administrator', 'admin@example.com', true)`;
  const grants = {
    user: { read: ['all'], create: true, update: ['all'] },
    territory: { read: ['all'], update: ['all'] },
    team: { read: ['all'], update: ['all'] },
    ...Object.fromEntries(SHARED_OBJECTS.map((name) => [name, { read: ['all'], update: ['all'] }])),
  };
  await sql`
    insert into role (id, name, grants, fields, system)
    values (${role}, 'Administration', ${toJson(sql, grants)}, '{}', ${toJson(sql, ['manage_users', 'manage_roles'])})
  `;
  await sql`insert into role_assignment (id, user_id, role_id, starts_at) values (${dice.id()}, ${user}, ${role}, now() - interval '1 day')`;
  const base = { address: '127.0.0.1', requestId: 'test' };
  const { session } = await transaction(sql, (tx) =>
    createSession(tx, app, { userId: user, method: 'password', device: 'Test', ...base }),
  );
  return {
    actor: must(await loadActor(sql, user), 'the administrator'),
    sessionId: session.sessionId,
    ...base,
  };
}
