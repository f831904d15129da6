import { describe, expect, test } from 'vitest';
import {
  partlyFields,
  policyOfActor,
  policyOfRole,
  readOnlyFields,
  told,
  toldOwn,
  type ObjectPolicy,
} from '../../../client/views/roles/policy.ts';
import { receiptWords } from '../../../client/views/sessions/receipt.ts';
import { policyEn } from '../../../client/words/en/policy.ts';
import { policyZh } from '../../../client/words/zh/policy.ts';
import { actorSets, type Role } from '../../../shared/access/index.ts';
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

  test('says that what names a record is hidden, where it is', () => {
    const analyst = role(
      { ticket: { read: ['all'] } },
      { ticket: { subject: 'hidden', customer_email: 'read' } },
    );
    expect(policyEn.sentence(told(on('ticket', policyOfRole(analyst, registry)), false))).toBe(
      'Reads all tickets, without subject.',
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

describe('a ticket in words', () => {
  const thread = (ticket: Role['grants'][string], self = false) => {
    const policy = on('ticket', policyOfRole(role({ ticket }), registry));
    return policyEn.own(must(toldOwn(policy, self), 'a sentence'));
  };

  test('tells its own actions, and what of it stays unseen', () => {
    expect(thread({ read: ['all'] })).toBe('Does not see messages or private notes.');
    expect(thread({ read_thread: ['team'], reply: ['own'] })).toBe(
      'Reads the thread in tickets of their teams; replies in their own. Does not see private notes.',
    );
    expect(thread({ read_thread: ['own'], reply: ['own'], note: ['own'] }, true)).toBe(
      'You read the thread, reply and take private notes in your own tickets.',
    );
    expect(
      policyZh.own(
        must(toldOwn(on('ticket', policyOfRole(role({ ticket: { note: ['all'] } }), registry)), false), ''),
      ),
    ).toBe('可在全部Tickets中查看和添加内部备注。看不到Messages。');
  });

  test('speaks for its messages and notes: they have no lines of their own, and neither has what is one’s own', () => {
    const names = (one: Role) => policyOfRole(one, registry).map(({ object }) => object.name);
    const none = names(role({ message: { read: ['all'] } }));
    for (const name of ['message', 'note', 'notification', 'session']) expect(none).not.toContain(name);
    expect(none).toContain('ticket');
    // Whoever sees the sessions of others is told so.
    expect(names(role({ session: { read: ['all'] } }))).toContain('session');
  });
});

test('of several roles together, a field that only one of them gives is told with where it can be read', () => {
  const actor = {
    kind: 'person' as const,
    userId: 'u',
    sets: actorSets('u'),
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
