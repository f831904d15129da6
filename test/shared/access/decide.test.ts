import { describe, expect, test } from 'vitest';
import { actorSets, decide, mask, type Actor, type Image, type Role } from '../../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';

// The cases a reader wants to see in words; that they hold in all combinations is test/server/access/readings.pg.test.ts.

const registry = new Registry(OBJECTS);
const deal = registry.get('deal');
const [ME, BELOW, OTHER, MY_TEAM, PARENT] = ['me', 'below', 'other', 'team', 'parent'] as const;

const role = (policy: Partial<Role>): Role => ({
  id: policy.name ?? 'r',
  name: 'r',
  purpose: '',
  grants: {},
  fields: {},
  system: [],
  ...policy,
});
const actor = (...roles: Partial<Role>[]): Actor => ({
  kind: 'person',
  userId: ME,
  sets: actorSets(ME, { reports: new Set([BELOW]), teams: new Set([MY_TEAM]) }),
  roles: roles.map(role),
  fingerprint: '',
});
const record = (values: Partial<Image>): Image => ({
  id: 'id',
  version: 1,
  created_at: '',
  deleted_at: null,
  title: 'T',
  amount: 5,
  ...values,
});
const can = (who: Actor, action: Parameters<typeof decide>[2], image: Image, field?: string) =>
  decide(who, registry, action, deal, image, field).allowed;

describe('reach', () => {
  test.each([
    ['own', { owner: ME }, { owner: BELOW }],
    ['own', { participants: [OTHER, ME] }, { participants: [OTHER] }],
    ['reports', { owner: BELOW }, { owner: ME, participants: [BELOW] }],
    ['team', { team: MY_TEAM }, { team: 'another', owner: ME }],
    ['all', {}, null],
  ] as const)('%s matches %o and not %o', (way, matching, other) => {
    const who = actor({ grants: { deal: { read: [way] } } });
    expect(
      can(
        who,
        'read',
        record({ ...matching, participants: [...('participants' in matching ? matching.participants : [])] }),
      ),
    ).toBe(true);
    if (other)
      expect(
        can(
          who,
          'read',
          record({ ...other, participants: [...('participants' in other ? other.participants : [])] }),
        ),
      ).toBe(false);
  });

  test('nobody reaches what is in the bin', () => {
    expect(
      can(
        actor({ grants: { deal: { read: ['all'], delete: ['all'] } } }),
        'read',
        record({ deleted_at: 'then' }),
      ),
    ).toBe(false);
  });

  test('nothing granted is nothing allowed', () => {
    expect(mask(actor(), registry, deal, record({ owner: ME }))).toBeNull();
  });
});

describe('actions', () => {
  test('every action lets read, and none of the others', () => {
    const who = actor({ grants: { deal: { delete: ['own'] } } });
    const mine = record({ owner: ME });
    expect(mask(who, registry, deal, mine)?.may).toEqual({ actions: ['read', 'delete'], edit: [] });
  });

  test('the owner is changed by assigning, other fields by updating', () => {
    const updates = actor({ grants: { deal: { update: ['all'] } } });
    const assigns = actor({ grants: { deal: { assign: ['all'] } } });
    expect([
      can(updates, 'update', record({}), 'title'),
      can(updates, 'update', record({}), 'owner'),
    ]).toEqual([true, false]);
    expect([
      can(assigns, 'update', record({}), 'title'),
      can(assigns, 'update', record({}), 'owner'),
    ]).toEqual([false, true]);
    expect(can(assigns, 'assign', record({}), 'title')).toBe(false);
  });

  test('what the program keeps is never to be written', () => {
    const who = actor({ grants: { deal: { update: ['all'] } }, fields: { deal: { stage_since: 'edit' } } });
    expect(can(who, 'update', record({}), 'stage_since')).toBe(false);
  });
});

describe('fields', () => {
  test('normal ones follow the right on the object, the others must be given', () => {
    const who = actor({ grants: { deal: { update: ['all'] } } });
    const seen = mask(who, registry, deal, record({ margin: 3 }));
    expect(seen).toMatchObject({ title: 'T' });
    expect(seen).not.toHaveProperty('amount');
    expect(seen).not.toHaveProperty('margin');
    expect(seen?.may.edit).toContain('title');
  });

  test('they belong to the grants of their role: amounts on own deals only', () => {
    const who = actor(
      { name: 'seller', grants: { deal: { read: ['own'] } }, fields: { deal: { amount: 'read' } } },
      { name: 'viewer', grants: { deal: { read: ['all'] } } },
    );
    expect(mask(who, registry, deal, record({ owner: ME }))).toHaveProperty('amount', 5);
    expect(mask(who, registry, deal, record({ owner: OTHER }))).not.toHaveProperty('amount');
  });

  test('roles add up: what one hides another may show', () => {
    const who = actor(
      { name: 'hides', grants: { deal: { read: ['all'] } }, fields: { deal: { amount: 'hidden' } } },
      { name: 'shows', grants: { deal: { read: ['all'] } }, fields: { deal: { amount: 'read' } } },
    );
    expect(mask(who, registry, deal, record({}))).toHaveProperty('amount', 5);
  });

  test('an absent field is not readable, an empty one is null', () => {
    const seen = mask(actor({ grants: { deal: { read: ['all'] } } }), registry, deal, record({}));
    expect(seen).toHaveProperty('next_step', null);
  });

  test('what is computed from activities is seen by those who see activities', () => {
    const deals = { grants: { deal: { read: ['all'] as const } } };
    const image = record({ owner: ME, next_activity_kind: 'call' });
    const with_ = (read: ('own' | 'team')[]) =>
      actor({ grants: { deal: { read: [...deals.grants.deal.read] }, activity: { read } } });
    expect(mask(with_(['own']), registry, deal, image)).toHaveProperty('next_activity_kind', 'call');
    expect(mask(with_(['team']), registry, deal, image)).not.toHaveProperty('next_activity_kind');
  });
});

describe('parts', () => {
  const activity = registry.get('activity');
  const ofDeal = record({ deal: PARENT, owner: ME, subject: 'S' });

  test('are never seen wider than their parent', () => {
    const both = actor({ grants: { activity: { read: ['all'] }, deal: { read: ['own'] } } });
    const without = actor({ grants: { activity: { read: ['all'] }, company: { read: ['all'] } } });
    expect(mask(both, registry, activity, ofDeal)).toHaveProperty('subject', 'S');
    expect(mask(both, registry, activity, { ...ofDeal, owner: OTHER })).toBeNull();
    expect(mask(without, registry, activity, ofDeal)).toBeNull();
    expect(mask(without, registry, activity, { ...ofDeal, deal: null, company: PARENT })).not.toBeNull();
  });

  test('have one parent, the first that is named', () => {
    const who = actor({ grants: { activity: { read: ['all'] }, company: { read: ['all'] } } });
    expect(mask(who, registry, activity, { ...ofDeal, company: PARENT })).toBeNull();
  });
});

describe('because', () => {
  test('names role, grant, way and field right of every path, and nothing where it is refused', () => {
    const who = actor(
      {
        id: '1',
        name: 'Seller',
        grants: { deal: { update: ['own', 'team'] } },
        fields: { deal: { amount: 'edit' } },
      },
      { id: '2', name: 'Viewer', grants: { deal: { read: ['all'] } } },
    );
    const mine = record({ owner: ME });
    expect(decide(who, registry, 'update', deal, mine, 'amount').because).toEqual([
      {
        role: 'Seller',
        roleId: '1',
        action: 'update',
        way: 'own',
        field: 'edit',
        through: [{ fact: 'owner', ids: [ME] }],
      },
    ]);
    expect(decide(who, registry, 'read', deal, mine).because).toHaveLength(2);
    expect(decide(who, registry, 'delete', deal, mine).because).toEqual([]);
  });

  test('an export of a field may come from two roles', () => {
    const who = actor(
      { id: '1', name: 'Exporter', grants: { deal: { export: ['all'] } } },
      {
        id: '2',
        name: 'Accountant',
        grants: { deal: { read: ['all'] } },
        fields: { deal: { amount: 'read' } },
      },
    );
    const { allowed, because } = decide(who, registry, 'export', deal, record({}), 'amount');
    expect(allowed).toBe(true);
    expect(because.map(({ role, action }) => [role, action])).toEqual([['Exporter', 'export'], ['Accountant', 'read']]); // prettier-ignore
  });

  test('what everyone may read says so', () => {
    const { because } = decide(actor(), registry, 'read', registry.get('pipeline'), record({}));
    expect(because).toEqual([{ role: 'Everyone', roleId: 'baseline', action: 'read', way: 'all' }]);
  });
});
