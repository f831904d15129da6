import { beforeAll, describe, expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { createRestriction } from '../../../server/commands/governance/rules/createRestriction.ts';
import { createSharingRule } from '../../../server/commands/governance/rules/createSharingRule.ts';
import { giveShare } from '../../../server/commands/governance/shares/giveShare.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { openNordlicht } from '../../world/nordlicht.ts';
import { people, roles, teams } from '../../world/people.ts';
import type { Answer, RawClient } from '../../world/rawClient.ts';
import { openDoors } from '../http/doors.ts';
import { comeIn, everything } from './outsider.ts';

// Ids of others, in every path and every payload that takes one: each door says the very same of what is not the asker's
// as of what never was, and nothing is written by a refusal.

const house = await openNordlicht();
const { app, sql, add, as } = house;
const ADMINISTRATOR = builtInRoleId('administrator');
const rafael = await as(people.rafael);

/** Manages roles and rules, and reads nothing. */
const keeper = await createRole(app, rafael, {
  policy: { name: 'Role keeper', purpose: '', grants: {}, fields: {}, system: ['manage_roles'] },
});
await sql`delete from role_assignment where user_id = ${people.helena.id}`;
await assignRole(app, rafael, { user: people.helena.id, role: keeper.id });
/** Looks after Enterprise North, in one role that he may give away there. */
const partly = await createRole(app, rafael, {
  policy: {
    name: 'Team administrator',
    purpose: '',
    grants: { user: { read: ['all'], create: true, update: ['all'] } },
    fields: {},
    system: ['manage_users', 'see_as', 'end_sessions', 'read_audit'],
    hands_out: [roles.salesAssistant],
  },
});
await assignRole(app, rafael, { user: people.kofi.id, role: partly.id, within: teams.north });

// What belongs to Anna, in Enterprise North.
const company = await add('company', people.anna, { name: 'Quagga Works', external_id: 'Q-1' });
const contact = await add('contact', people.anna, { name: 'Quagga Person', company: company.id });
const deal = await add('deal', people.anna, { title: 'Quagga deal', company: company.id });
const activity = await add('activity', people.anna, { deal: deal.id, subject: 'Call' });
const queue = await add('queue', null, { name: 'Quagga queue', teams: [teams.support], position: 9 });
const ticket = await add('ticket', null, { subject: 'Quagga ticket', queue: queue.id });
const message = await add('message', null, { ticket: ticket.id, body: 'Quagga said' });
const note = await add('note', null, { ticket: ticket.id, body: 'Quagga noted' });
const share = await giveShare(app, await as(people.anna), {
  share: { object: 'deal', id: deal.id, to: { kind: 'user', id: people.dawit.id }, level: 'read' },
});
const criteria = { source: 'partner' };
const rule = await createSharingRule(app, rafael, {
  rule: {
    name: 'Quagga rule',
    object: 'deal',
    criteria,
    to: { kind: 'user', id: people.dawit.id },
    level: 'read',
  },
});
const restriction = await createRestriction(app, rafael, {
  restriction: { name: 'Quagga ban', object: 'deal', criteria, except: [ADMINISTRATOR] },
});
const { sessionId: annasSession } = await as(people.anna);

/** What is there, by the part of a path after which its id stands. */
const THERE: Record<string, string> = {
  companies: company.id,
  contacts: contact.id,
  deals: deal.id,
  activities: activity.id,
  tickets: ticket.id,
  messages: message.id,
  notes: note.id,
  shares: share.id,
  'sharing-rules': rule.id,
  restrictions: restriction.id,
  roles: ADMINISTRATOR,
  sessions: annasSession,
  drafts: ticket.id,
};
/** Bodies that a door takes, so that it comes to look at the id. */
const BODIES: Record<string, unknown> = {
  'PATCH /api/roles/{id}': { purpose: 'Mine' },
  'PATCH /api/sharing-rules/{id}': { version: 1, name: 'Mine' },
  'PATCH /api/restrictions/{id}': { version: 1, name: 'Mine' },
  'POST /api/tickets/{id}/messages': { kind: 'reply', body: 'Mine' },
  'PUT /api/drafts/{id}/reply': { body: 'Mine' },
  'PUT /api/drafts/{id}/note': { body: 'Mine' },
  'PATCH /api/companies/{id}': { name: 'Mine' },
  'PATCH /api/contacts/{id}': { name: 'Mine' },
  'PATCH /api/deals/{id}': { title: 'Mine', version: 1 },
  'PATCH /api/activities/{id}': { subject: 'Mine' },
  'PATCH /api/tickets/{id}': { subject: 'Mine' },
};

let chiamaka: RawClient;
let helena: RawClient;
let kofi: RawClient;
let before: Record<string, string>;
beforeAll(async () => {
  const { base } = await openDoors(house);
  [chiamaka, helena, kofi] = await Promise.all([
    comeIn(house, base, people.chiamaka),
    comeIn(house, base, people.helena),
    comeIn(house, base, people.kofi),
  ]);
  before = await everything(sql);
});

const sayingOf = ({ status, text }: Answer): [number, string] => [status, text];

/** Asks of what is there and of what is not, and holds the answers against each other. */
async function mustBeAlike(
  client: RawClient,
  method: string,
  ask: (id: string) => { path: string; body?: unknown },
  there: string,
): Promise<Answer> {
  const [real, made] = [ask(there), ask(newId())];
  const answer = await client.send(method, real.path, real.body);
  const other = await client.send(method, made.path, made.body);
  expect(sayingOf(answer), `${method} ${real.path} ${JSON.stringify(real.body)}`).toEqual(sayingOf(other));
  return answer;
}

describe.each([
  ['a representative of another team', () => chiamaka],
  ['who looks after roles and sees no records', () => helena],
  ['who looks after the people of a part', () => kofi],
])('%s', (who, enter) => {
  test('is told the same at every door of one id', async () => {
    const { body } = await enter().get('/api/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, object>> };
    let asked = 0;
    for (const [path, doors] of Object.entries(paths)) {
      const [, , plural = ''] = path.split('/');
      const there = THERE[plural];
      if (!path.includes('{id}') || there === undefined) continue;
      // Kofi reads what belongs to his team, and Helena roles and rules: what they see is no secret to them.
      if (who.includes('part') && !['shares', 'sharing-rules', 'restrictions', 'tickets', 'messages', 'notes'].includes(plural)) continue; // prettier-ignore
      if (who.includes('roles') && ['roles', 'sharing-rules', 'restrictions'].includes(plural)) continue;
      // A share he sees may be his to take back.
      if (who.includes('part') && plural === 'shares') continue;
      for (const method of Object.keys(doors).map((name) => name.toUpperCase())) {
        const door = `${method} ${path}`;
        const ask = (id: string) => ({ path: path.replace('{id}', id), body: BODIES[door] });
        const { status, text } = await mustBeAlike(enter(), method, ask, there);
        expect([403, 404, 400, 422], `${door} ${text}`).toContain(status);
        asked++;
      }
    }
    expect(asked).toBeGreaterThan(8);
    expect(await everything(sql)).toEqual(before);
  });
});

describe('an id in a payload', () => {
  const to = { kind: 'user', id: people.bjorn.id };
  test.each<[string, string, (id: string) => unknown, string]>([
    ['POST', '/api/shares', (id) => ({ object: 'deal', id, to, level: 'read' }), deal.id],
    ['POST', '/api/shares', (id) => ({ object: 'ticket', id, to, level: 'edit' }), ticket.id],
    ['POST', '/api/activities', (id) => ({ kind: 'note', subject: 'x', deal: id }), deal.id],
    ['POST', '/api/activities', (id) => ({ kind: 'note', subject: 'x', company: id }), company.id],
    ['POST', '/api/activities', (id) => ({ kind: 'note', subject: 'x', contact: id }), contact.id],
    ['POST', '/api/contacts', (id) => ({ name: 'x', company: id }), company.id],
    ['POST', '/api/companies', (id) => ({ name: 'x', parent: id }), company.id],
    ['POST', '/api/deals', (id) => ({ title: 'x', company: id }), company.id],
    ['POST', '/api/deals', (id) => ({ title: 'x', contact: id }), contact.id],
    ['POST', '/api/tickets', (id) => ({ subject: 'x', queue: queue.id, contact: id }), contact.id],
    ['POST', '/api/tickets', (id) => ({ subject: 'x', queue: queue.id, company: id }), company.id],
    ['POST', '/api/messages', (id) => ({ ticket: id, body: 'x' }), ticket.id],
    ['POST', '/api/notes', (id) => ({ ticket: id, body: 'x' }), ticket.id],
    ['POST', '/api/assignments', (id) => ({ user: people.anna.id, role: id }), ADMINISTRATOR],
    ['POST', '/api/assignments', (id) => ({ team: teams.north, role: id }), ADMINISTRATOR],
    ['POST', '/api/see-as', (id) => ({ role: id }), ADMINISTRATOR],
    ['POST', '/api/role-preview', (id) => ({ change: { kind: 'assign', user: people.anna.id, role: id } }), ADMINISTRATOR], // prettier-ignore
    ['POST', '/api/role-preview', (id) => ({ change: { kind: 'role', id, policy: { purpose: 'x' } } }), ADMINISTRATOR], // prettier-ignore
    ['POST', '/api/role-preview', (id) => ({ change: { kind: 'sharing_rule', id, rule: null } }), rule.id],
    ['POST', '/api/role-preview', (id) => ({ change: { kind: 'restriction', id, restriction: null } }), restriction.id], // prettier-ignore
  ])('%s %s %s is no such thing to who does not see it', async (method, path, bodyOf, there) => {
    const { status } = await mustBeAlike(chiamaka, method, (id) => ({ path, body: bodyOf(id) }), there);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(await everything(sql)).toEqual(before);
  });

  test('that the administrator of a part must not use is no such thing either', async () => {
    const attempts: [string, string, (id: string) => unknown, string][] = [
      ['POST', '/api/assignments', (id) => ({ user: people.anna.id, role: id }), ADMINISTRATOR],
      ['POST', '/api/assignments', (id) => ({ user: people.anna.id, role: id, within: teams.north }), partly.id], // prettier-ignore
      ['POST', '/api/see-as', (id) => ({ role: id }), ADMINISTRATOR],
      ['POST', '/api/role-preview', (id) => ({ change: { kind: 'assign', user: people.anna.id, role: id } }), ADMINISTRATOR], // prettier-ignore
      ['POST', '/api/role-preview', (id) => ({ change: { kind: 'role', id, policy: { purpose: 'x' } } }), ADMINISTRATOR], // prettier-ignore
    ];
    for (const [method, path, bodyOf, there] of attempts) {
      const { status } = await mustBeAlike(kofi, method, (id) => ({ path, body: bodyOf(id) }), there);
      expect(status, path).toBeGreaterThanOrEqual(400);
    }
    const unassign = (id: string) => ({ path: `/api/assignments?user=${people.anna.id}&role=${id}` });
    await mustBeAlike(kofi, 'DELETE', unassign, builtInRoleId('sales_representative'));
    expect(await everything(sql)).toEqual(before);
  });
});

describe('an id in a query', () => {
  test.each<[string, (id: string) => string, string]>([
    ['shares of it', (id) => `/api/shares?object=deal&id=${id}`, deal.id],
    [
      'reasons for it',
      (id) => `/api/explain?user=${people.chiamaka.id}&action=read&object=deal&id=${id}`,
      deal.id,
    ],
    ['who sees it', (id) => `/api/who-can-see?object=deal&id=${id}`, deal.id],
    [
      'its own in a filter',
      (id) => `/api/deals?filter=${encodeURIComponent(JSON.stringify({ id }))}`,
      deal.id,
    ],
    ['what names it', (id) => `/api/deals?filter=${encodeURIComponent(JSON.stringify({ company: id }))}&total=true`, company.id], // prettier-ignore
    [
      'what is part of it',
      (id) => `/api/activities?filter=${encodeURIComponent(JSON.stringify({ deal: id }))}`,
      deal.id,
    ],
    ['who holds it', (id) => `/api/assignments?role=${id}`, ADMINISTRATOR],
    ['a search for it', (id) => `/api/search?q=${id}`, deal.id],
  ])('%s: the same as of none', async (_what, pathOf, there) => {
    await mustBeAlike(chiamaka, 'GET', (id) => ({ path: pathOf(id) }), there);
    // Who looks after rights may ask for the reasons of all.
    if (!/who-can-see|assignments|explain/.test(pathOf('')))
      await mustBeAlike(helena, 'GET', (id) => ({ path: pathOf(id) }), there);
  });

  test('where somebody looks after rights, reasons are theirs to see, and nothing else of it is', async () => {
    const path = `/api/explain?user=${people.dawit.id}&action=read&object=deal&id=${deal.id}`;
    const { status, text } = await helena.get(path);
    expect(status).toBe(200);
    expect(text).not.toMatch(/Quagga deal|Quagga Works/);
    expect(
      must(await helena.get(`/api/who-can-see?object=deal&id=${deal.id}`), 'an answer').text,
    ).not.toMatch(/Quagga deal/);
  });
});
