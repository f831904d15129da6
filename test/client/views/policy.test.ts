import { describe, expect, test } from 'vitest';
import {
  partlyFields,
  policyOfActor,
  policyOfRole,
  readOnlyFields,
  told,
  type ObjectPolicy,
} from '../../../client/views/roles/policy.ts';
import { receiptWords } from '../../../client/views/sessions/receipt.ts';
import { policyEn } from '../../../client/words/en/policy.ts';
import type { Role } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';

const registry = new Registry(OBJECTS);
const role = (grants: Role['grants'], fields: Role['fields'] = {}, id = 'r'): Role => ({
  id,
  name: id,
  purpose: '',
  grants,
  fields,
  system: [],
});
const on = (object: string, policies: ObjectPolicy[]): ObjectPolicy =>
  must(
    policies.find((p) => p.object.name === object),
    object,
  );
const sentence = (one: Role, self = false) =>
  policyEn.sentence(told(on('deal', policyOfRole(one, registry)), self));
const GIVEN = { deal: { amount: 'read', discount: 'read', margin: 'read' } } as const;

describe('a role in words', () => {
  test('says what is hidden in the same breath as what is read', () => {
    expect(sentence(role({ deal: { read: ['team'] } }))).toBe(
      'Reads deals of their teams, without amount, discount and margin.',
    );
  });

  test('tells actions of the same reach together, others apart', () => {
    expect(
      sentence(
        role(
          { deal: { read: ['reports', 'team'], update: ['reports', 'team'], delete: ['own'], create: true } },
          GIVEN,
        ),
      ),
    ).toBe(
      'Reads their own deals and those of their reports and teams; changes those of their reports and teams; deletes their own; creates new ones.',
    );
  });

  test('speaks to the person it is about', () => {
    expect(sentence(role({ deal: { update: ['own'], create: true } }, GIVEN), true)).toBe(
      'You read and change your own deals; create new ones.',
    );
    expect(sentence(role({}), true)).toBe('You do not see deals.');
  });

  test('names fields that can be read but not changed', () => {
    const policy = on(
      'deal',
      policyOfRole(role({ deal: { update: ['own'] } }, { deal: { source: 'read' } }), registry),
    );
    expect(readOnlyFields(policy).map((field) => field.name)).toEqual(['source']);
  });
});

test('of several roles together, a field that only one of them gives is told with where it can be read', () => {
  const actor = {
    kind: 'person' as const,
    userId: 'u',
    sets: {
      self: new Set(['u']),
      reports: new Set<string>(),
      teams: new Set<string>(),
      queues: new Set<string>(),
    },
    roles: [
      role({ deal: { read: ['own'] } }, { deal: { amount: 'read' } }, 'a'),
      role({ deal: { read: ['all'] } }, {}, 'b'),
    ],
    fingerprint: '',
  };
  const partly = partlyFields(on('deal', policyOfActor(actor, registry)));
  expect(partly.map(({ field, ways }) => policyEn.onlyOn(field.label, 'Deals', ways, true))).toEqual([
    'Amount only on your own deals.',
  ]);
});

describe('a receipt', () => {
  const nodes = [
    { id: 'a', sockets: 1, ms: 12.4 },
    { id: 'b', sockets: 0, ms: 38.2 },
  ];

  test('says who confirmed, what was closed, and how long the slowest took', () => {
    expect(receiptWords({ ended: 1, receipt: { nodes, pending: [] } }, String)).toBe(
      '2 of 2 nodes confirmed · 1 socket closed · 38 ms',
    );
  });

  test('names who has not confirmed, and by when it must hold', () => {
    const pending = [{ id: 'c', holds_by: '10:12:05' }];
    expect(receiptWords({ ended: 1, receipt: { nodes, pending } }, String)).toContain(
      '2 of 3 nodes confirmed',
    );
    expect(receiptWords({ ended: 1, receipt: { nodes, pending } }, String)).toContain(
      'c has not confirmed; it must hold by 10:12:05',
    );
  });
});
