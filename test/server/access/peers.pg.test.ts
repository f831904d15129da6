import { beforeAll, describe, expect, test } from 'vitest';
import type { RolePolicy } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import type { Explanation } from '../../../shared/protocol/index.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openDoors } from '../http/doors.ts';
import { openHouse } from '../identity/house.ts';

// What the manuals of other products say of access, as questions to this one: asked through the doors as an administrator
// asks, and where it is about reading, tried by the person as well. Where this product decides otherwise by design the
// question says so.

const ALL = ['all' as const];
const people: Record<string, string> = {};
const roles: Record<string, string> = {};
const records: Record<string, string> = {};
const clients: Record<string, RawClient> = {};
let ada: RawClient;

/** Makes something through its door; answers its id. */
async function make(plural: string, body: object): Promise<string> {
  const made = await ada.post(`/api/${plural}`, body);
  expect([200, 201], made.text).toContain(made.status);
  return (made.body as { id: string }).id;
}

async function role(name: string, policy: Partial<RolePolicy>): Promise<void> {
  const { grants = {}, fields = {}, system = [] } = policy;
  roles[name] = await make('roles', { name, purpose: '', grants, fields, system });
}

beforeAll(async () => {
  const house = await openHouse();
  const doors = await openDoors(house);
  const every = { read: ALL, create: true, update: ALL, delete: ALL, assign: ALL, export: ALL };
  const objects = ['user', 'team', 'territory', 'company', 'contact', 'deal', 'pipeline'];
  const grants = Object.fromEntries(objects.map((name) => [name, every]));
  const system = ['manage_roles', 'manage_users'] as RolePolicy['system'];
  const fields = { deal: { amount: 'edit', margin: 'edit' } } as const;
  const root = await house.addRole({ name: 'Root', grants, fields, system });
  await house.addPerson('Ada', [root]);
  ada = await doors.signIn('Ada');

  const north = await make('teams', { name: 'North' });
  const northeast = await make('teams', { name: 'North-East', parent: north });
  const south = await make('teams', { name: 'South' });
  const europe = await make('territories', { name: 'Europe' });
  const germany = await make('territories', { name: 'Germany', parent: europe });
  const bavaria = await make('territories', { name: 'Bavaria', parent: germany });

  const reps = ['Rex', 'Rob', 'Tia', 'Pia', 'Gus', 'Ina'];
  const others = ['Vera', 'Mia', 'Ann', 'Ted', 'Tess', 'Kim', 'Leo', 'Eli', 'Zed', 'Dan'];
  for (const name of [...reps, ...others]) people[name] = await house.addPerson(name);
  const place = async (name: string, values: object) => {
    const placed = await ada.patch(`/api/users/${must(people[name], name)}`, values);
    expect(placed.status, placed.text).toBe(200);
  };
  await place('Mia', { manager: people['Vera'], team: north });
  for (const [name, team] of [
    ['Rex', north],
    ['Rob', south],
    ['Tia', northeast],
    ['Ina', north],
  ] as const)
    await place(name, { manager: people['Mia'], team });
  await place('Ted', { territories: [germany] });
  await place('Tess', { territories: [bavaria] });
  await place('Leo', { team: north });

  await role('Rep', {
    grants: { deal: { create: true, read: ['own'], update: ['own'], delete: ['own'] } },
    fields: { deal: { amount: 'edit' } },
  });
  await role('Manager', {
    grants: {
      deal: { read: ['reports', 'own'], update: ['reports'], assign: ['reports'], export: ['reports'] },
    },
    fields: { deal: { amount: 'read' } },
  });
  await role('Team reader', { grants: { deal: { read: ['team'] } } });
  await role('Area', { grants: { deal: { read: ['territory'] }, company: { read: ['territory'] } } });
  await role('Analyst', {
    grants: { deal: { read: ALL, export: ALL } },
    fields: { deal: { title: 'read' } },
  });
  await role('Own in full', { grants: { deal: { read: ['own'] } }, fields: { deal: { amount: 'read' } } });
  await role('All without prices', { grants: { deal: { read: ALL } } });
  await role('Editor', { grants: { deal: { update: ['own'] } } });
  await role('Deleter', { grants: { deal: { delete: ['own'] } } });
  const give = async (name: string, ...names: string[]) => {
    for (const one of names) {
      const given = await ada.post('/api/assignments', { user: people[name], role: roles[one] });
      expect([200, 201], given.text).toContain(given.status);
    }
  };
  for (const name of ['Rex', 'Rob', 'Tia', 'Pia', 'Ina', 'Gus']) await give(name, 'Rep');
  for (const name of ['Vera', 'Mia']) await give(name, 'Manager');
  await give('Leo', 'Team reader');
  for (const name of ['Ted', 'Tess']) await give(name, 'Area');
  await give('Ann', 'Analyst');
  await give('Kim', 'Own in full', 'All without prices');
  await give('Eli', 'Editor');
  await give('Dan', 'Deleter');
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const later = { user: people['Zed'], role: roles['Analyst'], starts_at: tomorrow };
  expect((await ada.post('/api/assignments', later)).status).toBeLessThan(300);

  const stages = [{ key: 'new', name: 'New', probability: 10, kind: 'open', color: 'blue', requires: [] }];
  const pipeline = await make('pipelines', { name: 'Sales', position: 0, stages });
  const company = await make('companies', { name: 'Bräu', territory: bavaria });
  records['company in Bavaria'] = company;
  records['company in Europe'] = await make('companies', { name: 'Eurocorp', territory: europe });
  const deal = async (name: string, owner: string, values: object = {}) => {
    const basis = { title: name, amount: 100, margin: 5, pipeline, stage: 'new', owner: people[owner] };
    records[name] = await make('deals', { ...basis, ...values });
  };
  await deal("Rex's", 'Rex');
  await deal("Rob's", 'Rob');
  await deal("Tia's", 'Tia');
  await deal("Mia's", 'Mia');
  await deal("Vera's", 'Vera');
  await deal("Ina's", 'Ina');
  await deal("Kim's", 'Kim');
  await deal("Gus's", 'Gus');
  await deal('with Pia', 'Rob', { participants: [people['Pia']] });
  await deal('in Bavaria', 'Rob', { company });
  await deal('from the web', 'Rob', { source: 'web' });
  await deal('secret', 'Rex', { title: 'Project secret' });
  await deal('binned', 'Rex');
  await deal('shared', 'Rob');
  await deal('shared to edit', 'Rob');
  await deal('shared for a day', 'Rob');
  await deal('handed over', 'Rex');

  await make('sharing-rules', {
    name: 'Web', object: 'deal', criteria: { source: 'web' }, to: { kind: 'role', id: roles['Editor'] }, level: 'edit',
  }); // prettier-ignore
  await make('sharing-rules', {
    name: 'Web to the south', object: 'deal', criteria: { source: 'web' }, to: { kind: 'team', id: north }, level: 'read',
  }); // prettier-ignore
  await make('restrictions', {
    name: 'Secret', object: 'deal', criteria: { title: { contains: 'secret' } }, except: [root.id],
  }); // prettier-ignore
  const share = (name: string, to: string, level: string, more: object = {}) =>
    make('shares', {
      object: 'deal',
      id: records[name],
      to: { kind: 'user', id: people[to] },
      level,
      ...more,
    });
  for (const to of ['Rex', 'Gus', 'Dan', 'Ann']) await share('shared', to, 'read');
  for (const to of ['Rex', 'Ann', 'Dan']) await share('shared to edit', to, 'edit');
  await share('shared for a day', 'Rex', 'read', { ends_at: tomorrow });
  const past = {
    object: 'deal',
    id: records['shared'],
    to: { kind: 'user', id: people['Eli'] },
    level: 'read',
  };
  expect((await ada.post('/api/shares', { ...past, ends_at: yesterday })).status).toBe(422);
  await share('handed over', 'Eli', 'read');
  expect((await ada.patch(`/api/deals/${records['handed over']}`, { owner: people['Rob'] })).status).toBe(
    200,
  );
  expect((await ada.delete(`/api/deals/${records['binned']}`)).status).toBe(200);
  await place('Ina', { active: false });
  expect((await ada.delete(`/api/assignments?user=${people['Gus']}&role=${roles['Rep']}`)).status).toBe(200);
  for (const name of Object.keys(people).filter((one) => one !== 'Ina'))
    clients[name] = await doors.signIn(name);
});

type Question = [
  who: string,
  action: string,
  record: string,
  field: string | null,
  allowed: boolean,
  says: string,
];

const QUESTIONS: Record<string, Question[]> = {
  // Salesforce: organisation-wide defaults, role hierarchy, profiles, sharing rules, manual sharing, field-level security.
  'a private default': [
    ['Rex', 'read', "Rex's", null, true, 'the owner reads'],
    ['Rex', 'read', "Rob's", null, false, 'a colleague of the same role does not'],
    ['Rob', 'update', "Rex's", null, false, 'nor changes'],
    [
      'Gus',
      'read',
      "Gus's",
      null,
      false,
      'owning something gives nothing without a permission on the object',
    ],
  ],
  'the hierarchy': [
    ['Mia', 'read', "Rex's", null, true, 'a manager reads what is owned directly below'],
    ['Vera', 'read', "Rex's", null, true, 'and so at any depth'],
    ['Vera', 'update', "Rex's", null, true, 'with the permissions that they have themselves'],
    ['Mia', 'delete', "Rex's", null, false, 'but not with those of the people below'],
    ['Mia', 'read', "Vera's", null, false, 'nobody reads upwards'],
    ['Rex', 'read', "Mia's", null, false, 'at no step'],
    ['Mia', 'read', "Ina's", null, true, 'what somebody owns who has left stays in reach'],
    ['Mia', 'assign', "Ina's", null, true, 'and can be handed on'],
    ['Vera', 'export', "Tia's", null, true, 'exporting has a reach of its own'],
    ['Vera', 'export', "Vera's", null, false, 'which need not be that of reading'],
  ],
  fields: [
    ['Rex', 'update', "Rex's", 'amount', true, 'the field right of the role'],
    ['Mia', 'read', "Rex's", 'amount', true, 'read only is read'],
    ['Mia', 'update', "Rex's", 'amount', false, 'and not changed'],
    ['Ann', 'read', "Rex's", 'amount', false, 'a sensitive field has to be given'],
    ['Ann', 'read', "Rex's", 'title', true, 'others follow the object'],
    ['Rex', 'read', "Rex's", 'margin', false, 'the owner, too, sees no secret that no role gives'],
    ['Ann', 'export', "Rex's", 'amount', false, 'nor does it stand in an export'],
    ['Kim', 'read', "Kim's", 'amount', true, 'permission sets add up: in full on own records'],
    ['Kim', 'read', "Rob's", 'amount', false, 'but a field of one role is not opened on the rows of another'],
    ['Kim', 'read', "Rob's", null, true, 'which are read all the same'],
    ['Mia', 'update', "Rex's", 'owner', true, 'whoever asks to change the owner asks to hand over'],
    ['Mia', 'assign', "Rex's", 'owner', true, 'which a manager may'],
    ['Rex', 'assign', "Rex's", 'owner', false, 'and an owner need not have'],
  ],
  'sharing rules': [
    ['Eli', 'update', 'from the web', null, true, 'by criteria, to a role, for editing'],
    ['Eli', 'read', 'from the web', null, true, 'editing includes reading'],
    ['Eli', 'read', "Rob's", null, false, 'and nothing that does not fulfil them'],
    ['Rex', 'read', 'from the web', null, true, 'to a team'],
    ['Rex', 'update', 'from the web', null, false, 'no further than the level says'],
    ['Tia', 'read', 'from the web', null, false, 'a team means its own people, not those of teams below'],
    ['Eli', 'delete', 'from the web', null, false, 'never deleting'],
    ['Rob', 'read', 'from the web', null, true, 'and takes nothing from the owner'],
  ],
  'one record shared by hand': [
    ['Rex', 'read', 'shared', null, true, 'reading'],
    ['Rex', 'update', 'shared', null, false, 'no more'],
    ['Rex', 'update', 'shared to edit', null, true, 'editing'],
    ['Rex', 'delete', 'shared to edit', null, false, 'deleting stays with the owner'],
    ['Rex', 'assign', 'shared to edit', null, false, 'handing over, too'],
    ['Rex', 'read', 'shared for a day', null, true, 'until a moment that has not come'],
    ['Gus', 'read', 'shared', null, false, 'it gives no permission on the object'],
    ['Ann', 'update', 'shared to edit', null, false, 'nor one for an action that no role has'],
    ['Ann', 'read', 'shared', 'amount', false, 'nor for a field'],
    ['Rex', 'read', 'shared', 'amount', true, 'the fields are those of the role'],
    ['Dan', 'read', 'shared', null, true, 'every action implies reading, so it is opened'],
    ['Dan', 'delete', 'shared to edit', null, false, 'and reaches no further for deleting'],
    ['Eli', 'read', 'handed over', null, true, 'here a share outlives its owner (elsewhere it does not)'],
    ['Rex', 'read', 'handed over', null, false, 'whoever hands over keeps nothing'],
  ],
  restrictions: [
    ['Rex', 'read', 'secret', null, false, 'beat owning'],
    ['Mia', 'read', 'secret', null, false, 'the hierarchy'],
    ['Ann', 'read', 'secret', null, false, 'and all'],
    ['Ada', 'read', 'secret', null, true, 'but not for the roles that they name'],
  ],
  // Zammad: groups. EspoCRM: levels own, team, all. Both: several roles, the widest counts.
  teams: [
    ['Leo', 'read', "Rex's", null, true, 'what belongs to one of my teams'],
    ['Leo', 'read', "Rob's", null, false, 'not to another'],
    ['Leo', 'read', "Tia's", null, false, 'nor to one below mine'],
    ['Leo', 'update', "Rex's", null, false, 'and each action by itself'],
    ['Pia', 'read', 'with Pia', null, true, 'whoever is named on it counts as an owner'],
    ['Pia', 'delete', 'with Pia', null, true, 'for every action that reaches one’s own'],
    ['Pia', 'read', "Rob's", null, false, 'and nowhere else'],
  ],
  // Salesforce: territory management.
  territories: [
    ['Tess', 'read', 'company in Bavaria', null, true, 'one’s own'],
    ['Ted', 'read', 'company in Bavaria', null, true, 'and those below'],
    ['Ted', 'read', 'company in Europe', null, false, 'not those above'],
    ['Ted', 'read', 'in Bavaria', null, true, 'a new deal is in its company’s'],
    ['Tess', 'update', 'in Bavaria', null, false, 'and each action by itself'],
  ],
  // Everybody's: people who left, permissions to come, the bin.
  time: [
    ['Ina', 'read', "Ina's", null, false, 'an inactive person may nothing'],
    ['Zed', 'read', "Rex's", null, false, 'a role from tomorrow on gives nothing today'],
    ['Rex', 'read', 'binned', null, false, 'what is in the bin is nobody’s'],
    ['Ann', 'read', 'binned', null, false, 'whatever they reach'],
  ],
};

const objectOf = (record: string): [string, string] =>
  record.startsWith('company') ? ['company', 'companies'] : ['deal', 'deals'];

describe.each(Object.entries(QUESTIONS))('%s', (_chapter, questions) => {
  test.each(questions)('%s, %s, %s (%s): %s – %s', async (who, action, record, field, allowed) => {
    const [object, plural] = objectOf(record);
    const id = must(records[record], record);
    const user = people[who] ?? (await idOfAda());
    const asked = `user=${user}&action=${action}&object=${object}&id=${id}${field ? `&field=${field}` : ''}`;
    const answer = await ada.get(`/api/explain?${asked}`);
    expect(answer.status, answer.text).toBe(200);
    const { allowed: said, because, lacking } = answer.body as Explanation;
    expect(said).toBe(allowed);
    // Whatever the answer, there are words for it.
    expect(allowed ? because.length : lacking.length).toBeGreaterThan(0);
    const client = who === 'Ada' ? ada : clients[who];
    if (action !== 'read' || client === undefined) return;
    const read = await client.get(`/api/${plural}/${id}`);
    const shown = read.status === 200 && (field === null || field in (read.body as object));
    expect(shown).toBe(allowed);
  });
});

async function idOfAda(): Promise<string> {
  return ((await ada.get('/api/me')).body as { user: { id: string } }).user.id;
}
