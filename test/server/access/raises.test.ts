import { expect, test } from 'vitest';
import { raises, type Holding, type Standing } from '../../../server/access/raises.ts';
import { actorSets, type Actor, type Role } from '../../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';

const registry = new Registry(OBJECTS);
const reader: Role = {
  id: 'reader',
  name: 'Reader',
  purpose: '',
  grants: { deal: { read: ['all'] } },
  fields: {},
  system: [],
};
const standing = (actor: Partial<Actor> = {}, held: Holding[] = []): Standing => ({
  actor: { kind: 'person', userId: 'me', sets: actorSets('me'), roles: [reader], fingerprint: '', ...actor },
  held,
});
const rises = (before: Standing, after: Standing) => raises(registry, before, after);
const sets = (more: Parameters<typeof actorSets>[1]) => ({ sets: actorSets('me', more) });
const now: Holding = { role: 'reader', within: null, starts_at: '2026-01-01T00:00:00.000Z', ends_at: null };

test('the same is no more', () => {
  expect(rises(standing({}, [now]), standing({}, [now]))).toBe(false);
});

test.each<[string, Standing, Standing, boolean]>([
  ['a further role', standing({ roles: [] }), standing(), true],
  ['a role less', standing(), standing({ roles: [] }), false],
  [
    'a role that says something else',
    standing(),
    standing({ roles: [{ ...reader, fields: { deal: {} } }] }),
    true,
  ],
  ['records opened', standing(), standing(sets({ shared: new Set(['rule']) })), true],
  ['records no longer opened', standing(sets({ shared: new Set(['rule']) })), standing(), false],
  ['records hidden', standing(), standing(sets({ restrictions: new Set(['rule']) })), false],
  ['records no longer hidden', standing(sets({ restrictions: new Set(['rule']) })), standing(), true],
  ['another team', standing(), standing(sets({ teams: new Set(['north']) })), true],
  ['open to everyone, who read all of it anyway', standing(), standing({ open: { deal: 'read' } }), false],
  ['open to everyone to edit', standing(), standing({ open: { deal: 'edit' } }), true],
  ['open to everyone what they do not read', standing(), standing({ open: { ticket: 'read' } }), true],
  [
    'a role of later',
    standing({}, []),
    standing({}, [{ ...now, starts_at: '2099-01-01T00:00:00.000Z' }]),
    true,
  ],
  [
    'the same role, not so long',
    standing({}, [now]),
    standing({}, [{ ...now, ends_at: '2099-01-01T00:00:00.000Z' }]),
    false,
  ],
  [
    'the same role, longer',
    standing({}, [{ ...now, ends_at: '2027-01-01T00:00:00.000Z' }]),
    standing({}, [now]),
    true,
  ],
  ['the same role, less limited', standing({}, [{ ...now, within: 'north' }]), standing({}, [now]), true],
])('%s', (_what, before, after, more) => {
  expect(rises(before, after)).toBe(more);
});
