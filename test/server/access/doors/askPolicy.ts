import { must } from '../../../../shared/lib/must.ts';
import type { PolicyChange } from '../../../../shared/protocol/index.ts';
import type { Twin } from '../twins.ts';
import { SOME_ID } from './askRecords.ts';
import type { Both } from './both.ts';

/** Criteria that look at what whoever asks reads, and at what they do not: counted, previewed, made, changed, taken back. */
export async function askPolicy(both: Both): Promise<void> {
  const { organisation, hidden } = both.sides[0].twin;
  const [someone = SOME_ID, other = SOME_ID] = organisation.people.slice(1);
  const to = { kind: 'user', id: someone };
  const asked: [object: string, criteria: Record<string, unknown>][] = [
    ['deal', {}],
    ['deal', { source: ['web', 'fair'] }],
    ['deal', { or: [{ owner: someone }, { title: { contains: 'canary' } }] }],
    ['company', { industry: { ne: 'software' }, city: { empty: false } }],
    ['contact', { vip: true }],
    ['ticket', { and: [{ status: { in: ['open', 'pending'] } }, { or: [{ priority: 'low' }] }] }],
    ['deal', { or: [{ source: 'web' }, { and: [{ amount: { empty: false } }] }] }],
  ];
  const refused = Object.entries(hidden).flatMap(([object, fields]) =>
    fields.map((name): [string, Record<string, unknown>] => [object, { [name]: null }]),
  );
  for (const [object, criteria] of [...refused, ...asked]) {
    await both.same('POST /api/criteria/count', { body: { object, criteria } });
    const rule = { object, criteria, to, level: 'read' as const };
    await preview(both, { kind: 'sharing_rule', rule });
    await preview(both, { kind: 'restriction', restriction: { object, criteria, except: [] } });
    if (refused.some(([, one]) => one === criteria)) continue;
    await rules(both, { ...rule, to: { kind: 'user', id: other } });
    await restrictions(both, { object, criteria, except: organisation.roles.slice(0, 1) });
  }
  for (const change of changes(both.sides[0].twin)) await preview(both, change);
}

interface Ruled {
  object: string;
  criteria: Record<string, unknown>;
}

const preview = (both: Both, change: unknown) => both.same('POST /api/role-preview', { body: { change } });

async function rules(both: Both, rule: Ruled & { to: object; level: string }): Promise<void> {
  const at = '/api/sharing-rules';
  const body = { ...rule, name: `Rule of ${rule.object}`, active: true };
  await both.same(`POST ${at}`, { body, keep: 'rule' });
  await both.same(`GET ${at}`);
  const path = { id: '«rule»' };
  await both.same(`GET ${at}/{id}`, { path });
  const { object: _, ...patch } = body;
  await both.same(`PATCH ${at}/{id}`, { path, body: { ...patch, level: 'edit', version: 1 } });
  // Of another version: the answer holds the rule as it is.
  await both.same(`PATCH ${at}/{id}`, { path, body: { ...patch, version: 1 } });
  await both.same(`DELETE ${at}/{id}`, { path, query: { version: '1' } });
  await both.same(`DELETE ${at}/{id}`, { path });
}

async function restrictions(both: Both, restriction: Ruled & { except: string[] }): Promise<void> {
  const at = '/api/restrictions';
  const body = { ...restriction, name: `Restriction of ${restriction.object}`, active: false };
  await both.same(`POST ${at}`, { body, keep: 'restriction' });
  await both.same(`GET ${at}`);
  const path = { id: '«restriction»' };
  await both.same(`GET ${at}/{id}`, { path });
  const { object: _, ...patch } = body;
  await both.same(`PATCH ${at}/{id}`, { path, body: { ...patch, active: true, version: 1 } });
  await both.same(`PATCH ${at}/{id}`, { path, body: { ...patch, version: 1 } });
  await both.same(`DELETE ${at}/{id}`, { path, query: { version: '1' } });
  await both.same(`DELETE ${at}/{id}`, { path });
}

/** A change of every other kind. */
function changes({ organisation }: Twin): PolicyChange[] {
  const { people, teams, territories, roles } = organisation;
  const [user = SOME_ID, manager = SOME_ID] = people.slice(1);
  const [role = SOME_ID] = roles;
  const [team = SOME_ID] = teams;
  const grants = { deal: { read: ['all' as const] }, ticket: { read: ['team' as const] } };
  return [
    { kind: 'role', id: role, policy: { grants } },
    { kind: 'role', id: role, policy: { fields: { deal: { amount: 'read', title: 'hidden' } } } },
    { kind: 'role', policy: { name: 'New', purpose: '', grants, fields: {}, system: [] } },
    { kind: 'assign', user, role },
    { kind: 'assign', team, role },
    { kind: 'unassign', user, role },
    { kind: 'person', id: user, values: { team, manager, territories, active: false } },
    { kind: 'person', id: user, values: { manager: user } },
    { kind: 'territory', id: territories[0] ?? SOME_ID, values: { parent: territories[1] ?? null } },
    { kind: 'baseline', object: 'deal', baseline: 'edit' },
    { kind: 'baseline', object: 'company', baseline: 'private' },
    { kind: 'role', id: role, policy: null },
    { kind: 'approvals', approvals: true },
    { kind: 'team', id: team, values: { parent: teams[1] ?? null } },
    { kind: 'further_teams', id: user, teams },
    { kind: 'territory_rule', id: territories[0] ?? SOME_ID, criteria: { industry: 'software' } },
    { kind: 'territory_rule', id: territories[0] ?? SOME_ID, criteria: { phone: null } },
    { kind: 'undo', id: 1 },
  ];
}

/** Roles, who holds them, where people stand, what everyone may do, and taking all of it back. */
export async function changePolicy(both: Both): Promise<void> {
  const { people, teams, territories, records } = both.sides[0].twin.organisation;
  const [user = SOME_ID, other = SOME_ID] = people.slice(1);
  const team = must(teams[0], 'a team');
  const policy = { name: 'Made', purpose: '', grants: { deal: { read: ['all'] } }, fields: {}, system: [], hands_out: [], conflicts: [] }; // prettier-ignore
  await both.same('POST /api/roles', { body: policy, keep: 'role' });
  const role = '«role»';
  const path = { id: role };
  const patch = { purpose: 'More', fields: { deal: { amount: 'read' } }, version: 1 };
  await both.same('PATCH /api/roles/{id}', { path, body: { ...policy, ...patch } });
  await both.same('PATCH /api/roles/{id}', { path, body: { ...policy, ...patch } });
  await both.same('GET /api/roles');
  await both.same('GET /api/roles/{id}', { path });
  const term = { starts_at: '2026-01-01T00:00:00.000Z', ends_at: '2090-01-01T00:00:00.000Z' };
  await both.same('POST /api/assignments', { body: { user, role, within: team, ...term } });
  await both.same('POST /api/assignments', { body: { team, role } });
  for (const query of [{ user }, { team }, { role }]) await both.same('GET /api/assignments', { query });
  await both.same('GET /api/held-roles', { query: { users: [user, other].join() } });
  for (const query of [
    { user, role },
    { team, role },
  ])
    await both.same('DELETE /api/assignments', { query });
  await both.same('DELETE /api/roles/{id}/sessions', { path });
  await both.same('DELETE /api/roles/{id}', { path });

  for (const id of [user, SOME_ID]) {
    const body = { team, manager: null, territories: territories.slice(0, 1), take_records: true };
    await both.same('GET /api/users/{id}/teams', { path: { id } });
    await both.same('PUT /api/users/{id}/teams', { path: { id }, body: { teams: teams.slice(0, 1) } });
    await both.same('POST /api/users/{id}/move', { path: { id }, body });
    await both.same('GET /api/users/{id}/move', { path: { id } });
    await both.same('GET /api/users/{id}/sessions', { path: { id } });
    await both.same('DELETE /api/users/{id}/sessions', { path: { id } });
  }
  for (const id of [team, SOME_ID]) {
    await both.same('GET /api/teams/{id}/members', { path: { id } });
    await both.same('GET /api/teams/{id}/administrators', { path: { id } });
  }
  await both.same('GET /api/territories/counts');
  for (const criteria of [{ industry: 'software' }, { revenue: { gt: 5 } }, { phone: null }, null])
    await both.same('PUT /api/territories/{id}/rule', {
      path: { id: must(territories[0], 'one') },
      body: { criteria },
    });
  await both.same('GET /api/territories/{id}/rule', { path: { id: must(territories[0], 'one') } });
  await both.same('POST /api/territories/fill');
  await both.same('GET /api/territories/fill');

  for (const baseline of ['read', 'private'])
    await both.same('PUT /api/baselines/{object}', { path: { object: 'product' }, body: { baseline } });
  await both.same('GET /api/baselines');
  for (const object of ['deal', 'company', 'ticket']) {
    const ids = [...must(records[object], object).slice(0, 4), SOME_ID];
    for (const id of ids) await shares(both, { object, id, to: { kind: 'user', id: other } });
  }
  const { body } = await both.same('GET /api/policy-changes');
  const { rows = [] } = body as { rows?: { id: number }[] };
  for (const id of [...rows.slice(0, 12).map((row) => String(row.id)), '1', '999999'])
    await both.same('POST /api/policy-changes/{id}/undo', { path: { id } });
  await both.same('GET /api/policy-changes');
  const fields = [{ label: 'Colour', kind: 'choice', choices: ['Red', 'Blue'], sensitivity: 'normal' }];
  await both.same('POST /api/fields', { body: { object: 'deal', fields } });
}

async function shares(both: Both, share: { object: string; id: string; to: object }): Promise<void> {
  const ends_at = '2090-01-01T00:00:00.000Z';
  await both.same('POST /api/shares', { body: { ...share, level: 'edit', ends_at }, keep: 'share' });
  await both.same('GET /api/shares', { query: { object: share.object, id: share.id } });
  await both.same('DELETE /api/shares/{id}', { path: { id: '«share»' } });
}
