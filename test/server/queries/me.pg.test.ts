import { expect, test } from 'vitest';
import { describeMe } from '../../../server/queries/me.ts';
import { findRole, listRoles } from '../../../server/queries/roles.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { meSchema, roleAnswerSchema } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, teams, grant, as } = await office(sql);
const seller = await grant('ben', { name: 'Seller', grants: { deal: { read: ['own'] } } });
const admin = await grant('ada', { name: 'Administrator', system: ['manage_roles'] });
await sql`insert into role_assignment (id, user_id, role_id, ends_at) values
  (${newId()}, ${ids.cem}, ${seller}, now() + interval '1 hour'), (${newId()}, ${ids.dora}, ${seller}, now())`;

test('I am told who I am, what I may, and where the policy stands', async () => {
  const ben = await as('ben');
  await sql`insert into session (id, token_hash, user_id, idle_expires_at, expires_at)
    values (${ben.sessionId}, 'x', ${ids.ben}, '2030-01-01T00:00:00Z', '2031-01-01T00:00:00Z')`;
  await sql`insert into custom_field (id, object, name, kind, label) values (${newId()}, 'company', 'since', 'date', 'Since')`;
  const me = await describeMe(app, ben);
  expect(meSchema.parse(me)).toEqual(me);
  expect(me).toMatchObject({
    user: { id: ids.ben, name: 'ben', email: 'ben@example.com', title: null },
    roles: [{ id: seller, name: 'Seller', grants: { deal: { read: ['own'] } } }],
    rights: { teams: [teams.north], reports: [], fingerprint: ben.actor.fingerprint },
    session: { id: ben.sessionId, expires_at: '2030-01-01T00:00:00.000Z' },
    organisation: { currency: 'EUR', demo: false },
    custom_fields: [{ object: 'company', name: 'since', kind: 'date', choices: [] }],
  });
});

test('administrators see every role with its members of now; others their own roles and themselves in them', async () => {
  const [ada, ben, dora] = await Promise.all([as('ada'), as('ben'), as('dora')]);
  const all = await listRoles(app, ada.actor);
  expect(all.map((role) => roleAnswerSchema.parse(role))).toEqual(all);
  expect(all.map(({ name, members }) => [name, [...members].sort()])).toEqual([
    ['Administrator', [ids.ada]],
    ['Seller', [ids.ben, ids.cem].sort()],
  ]);
  expect(await listRoles(app, ben.actor)).toMatchObject([{ name: 'Seller', members: [ids.ben] }]);
  expect(await listRoles(app, dora.actor)).toEqual([]);
  expect(await findRole(app, ada.actor, seller)).toMatchObject({ id: seller });
  expect(await findRole(app, ben.actor, admin)).toBeNull();
  expect(await findRole(app, ben.actor, newId())).toBeNull();
  expect(await findRole(app, ada.actor, 'x')).toBeNull();
});
