import { expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { deleteRole } from '../../../server/commands/governance/deleteRole.ts';
import { createRestriction } from '../../../server/commands/governance/rules/createRestriction.ts';
import { createSharingRule } from '../../../server/commands/governance/rules/createSharingRule.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { updateRole } from '../../../server/commands/governance/updateRole.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { DAY_ms } from '../../../shared/lib/time.ts';
import { openNordlicht, refusal, stateOf } from '../../world/nordlicht.ts';
import { people } from '../../world/people.ts';

const { app, sql, as } = await openNordlicht();
const [rafael, anna] = await Promise.all([people.rafael, people.anna].map(as));

const make = (name: string) =>
  createRole(app, rafael!, {
    policy: { name, purpose: '', grants: { deal: { read: ['own'] } }, fields: {}, system: [] },
  });
const remove = (id: string, idempotencyKey?: string) =>
  deleteRole(app, rafael!, { id, ...(idempotencyKey ? { idempotencyKey } : {}) });

test('whoever may not manage roles deletes none, and hears the same of one that is not there', async () => {
  const { id } = await make('Nobody’s');
  const before = await stateOf(sql);
  for (const role of [id, newId(), builtInRoleId('auditor')])
    expect(await refusal(deleteRole(app, anna!, { id: role }))).toBe('not_allowed');
  expect(await stateOf(sql)).toBe(before);
});

test('what came with the product stays, and what is not there is not found', async () => {
  expect(await refusal(remove(builtInRoleId('data_analyst')))).toBe('already_done');
  expect(await refusal(remove(newId()))).toBe('not_found');
  expect(await refusal(remove('nonsense'))).toBe('not_found');
});

test('a role stays while somebody holds it, or will', async () => {
  const { id } = await make('Held');
  await assignRole(app, rafael!, { user: people.anna.id, role: id });
  expect(await refusal(remove(id))).toBe('already_done');
  const tomorrow = new Date(Date.now() + DAY_ms).toISOString();
  await assignRole(app, rafael!, { user: people.anna.id, role: id, starts_at: tomorrow });
  expect(await refusal(remove(id))).toBe('already_done');
  await unassignRole(app, rafael!, { user: people.anna.id, role: id });
  await remove(id);
  expect(await sql`select 1 from role where id = ${id}`).toHaveLength(0);
  const [line] = await sql`select action, before -> 'name' as name from audit_entry order by id desc limit 1`;
  expect(line).toEqual({ action: 'role.delete', name: 'Held' });
});

test('a role stays while a rule, a restriction or another role names it', async () => {
  const [ruled, spared, handed, lets] = await Promise.all(['Ruled', 'Spared', 'Handed', 'Lets'].map(make));
  await createSharingRule(app, rafael!, {
    rule: { name: 'Web', object: 'deal', criteria: { source: 'web' }, to: { kind: 'role', id: ruled!.id }, level: 'read' },
  }); // prettier-ignore
  await createRestriction(app, rafael!, {
    restriction: { name: 'Fair', object: 'deal', criteria: { source: 'fair' }, except: [spared!.id] },
  });
  await updateRole(app, rafael!, { id: lets!.id, patch: { hands_out: [handed!.id] } });
  for (const role of [ruled, spared, handed]) expect(await refusal(remove(role!.id))).toBe('already_done');
  await updateRole(app, rafael!, { id: lets!.id, patch: { hands_out: [] } });
  await remove(handed!.id);
});

test('asked again with its key it has been deleted', async () => {
  const { id } = await make('Twice');
  await remove(id, 'key-of-deletion');
  await remove(id, 'key-of-deletion');
  expect(await refusal(remove(id))).toBe('not_found');
});
