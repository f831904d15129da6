import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assignRole } from '../../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../../server/commands/governance/createRole.ts';
import { createRestriction } from '../../../../server/commands/governance/rules/createRestriction.ts';
import { createSharingRule } from '../../../../server/commands/governance/rules/createSharingRule.ts';
import { updateSharingRule } from '../../../../server/commands/governance/rules/updateSharingRule.ts';
import { countCriteria } from '../../../../server/queries/countCriteria.ts';
import type { GrantedWay } from '../../../../shared/access/index.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import {
  POLICY_LIMITS,
  restrictionSchema,
  sharingRuleSchema,
  type CriteriaJson,
  type Target,
} from '../../../../shared/protocol/index.ts';
import { refusal, stateOf } from '../../../world/nordlicht.ts';
import { people, teams } from '../../../world/people.ts';
import { ADMINISTRATOR, openRules, REPRESENTATIVE, toUser } from './house.ts';

const { app, sql, as, add, rafael, rule, restriction, share } = await openRules();

/** Manages rules, and reads deals without amounts, companies not at all. */
const POLICY = {
  name: 'Rule keeper',
  purpose: '',
  grants: { deal: { read: ['all' as GrantedWay] }, ticket: { read: ['own' as GrantedWay] } },
  fields: {},
  system: ['manage_roles' as const],
};
const keeper = await createRole(app, rafael, { policy: POLICY });
await assignRole(app, rafael, { user: people.helena.id, role: keeper.id });
const helena = await as(people.helena);
/** The same, and sees discounts of deals of their own. */
const seller = await createRole(app, rafael, {
  policy: {
    ...POLICY,
    name: 'Seller',
    grants: { deal: { read: ['own' as GrantedWay] } },
    fields: { deal: { discount: 'read' } },
    system: [],
  },
});
const fay = { ...people.helena, id: (await add('user', null, { name: 'Fay', active: true })).id };
for (const { id } of [keeper, seller]) await assignRole(app, rafael, { user: fay.id, role: id });

let before: string;
beforeEach(async () => void (before = await stateOf(sql)));
afterEach(async () => expect(await stateOf(sql)).toBe(before));

const deep = (levels: number): CriteriaJson =>
  levels === 0 ? { source: 'fair' } : { or: [deep(levels - 1)] };

describe('criteria', () => {
  const many = { or: Array.from({ length: 10_000 }, () => ({ source: 'fair' })) };
  test.each<[string, CriteriaJson, unknown]>([
    ['a field that is not there', { colour: 'red' }, 'bad_filter'],
    ['a field of every object', { constructor: 'x' }, 'bad_filter'],
    ['a value that is none', { source: 'moon' }, 'bad_filter'],
    ['an operator that is none', { source: { like: 'f' } }, 'bad_filter'],
    ['a computed field', { next_activity_kind: 'call' }, 'bad_filter'],
    ['ten thousand comparisons', many, 'bad_filter'],
    ['too many comparisons', { or: Array.from({ length: 51 }, () => ({ source: 'fair' })) }, 'bad_filter'],
    ['too many levels', deep(9), 'bad_filter'],
    ['a list in place of a filter', { or: 'fair' }, 'bad_filter'],
    [
      'what it falls under itself',
      { policies: { has: newId() } },
      ['field_not_readable', { policies: 'Not readable' }],
    ],
  ])('on %s are refused, wherever they are', async (_what, criteria, code) => {
    expect(await refusal(createSharingRule(app, rafael, { rule: rule({ criteria }) }))).toEqual(code);
    expect(await refusal(createRestriction(app, rafael, { restriction: restriction({ criteria }) }))).toEqual(
      code,
    );
    expect(await refusal(countCriteria(app, rafael.actor, { object: 'deal', criteria }))).toEqual(code);
  });

  test.each<[string, CriteriaJson, string]>([
    ['deal', { amount: { gt: 10 } }, 'amount'],
    ['deal', { or: [{ source: 'fair' }, { title: 'x', margin: null }] }, 'margin'],
    // She reads those of others by no role.
    ['product', { price: 1 }, 'price'],
    ['ticket', { customer_email: 'a@example.com' }, 'customer_email'],
    ['ticket', { customer: newId() }, 'customer'],
  ])('of %s on what their author may not read are refused: %j', async (object, criteria, field) => {
    const code = ['field_not_readable', { [field]: 'Not readable' }];
    const to = toUser(people.anna);
    expect(await refusal(createSharingRule(app, helena, { rule: rule({ object, criteria, to }) }))).toEqual(
      code,
    );
    expect(
      await refusal(createRestriction(app, helena, { restriction: restriction({ object, criteria }) })),
    ).toEqual(code);
    expect(await refusal(countCriteria(app, helena.actor, { object, criteria }))).toEqual(code);
  });

  test('on what their author reads on some records only are refused: whom they mean would tell of the others', async () => {
    const partly = await as(fay);
    const criteria = { discount: { gt: 5 } };
    const code = ['field_not_readable', { discount: 'Not readable' }];
    const to = toUser(people.anna);
    expect(await refusal(createSharingRule(app, partly, { rule: rule({ criteria, to }) }))).toEqual(code);
    expect(await refusal(createRestriction(app, partly, { restriction: restriction({ criteria }) }))).toEqual(
      code,
    );
    expect(await refusal(countCriteria(app, partly.actor, { object: 'deal', criteria }))).toEqual(code);
  });

  test('that others set on it may stay, but are not changed', async () => {
    const made = await share({ criteria: { amount: { gt: 1_000 } } });
    const renamed = await updateSharingRule(app, helena, {
      id: made.id,
      patch: { version: 1, name: 'Large deals' },
    });
    expect(renamed.name).toBe('Large deals');
    before = await stateOf(sql);
    const patch = { version: 2, criteria: { amount: { gt: 1_001 } } };
    expect(await refusal(updateSharingRule(app, helena, { id: made.id, patch }))).toMatchObject([
      'field_not_readable',
      {},
    ]);
  });
});

describe('whom and what', () => {
  const nobody = newId();
  test.each<[string, Target]>([
    ['person', { kind: 'user', id: nobody }],
    ['person who has left', toUser(people.pieter)],
    ['team', { kind: 'team', id: nobody }],
    ['team that is a person', { kind: 'team', id: people.anna.id }],
    ['role', { kind: 'role', id: nobody }],
    ['territory', { kind: 'territory', id: nobody }],
  ])('a rule for no such %s is refused', async (_who, to) => {
    expect(await refusal(createSharingRule(app, rafael, { rule: rule({ to }) }))).toEqual([
      'invalid',
      { to: expect.any(String) },
    ]);
  });

  test.each(['user', 'queue', 'activity', 'message', 'session', 'nothing', '__proto__'])(
    'records of %s fall under no rule',
    async (object) => {
      const code = ['invalid', { object: expect.any(String) }];
      expect(await refusal(createSharingRule(app, rafael, { rule: rule({ object, criteria: {} }) }))).toEqual(
        code,
      );
      expect(
        await refusal(createRestriction(app, rafael, { restriction: restriction({ object, criteria: {} }) })),
      ).toEqual(code);
      expect(await refusal(countCriteria(app, rafael.actor, { object, criteria: {} }))).toEqual(code);
    },
  );

  test('a restriction except for a role that is not there is refused', async () => {
    const except = [ADMINISTRATOR, nobody];
    expect(await refusal(createRestriction(app, rafael, { restriction: restriction({ except }) }))).toEqual([
      'invalid',
      { except: 'No such role' },
    ]);
  });

  test('what is not asked for is refused by name', () => {
    const parsed = sharingRuleSchema.safeParse({ ...rule(), colour: 'red' });
    expect(parsed.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['colour'] }]);
    for (const given of [
      { name: '' },
      { name: 'x'.repeat(81) },
      { to: { kind: 'planet', id: nobody } },
      { level: 'own' },
      { criteria: [] },
    ])
      expect(sharingRuleSchema.safeParse({ ...rule(), ...given }).success, JSON.stringify(given)).toBe(false);
    for (const given of [
      { except: Array.from({ length: 51 }, newId) },
      { except: ['x'] },
      { criteria: null },
    ])
      expect(restrictionSchema.safeParse({ ...restriction(), ...given }).success, JSON.stringify(given)).toBe(
        false,
      );
  });
});

describe('nobody opens anything to themselves', () => {
  test.each<[string, Target]>([
    ['themselves', toUser(people.helena)],
    ['their role', { kind: 'role', id: keeper.id }],
  ])('by a rule for %s', async (_who, to) => {
    expect(
      await refusal(
        createSharingRule(app, helena, {
          rule: rule({ object: 'ticket', criteria: { status: 'open' }, to }),
        }),
      ),
    ).toBe('not_allowed');
  });

  test('nor by one for their team, nor by making one theirs', async () => {
    await sql`insert into team_member (team_id, user_id) values (${teams.south}, ${people.helena.id})`;
    const to: Target = { kind: 'team', id: teams.south };
    const criteria = { status: 'open' };
    expect(
      await refusal(createSharingRule(app, helena, { rule: rule({ object: 'ticket', criteria, to }) })),
    ).toBe('not_allowed');
    const other = await share({ object: 'ticket', criteria, to: toUser(people.bjorn) });
    const off = await share({ object: 'ticket', criteria, to, active: false });
    before = await stateOf(sql);
    expect(await refusal(updateSharingRule(app, helena, { id: other.id, patch: { version: 1, to } }))).toBe(
      'not_allowed',
    );
    expect(
      await refusal(updateSharingRule(app, helena, { id: off.id, patch: { version: 1, active: true } })),
    ).toBe('not_allowed');
    await sql`delete from team_member where team_id = ${teams.south} and user_id = ${people.helena.id}`;
  });

  test('nor by one for a role that they are to hold', async () => {
    const later = await createRole(app, rafael, { policy: { ...POLICY, name: 'Next year', system: [] } });
    const starts_at = new Date(Date.now() + 60_000).toISOString();
    await assignRole(app, rafael, { user: people.helena.id, role: later.id, starts_at });
    before = await stateOf(sql);
    const to: Target = { kind: 'role', id: later.id };
    const asked = rule({ object: 'ticket', criteria: { status: 'open' }, to });
    expect(await refusal(createSharingRule(app, helena, { rule: asked }))).toBe('not_allowed');
  });

  test('but a rule that could open nothing more to them is made', async () => {
    await add('deal', people.anna);
    // Administrators have all of deals anyway.
    const made = await createSharingRule(app, rafael, {
      rule: rule({ to: { kind: 'role', id: ADMINISTRATOR }, level: 'edit' }),
    });
    expect(made.to.id).toBe(ADMINISTRATOR);
    before = await stateOf(sql);
  });
});

test('there are so many rules and restrictions of an object, and no more', async () => {
  const [{ id }] = await sql<
    [{ id: string }]
  >`insert into criteria (id, object, filter, filled_at) values (${newId()}, 'contact', '{}', now()) returning id`;
  await sql`
    insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level)
    select gen_random_uuid(), 'n' || i, 'contact', ${id}, 'role', ${REPRESENTATIVE}, 'read' from generate_series(1, ${POLICY_LIMITS.rules}) i
  `;
  await sql`
    insert into restriction (id, name, object, criteria_id, active)
    select gen_random_uuid(), 'n' || i, 'contact', ${id}, false from generate_series(1, ${POLICY_LIMITS.restrictions}) i
  `;
  before = await stateOf(sql);
  const [object, criteria, code] = ['contact', {}, ['invalid', { object: expect.any(String) }]];
  expect(await refusal(createSharingRule(app, rafael, { rule: rule({ object, criteria }) }))).toEqual(code);
  expect(
    await refusal(createRestriction(app, rafael, { restriction: restriction({ object, criteria }) })),
  ).toEqual(code);
});

test('names are taken once for an object', async () => {
  const made = await share({ name: 'Fairs to the south' });
  before = await stateOf(sql);
  expect(
    await refusal(createSharingRule(app, rafael, { rule: rule({ name: 'fairs to the SOUTH' }) })),
  ).toEqual(['invalid', { name: expect.any(String) }]);
  expect(made.name).toBe('Fairs to the south');
});
