import { describe, expect, test } from 'vitest';
import { actorSets, decide, type Actor, type Image, type Role } from '../../../shared/access/index.ts';
import { OBJECTS, Registry, type ObjectDef, type ReachedAction } from '../../../shared/objects/index.ts';

// What paths and refusals say, case by case; that they are true in all combinations is
// test/server/queries/explainTrue.pg.test.ts.

const registry = new Registry(OBJECTS);
const [deal, ticket, activity, message] = ['deal', 'ticket', 'activity', 'message'].map((name) =>
  registry.get(name),
) as [ObjectDef, ObjectDef, ObjectDef, ObjectDef];
const [ME, BELOW, OTHER, TEAM, QUEUE, SHARE, RULE, SECRET] = ['me', 'below', 'other', 'team', 'queue', 'share', 'rule', 'secret'] as const; // prettier-ignore

const actor = (...roles: Partial<Role>[]): Actor => ({
  kind: 'person',
  userId: ME,
  sets: actorSets(ME, {
    reports: new Set([BELOW]),
    teams: new Set([TEAM]),
    queues: new Set([QUEUE]),
    shared: new Set([SHARE, RULE]),
    sharedEdit: new Set([RULE]),
    restrictions: new Set([SECRET]),
  }),
  roles: roles.map((policy, i) => ({ id: `${i}`, name: `r${i}`, purpose: '', grants: {}, fields: {}, system: [], ...policy })), // prettier-ignore
  fingerprint: '',
});
const record = (values: Partial<Image>): Image => ({
  id: 'id',
  version: 1,
  created_at: '',
  deleted_at: null,
  ...values,
});
const ask = (who: Actor, action: ReachedAction, object: ObjectDef, image: Image, field?: string) =>
  decide(who, registry, action, object, image, field);

describe('a path names the facts by which it matches', () => {
  const all = { grants: { ticket: { read: ['own', 'reports', 'team'] } } } as const satisfies Partial<Role>;

  test.each([
    [
      'own',
      { assignee: ME, participants: [ME, OTHER] },
      [
        ['owner', ME],
        ['participants', ME],
      ],
    ],
    ['reports', { assignee: BELOW }, [['owner', BELOW]]],
    [
      'team',
      { team: TEAM, queue: QUEUE },
      [
        ['team', TEAM],
        ['queue', QUEUE],
      ],
    ],
    ['shared', { policies: [SHARE, 'theirs', RULE] }, [['policies', SHARE, RULE]]],
  ] as const)('%s', (way, values, expected) => {
    const image = record(values as unknown as Partial<Image>);
    const { because } = ask(actor(all as unknown as Partial<Role>), 'read', ticket, image);
    expect(because.map((path) => path.way)).toEqual([way]);
    expect(because[0]?.through?.map(({ fact, ids }) => [fact, ...ids])).toEqual(expected);
  });

  test('what is shared to edit opens what may be edited', () => {
    const who = actor({ grants: { deal: { update: ['own'] } } });
    const at = (id: string) => ask(who, 'update', deal, record({ owner: OTHER, policies: [id] }));
    expect(at(RULE).because).toMatchObject([{ way: 'shared_edit', through: [{ fact: 'policies', ids: [RULE] }] }]); // prettier-ignore
    expect(at(SHARE)).toMatchObject({ allowed: false, lacking: [{ kind: 'reach', action: 'update', ways: ['own', 'shared_edit'] }] }); // prettier-ignore
  });

  test('a part names what shows its parent, a computed field what it is computed from', () => {
    const both = actor({ grants: { deal: { read: ['own'] } } }, { grants: { activity: { read: ['all'] } } });
    const part = ask(both, 'read', activity, record({ deal: 'd', owner: ME }));
    expect(part.because).toMatchObject([
      { role: 'r1', way: 'all' },
      { role: 'r0', way: 'own', besides: { of: 'parent', object: 'deal' } },
    ]);
    const field = ask(both, 'read', deal, record({ owner: ME }), 'next_activity_at');
    expect(field.because).toMatchObject([
      { role: 'r0', way: 'own', field: 'edit' },
      {
        role: 'r1',
        way: 'all',
        field: 'edit',
        besides: { of: 'source', object: 'activity', field: 'due_at' },
      },
    ]);
  });
});

describe('a refusal names what is lacking', () => {
  const seller = { grants: { deal: { read: ['own'] } }, fields: { deal: { next_step: 'hidden' } } } as const satisfies Partial<Role>; // prettier-ignore
  const who = actor(seller as unknown as Partial<Role>);
  const mine = record({ owner: ME });
  const theirs = record({ owner: OTHER });

  test.each([
    [
      'no role grants it',
      'update',
      mine,
      undefined,
      [{ kind: 'grant', of: 'record', object: 'deal', action: 'update' }],
    ],
    [
      'granted, and out of reach',
      'read',
      theirs,
      undefined,
      [{ kind: 'reach', of: 'record', object: 'deal', action: 'read', ways: ['own', 'shared'] }],
    ],
    [
      'hidden in every role that reaches',
      'read',
      mine,
      'next_step',
      [{ kind: 'field', of: 'record', object: 'deal', field: 'next_step', right: 'read' }],
    ],
    [
      'a sensitive field asks for both',
      'update',
      theirs,
      'amount',
      [
        { kind: 'grant', of: 'record', object: 'deal', action: 'update' },
        { kind: 'field', of: 'record', object: 'deal', field: 'amount', right: 'edit' },
      ],
    ],
    [
      'a normal one comes with the action',
      'update',
      mine,
      'title',
      [{ kind: 'grant', of: 'record', object: 'deal', action: 'update' }],
    ],
    [
      'assigning is an action of its own',
      'update',
      mine,
      'owner',
      [{ kind: 'grant', of: 'record', object: 'deal', action: 'assign' }],
    ],
    [
      'exporting implies reading',
      'export',
      theirs,
      undefined,
      [{ kind: 'grant', of: 'record', object: 'deal', action: 'export' }],
    ],
    ['kept by the program', 'update', mine, 'closed_at', [{ kind: 'never', why: 'program' }]],
    ['no field of that name', 'read', mine, 'nothing', [{ kind: 'never', why: 'field' }]],
    ['no such action', 'reply', mine, undefined, [{ kind: 'never', why: 'action' }]],
    ['in the bin', 'read', record({ owner: ME, deleted_at: 'then' }), undefined, [{ kind: 'bin' }]],
    [
      'a restriction',
      'read',
      record({ owner: ME, policies: [SECRET] }),
      undefined,
      [{ kind: 'restriction' }],
    ],
    [
      'both, and more',
      'read',
      record({ owner: OTHER, policies: [SECRET] }),
      undefined,
      [
        { kind: 'restriction' },
        { kind: 'reach', of: 'record', object: 'deal', action: 'read', ways: ['own', 'shared'] },
      ],
    ],
    [
      'what is computed from others',
      'read',
      mine,
      'next_activity_at',
      [{ kind: 'grant', of: 'source', object: 'activity', action: 'read' }],
    ],
  ] as const)('%s', (_, action, image, field, lacking) => {
    expect(ask(who, action, deal, image, field)).toMatchObject({ allowed: false, because: [], lacking });
    expect(ask(who, action, deal, image, field).lacking).toHaveLength(lacking.length);
  });

  test('of a part, that its parent is not seen', () => {
    const reads = actor({ grants: { activity: { read: ['all'] } } });
    expect(ask(reads, 'read', activity, record({ deal: 'd' })).lacking).toEqual([
      { kind: 'grant', of: 'parent', object: 'deal', action: 'read' },
    ]);
    expect(ask(reads, 'read', activity, record({})).lacking).toEqual([{ kind: 'never', why: 'parent' }]);
  });

  test('of a message, the action of its ticket', () => {
    const reads = actor({ grants: { ticket: { read: ['all'] } } });
    expect(ask(reads, 'read', message, record({ ticket: 't' })).lacking).toEqual([
      { kind: 'grant', of: 'record', object: 'ticket', action: 'read_thread' },
    ]);
  });

  test('what hides it is named by its id', () => {
    expect(ask(who, 'read', deal, record({ owner: ME, policies: [RULE, SECRET] })).hiddenBy).toEqual([
      SECRET,
    ]);
    expect(ask(who, 'read', deal, mine)).toMatchObject({ hiddenBy: [], lacking: [] });
  });
});
