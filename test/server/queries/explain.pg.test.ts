import { expect, test } from 'vitest';
import { explain } from '../../../server/queries/explain.ts';
import { whoCanSee } from '../../../server/queries/whoCanSee.ts';
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

test('everyone may ask about themselves, and hears by which paths', async () => {
  expect(await explain(app, ben, { ...about, user: ids.ben, action: 'update' })).toEqual({
    allowed: true,
    because: [
      { role: 'Seller', roleId: seller, action: 'update', way: 'own' },
      { role: 'Seller', roleId: seller, action: 'update', way: 'team' },
    ],
  });
  expect(await explain(app, ben, { ...about, user: ids.ben, action: 'read', field: 'amount' })).toEqual({
    allowed: false,
    because: [],
  });
  expect(await explain(app, ada, { ...about, user: ids.ada, action: 'update', field: 'owner' })).toEqual({
    allowed: true,
    because: [{ role: 'Lead', roleId: lead, action: 'assign', way: 'reports', field: 'edit' }],
  });
});

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
  expect(await explain(app, dora, { ...about, user: ids.cem, action: 'read' })).toEqual({
    allowed: false,
    because: [],
  });
  expect(await explain(app, dora, { ...about, user: ids.eve, action: 'read' })).toEqual({
    allowed: false,
    because: [],
  });
});

test('a field that does not exist is a mistake of the question', async () => {
  for (const field of ['nothing', 'constructor', 'id']) {
    await expect(
      explain(app, dora, { ...about, user: ids.ada, action: 'read', field }),
    ).rejects.toMatchObject({ code: 'malformed' });
  }
});

test('who can see a record, or one field of it, with the paths', async () => {
  expect(await whoCanSee(app, dora, about)).toEqual({
    people: [
      { user: ids.ada, name: 'ada', because: [{ role: 'Lead', roleId: lead, action: 'read', way: 'reports' }, { role: 'Lead', roleId: lead, action: 'assign', way: 'reports' }] }, // prettier-ignore
      { user: ids.ben, name: 'ben', because: [{ role: 'Seller', roleId: seller, action: 'update', way: 'own' }, { role: 'Seller', roleId: seller, action: 'update', way: 'team' }] }, // prettier-ignore
    ],
  });
  expect((await whoCanSee(app, dora, { ...about, field: 'amount' })).people.map(({ name }) => name)).toEqual([
    'ada',
  ]);
  await expect(whoCanSee(app, dora, { ...about, id: newId() })).rejects.toMatchObject({ code: 'not_found' });
  await expect(whoCanSee(app, ben, about)).rejects.toMatchObject({ code: 'not_allowed' });
});
