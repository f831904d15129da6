import { describe, expect, test } from 'vitest';
import {
  cellsOf,
  differences,
  fieldKey,
  grantKey,
  impliedReading,
  merge,
  policyFrom,
  toggled,
  waysFor,
  withCell,
} from '../../../client/views/roles/cells.ts';
import { lackingFor } from '../../../client/views/access/rules/lacking.ts';
import { dayFrom, endOf, lastDay, startOf } from '../../../client/views/access/days.ts';
import type { RolePolicy } from '../../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { BUILT_IN_POLICIES } from '../../../server/db/builtInRoles.ts';
import { SALES_ASSISTANT } from '../../../server/db/demo/roles.ts';

const registry = new Registry(OBJECTS);
const cells = (policy: RolePolicy) => cellsOf(policy, registry);

describe('a role as cells', () => {
  test.each([...Object.entries(BUILT_IN_POLICIES), ['sales_assistant', SALES_ASSISTANT] as const])(
    '%s comes out as it went in',
    (_, policy) => {
      const again = policyFrom(cells(policy), policy, registry);
      expect({ ...again, fields: sorted(again.fields), system: again.system.toSorted() }).toEqual({
        ...policy,
        fields: sorted(policy.fields),
        system: policy.system.toSorted(),
        hands_out: policy.hands_out ?? [],
        conflicts: policy.conflicts ?? [],
      });
    },
  );

  test('what is so anyway is no cell, and a field brought back to its default loses its word', () => {
    const manager = BUILT_IN_POLICIES.sales_manager;
    expect(cells({ ...manager, fields: { deal: { title: 'edit', amount: 'hidden' } } }).size).toBe(
      cells({ ...manager, fields: {} }).size,
    );
    const hidden = withCell(cells(manager), fieldKey('deal', 'amount'), '');
    expect(policyFrom(hidden, manager, registry).fields['deal']).toEqual({
      discount: 'edit',
      margin: 'edit',
    });
  });

  test('every action includes reading, and the cell of reading tells by which', () => {
    const deal = registry.get('deal');
    const policy = { ...SALES_ASSISTANT, grants: { deal: { read: ['own' as const], update: ['team' as const, 'own' as const] } } };
    expect([...impliedReading(cells(policy), deal)]).toEqual([['team', 'update']]);
    const all = withCell(cells(policy), grantKey('deal', 'read'), 'all');
    expect(impliedReading(all, deal).size).toBe(0);
  }); // prettier-ignore

  test('everything includes all else, and something narrower takes its place', () => {
    expect(toggled(['own', 'team'], 'all')).toEqual(['all']);
    expect(toggled(['all'], 'team')).toEqual(['team']);
    expect(toggled(['team'], 'own')).toEqual(['own', 'team']);
    expect(toggled(['own'], 'own')).toEqual([]);
  });

  test('only ways that an object has a fact for are offered', () => {
    expect(waysFor(registry.get('deal'))).toEqual(['own', 'reports', 'team', 'territory', 'all']);
    expect(waysFor(registry.get('tag'))).toEqual(['all']);
  });
});

describe('two who change the same role', () => {
  const base = cells(SALES_ASSISTANT);
  const key = grantKey('deal', 'delete');
  const other = fieldKey('deal', 'amount');

  test('different cells go together', () => {
    const { cells: both, conflicts } = merge(base, withCell(base, key, 'own'), withCell(base, other, 'read'));
    expect([both.get(key), both.get(other)]).toEqual(['own', 'read']);
    expect(conflicts.size).toBe(0);
  });

  test('in the same cell mine stands, and theirs is told', () => {
    const { cells: both, conflicts } = merge(base, withCell(base, key, 'own'), withCell(base, key, 'all'));
    expect(both.get(key)).toBe('own');
    expect([...conflicts]).toEqual([[key, 'all']]);
  });

  test('the same in the same cell is no conflict, and what they took away stays away', () => {
    const gone = withCell(base, grantKey('deal', 'update'), '');
    const mine = withCell(base, key, 'own');
    expect(merge(base, mine, withCell(gone, key, 'own')).conflicts.size).toBe(0);
    expect(differences(merge(base, mine, gone).cells, withCell(gone, key, 'own'))).toEqual([]);
  });
});

describe('whom a rule means in vain', () => {
  const role = (id: string, members: string[], grants: RolePolicy['grants']) => ({
    id, name: id, purpose: '', grants, fields: {}, system: [], built_in: false, version: 1, members,
  }); // prettier-ignore
  const roles = [role('sells', ['anna'], { deal: { read: ['own'] } }), role('promotes', ['helena', 'ivy'], { company: { read: ['all'] } })]; // prettier-ignore
  const user = (id: string, team: string) => ({ id, version: 1, created_at: '', may: { actions: [], edit: [] }, active: true, team }); // prettier-ignore
  const users = [user('anna', 'north'), user('helena', 'north'), user('ivy', 'south')];

  test('those whose roles grant nothing of it at all', () => {
    const team = lackingFor({ kind: 'team', id: 'north' }, 'deal', 'read', roles, users);
    expect({ ...team, roles: team.roles.map(({ id }) => id) }).toEqual({
      people: 2,
      without: 1,
      roles: ['promotes'],
    });
    expect(lackingFor({ kind: 'user', id: 'anna' }, 'deal', 'read', roles, users).without).toBe(0);
    // Read by a role is not edited by it.
    expect(lackingFor({ kind: 'user', id: 'anna' }, 'deal', 'edit', roles, users).without).toBe(1);
    expect(lackingFor({ kind: 'role', id: 'promotes' }, 'company', 'read', roles, users).without).toBe(0);
  });
});

test('until a day is until that day is over', () => {
  expect(lastDay(endOf('2026-11-27'))).toBe('2026-11-27');
  expect(endOf('2026-11-27')).toBe(startOf('2026-11-28'));
  // The night in which clocks change has another length, and the day is the same.
  expect(lastDay(endOf('2026-10-25'))).toBe('2026-10-25');
  expect(dayFrom(new Date(2026, 11, 31, 23, 59), 1)).toBe('2027-01-01');
});

const sorted = (fields: RolePolicy['fields']) =>
  Object.fromEntries(
    Object.entries(fields).map(([object, rights]) => [
      object,
      Object.fromEntries(Object.entries(rights).sort()),
    ]),
  );
