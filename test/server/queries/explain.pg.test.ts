import { expect, test } from 'vitest';
import { explain } from '../../../server/queries/explain.ts';
import { whoCanSee } from '../../../server/queries/whoCanSee.ts';
import { toJson } from '../../../server/db/json.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, teams, pipeline, add, grant, as } = await office(sql);
const lead = await grant('ada', { name: 'Lead', grants: { deal: { read: ['reports'], assign: ['reports'] } }, fields: { deal: { amount: 'edit' } } }); // prettier-ignore
const seller = await grant('ben', { name: 'Seller', grants: { deal: { update: ['own', 'team'] } } });
await grant('dora', { name: 'Auditor', system: ['read_audit'] });
await grant('eve', { grants: { deal: { read: ['all'] } } });
const { id } = await add('deal', {
  title: 'A',
  amount: 5,
  pipeline,
  stage: 'first',
  owner: ids.ben,
  team: teams.north,
});
const [ada, ben, cem, dora] = await Promise.all([as('ada'), as('ben'), as('cem'), as('dora')]);
const about = { object: 'deal', id };
const named = (id: string, name: string) => ({ id, name });
const byHand = { held: [{ team: null, ends_at: null }] };

// —— outsiders ——

test('what may not be seen is not explained, in the same words as what is not there', async () => {
  const answers = [
    explain(app, cem, { ...about, user: ids.cem, action: 'read' }),
    explain(app, cem, { ...about, id: newId(), user: ids.cem, action: 'read' }),
    explain(app, cem, { ...about, object: 'nothing', user: ids.cem, action: 'read' }),
    explain(app, dora, { ...about, id: newId(), user: ids.cem, action: 'read' }),
    explain(app, dora, { ...about, user: newId(), action: 'read' }),
  ];
  const bodies = await Promise.all(
    answers.map((answer) => answer.catch((error: { body: unknown }) => JSON.stringify(error.body))),
  );
  expect(new Set(bodies).size).toBe(1);
  expect(bodies[0]).toMatch(/not_found/);
});

test('only overseers ask about others, also about records that they do not see themselves', async () => {
  await expect(explain(app, ben, { ...about, user: ids.ada, action: 'read' })).rejects.toMatchObject({
    code: 'not_allowed',
  });
  expect(await explain(app, dora, { ...about, user: ids.ada, action: 'read' })).toMatchObject({
    allowed: true,
  });
  expect(await explain(app, dora, { ...about, user: ids.cem, action: 'read' })).toMatchObject({
    allowed: false,
    lacking: [{ kind: 'grant', object: 'deal', action: 'read' }],
  });
  expect(await explain(app, dora, { ...about, user: ids.eve, action: 'read' })).toEqual({
    allowed: false,
    because: [],
    lacking: [{ kind: 'inactive' }],
    restrictions: [],
  });
});

test('a path says only the way where its reader may not read the field behind it', async () => {
  const forAuditor = await explain(app, dora, { ...about, user: ids.ada, action: 'read' });
  expect(forAuditor.because).toEqual([
    { role: 'Lead', roleId: lead, action: 'read', way: 'reports', ...byHand },
    { role: 'Lead', roleId: lead, action: 'assign', way: 'reports', ...byHand },
  ]);
  const text = JSON.stringify([forAuditor, await whoCanSee(app, dora, about)]);
  expect(text, 'no fact of a deal that she may not read').not.toContain(teams.north);
  expect(text).not.toContain('"owner"');
  await expect(whoCanSee(app, ben, about)).rejects.toMatchObject({ code: 'not_allowed' });
});

test('a rule is named to those only who may read all that it looks at', async () => {
  const secret = await ruleFor(ids.cem, { name: 'Over a million', filter: { amount: { gte: 1 } } });
  const plain = await ruleFor(ids.cem, { name: 'First stage', filter: { stage: 'first' } });
  const own = await grant('cem', { name: 'Reader', grants: { deal: { read: ['own'] } } });
  await sql`update deal set policy_ids = ${[secret.criteria, plain.criteria]}::uuid[] where id = ${id}`;
  const told = await explain(app, await as('cem'), { ...about, user: ids.cem, action: 'read' });
  const to = { kind: 'user', id: ids.cem, name: 'cem' };
  expect(told.because).toEqual([
    {
      role: 'Reader',
      roleId: own,
      action: 'read',
      way: 'shared',
      ...byHand,
      through: [
        { kind: 'rule', rule: null, to, level: 'read' },
        { kind: 'rule', rule: named(plain.id, 'First stage'), to, level: 'read' },
      ],
    },
  ]);
  const overseen = await explain(app, dora, { ...about, user: ids.cem, action: 'read' });
  expect(JSON.stringify(overseen)).toContain('Over a million');
  await sql`update deal set policy_ids = '{}' where id = ${id}`;
});

test('a field that does not exist is a mistake of the question', async () => {
  for (const field of ['nothing', 'constructor', 'id']) {
    await expect(
      explain(app, dora, { ...about, user: ids.ada, action: 'read', field }),
    ).rejects.toMatchObject({ code: 'malformed' });
    await expect(whoCanSee(app, dora, { ...about, field })).rejects.toMatchObject({ code: 'malformed' });
  }
  await expect(whoCanSee(app, dora, { ...about, id: newId() })).rejects.toMatchObject({ code: 'not_found' });
  await expect(whoCanSee(app, dora, { ...about, cursor: newId() })).rejects.toMatchObject({
    code: 'bad_cursor',
  });
});

// —— paths ——

test('everyone may ask about themselves, and hears by which paths', async () => {
  expect(await explain(app, ben, { ...about, user: ids.ben, action: 'update' })).toEqual({
    allowed: true,
    because: [
      { role: 'Seller', roleId: seller, action: 'update', way: 'own', ...byHand, through: [{ kind: 'self', as: 'owner' }] },
      { role: 'Seller', roleId: seller, action: 'update', way: 'team', ...byHand, through: [{ kind: 'team', team: named(teams.north, 'North') }] },
    ],
    lacking: [],
    restrictions: [],
  }); // prettier-ignore
  expect(await explain(app, ben, { ...about, user: ids.ben, action: 'read', field: 'amount' })).toEqual({
    allowed: false,
    because: [],
    lacking: [{ kind: 'field', of: 'record', object: 'deal', field: 'amount', right: 'read' }],
    restrictions: [],
  });
  expect(await explain(app, ada, { ...about, user: ids.ada, action: 'update', field: 'owner' })).toMatchObject({
    allowed: true,
    because: [
      {
        role: 'Lead',
        action: 'assign',
        way: 'reports',
        field: 'edit',
        through: [{ kind: 'report', owner: named(ids.ben, 'ben'), above: [] }],
      },
    ],
  }); // prettier-ignore
});

test('who stands in between is named, and the team by which a role is held', async () => {
  const fay = (await add('user', { name: 'Fay', email: 'fay@example.com', active: true, manager: ids.ben }))
    .id;
  const deep = (await add('deal', { title: 'B', pipeline, stage: 'first', owner: fay })).id;
  const role = newId();
  await sql`insert into role (id, name, grants) values (${role}, 'Of the team', ${toJson(sql, { deal: { read: ['reports', 'territory'] } })})`;
  const ends_at = '2030-01-01T00:00:00.000Z';
  await sql`insert into role_assignment (id, team_id, role_id, ends_at) values (${newId()}, ${teams.south}, ${role}, ${ends_at})`;
  await sql`insert into team_member (user_id, team_id) values (${ids.ada}, ${teams.south})`;
  const answer = await explain(app, await as('ada'), {
    object: 'deal',
    id: deep,
    user: ids.ada,
    action: 'read',
  });
  expect(answer.because).toContainEqual({
    role: 'Of the team',
    roleId: role,
    action: 'read',
    way: 'reports',
    held: [{ team: named(teams.south, 'South'), ends_at }],
    through: [{ kind: 'report', owner: named(fay, 'Fay'), above: [named(ids.ben, 'ben')] }],
  });
  await sql`delete from team_member where user_id = ${ids.ada}`;
});

test('a queue, a territory below, a share and its end', async () => {
  const top = (await add('territory', { name: 'Europe' })).id;
  const below = (await add('territory', { name: 'DACH', parent: top })).id;
  const queue = (await add('queue', { name: 'Billing', teams: [teams.north, teams.south] })).id;
  const role = { grants: { ticket: { read: ['team', 'territory'] } } } as const;
  await grant('cem', { name: 'Ticket reader', grants: { ticket: { read: [...role.grants.ticket.read] } } });
  await sql`update user_account set territory_ids = ${[top]}::uuid[] where id = ${ids.cem}`;
  const ticket = (await add('ticket', { subject: 'T', queue, territory: below })).id;
  const share = newId();
  await sql`
    insert into share (id, object, record_id, to_kind, to_id, level, ends_at, given_by)
    values (${share}, 'ticket', ${ticket}, 'team', ${teams.south}, 'edit', '2030-01-01T00:00:00Z', ${ids.ada})
  `;
  await sql`update ticket set policy_ids = array[${share}::uuid] where id = ${ticket}`;
  const answer = await explain(app, await as('cem'), { object: 'ticket', id: ticket, user: ids.cem, action: 'read' }); // prettier-ignore
  expect(answer.because.flatMap(({ through }) => through)).toEqual([
    { kind: 'queue', queue: named(queue, 'Billing'), teams: [named(teams.south, 'South')] },
    { kind: 'territory', territory: named(below, 'DACH'), under: named(top, 'Europe') },
    { kind: 'share', id: share, by: named(ids.ada, 'ada'), to: { kind: 'team', id: teams.south, name: 'South' }, level: 'edit', ends_at: '2030-01-01T00:00:00.000Z' },
  ]); // prettier-ignore
});

test('who oversees hears which restriction hides a record', async () => {
  const [hiding, restriction] = [newId(), newId()];
  await sql`insert into criteria (id, object, filter, filled_at) values (${hiding}, 'deal', '{}', now())`;
  await sql`insert into restriction (id, name, object, criteria_id) values (${restriction}, 'Board only', 'deal', ${hiding})`;
  await sql`update deal set policy_ids = array[${hiding}::uuid] where id = ${id}`;
  expect(await explain(app, dora, { ...about, user: ids.ben, action: 'read' })).toEqual({
    allowed: false,
    because: [],
    lacking: [{ kind: 'restriction' }],
    restrictions: [named(restriction, 'Board only')],
  });
  await expect(explain(app, await as('ben'), { ...about, user: ids.ben, action: 'read' })).rejects.toMatchObject({ code: 'not_found' }); // prettier-ignore
  await sql`update deal set policy_ids = '{}' where id = ${id}`;
  await sql`delete from restriction where id = ${restriction}`;
});

// —— who ——

test('who can see a record, or one field of it, page by page and by group', async () => {
  const whole = await whoCanSee(app, dora, about);
  expect(whole.people).toEqual([
    { user: ids.ada, name: 'ada', because: [{ role: 'Lead', roleId: lead, action: 'read', way: 'reports', ...byHand }, { role: 'Lead', roleId: lead, action: 'assign', way: 'reports', ...byHand }] },
    { user: ids.ben, name: 'ben', because: [{ role: 'Seller', roleId: seller, action: 'update', way: 'own', ...byHand }, { role: 'Seller', roleId: seller, action: 'update', way: 'team', ...byHand }] },
  ]); // prettier-ignore
  expect(whole).toMatchObject({ total: 2, groups: [{ people: 1 }, { people: 1 }, { people: 1 }] });
  expect(whole).not.toHaveProperty('next');
  const names = async (more: object) =>
    (await whoCanSee(app, dora, { ...about, ...more })).people.map(({ name }) => name);
  expect(await names({ field: 'amount' })).toEqual(['ada']);
  expect(await names({ q: ' BE' })).toEqual(['ben']);
  const own = whole.groups.find(({ way }) => way === 'own');
  expect(await names({ group: own?.key })).toEqual(['ben']);
  const first = await whoCanSee(app, dora, { ...about, limit: 1 });
  expect(first).toMatchObject({ people: [{ name: 'ada' }], next: ids.ada, total: 2 });
  expect(await names({ limit: 1, cursor: first.next })).toEqual(['ben']);
});

async function ruleFor(user: string, { name, filter }: { name: string; filter: object }) {
  const [rule, criteria] = [newId(), newId()];
  await sql`insert into criteria (id, object, filter, filled_at) values (${criteria}, 'deal', ${toJson(sql, filter)}, now())`;
  await sql`
    insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level)
    values (${rule}, ${name}, 'deal', ${criteria}, 'user', ${user}, 'read')
  `;
  return { id: rule, criteria };
}

test('of records that are not there yet it says by which role they may be added', async () => {
  const role = await grant('cem', {
    name: 'Scribe',
    grants: { company: { create: true }, ticket: { note: ['team'] } },
    fields: { company: { phone: 'hidden' } },
  });
  const create = (object: string, field?: string) =>
    explain(app, dora, { user: ids.cem, action: 'create', object, ...(field ? { field } : {}) });
  const path = { role: 'Scribe', roleId: role, ...byHand };
  expect(await create('company')).toMatchObject({
    allowed: true,
    because: [{ ...path, action: 'create', way: 'own' }],
  });
  expect(await create('company', 'city')).toMatchObject({ allowed: true, because: [{ field: 'edit' }] });
  expect(await create('company', 'phone')).toMatchObject({
    allowed: false,
    lacking: [{ kind: 'field', object: 'company', field: 'phone', right: 'edit' }],
  });
  expect(await create('company', 'policies')).toMatchObject({
    allowed: false,
    lacking: [{ kind: 'never', why: 'program' }],
  });
  expect(await create('deal')).toMatchObject({
    allowed: false,
    lacking: [{ kind: 'grant', object: 'deal', action: 'create' }],
  });
  // A part is added by what is granted on its parent.
  expect(await create('note')).toMatchObject({
    allowed: true,
    because: [{ ...path, action: 'note', way: 'team' }],
  });
  expect(await create('message')).toMatchObject({
    allowed: false,
    lacking: [{ kind: 'grant', object: 'ticket', action: 'reply' }],
  });
  const stranger = explain(app, ben, { user: ids.cem, action: 'create', object: 'company' });
  await expect(stranger).rejects.toMatchObject({ code: 'not_allowed' });
  const nobody = explain(app, dora, { user: newId(), action: 'create', object: 'company' });
  await expect(nobody).rejects.toMatchObject({ code: 'not_found' });
});
