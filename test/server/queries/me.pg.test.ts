import { expect, test } from 'vitest';
import { describeMe } from '../../../server/queries/me.ts';
import { myRights } from '../../../server/queries/myRights.ts';
import { findRole, listRoles } from '../../../server/queries/roles.ts';
import { toJson } from '../../../server/db/json.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { meSchema, myRightsSchema, roleAnswerSchema } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, teams, pipeline, add, grant, as } = await office(sql);
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

test('I am told where my rights come from, and of what is hidden no more than that it may be', async () => {
  const [mine, theirs, unseen] = await Promise.all(
    ['Shared with Ben', 'Hidden', 'Not a deal of his'].map((title) =>
      add('deal', { title, amount: 5, pipeline, stage: 'first', owner: ids.ada }),
    ),
  );
  const [share, hiding, rule, open, secret] = [newId(), newId(), newId(), newId(), newId()];
  await sql`
    insert into share (id, object, record_id, to_kind, to_id, level, given_by, ends_at)
    values (${share}, 'deal', ${mine!.id}, 'team', ${teams.north}, 'edit', ${ids.ada}, '2030-01-01T00:00:00Z')
  `;
  for (const [id, filter] of [
    [hiding, { amount: { gte: 3 } }],
    [open, { stage: 'first' }],
    [secret, { amount: { gte: 9 } }],
  ] as const)
    await sql`insert into criteria (id, object, filter, filled_at) values (${id}, 'deal', ${toJson(sql, filter)}, now())`;
  await sql`insert into restriction (id, name, object, criteria_id) values (${newId()}, 'Big ones', 'deal', ${hiding})`;
  for (const [id, name, criteria] of [
    [rule, 'First stage', open],
    [newId(), 'Over nine', secret],
  ] as const)
    await sql`
      insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level)
      values (${id}, ${name}, 'deal', ${criteria}, 'user', ${ids.ben}, 'read')
    `;
  await sql`update deal set policy_ids = array[${share}::uuid] where id = ${mine!.id}`;
  await sql`update deal set policy_ids = array[${share}::uuid, ${hiding}] where id = ${theirs!.id}`;
  await sql`insert into share (id, object, record_id, to_kind, to_id, level) values (${newId()}, 'deal', ${unseen!.id}, 'user', ${ids.ben}, 'read')`;

  const told = await myRights(app, await as('ben'));
  expect(myRightsSchema.parse(told)).toEqual(told);
  const ben = { kind: 'user', id: ids.ben, name: 'ben' };
  expect(told).toEqual({
    held: [{ role: seller, team: null, ends_at: null }],
    territories: [],
    rules: expect.toSatisfy((rules: object[]) => rules.length === 2),
    shares: [
      {
        object: 'deal',
        record: mine!.id,
        title: 'Shared with Ben',
        by: { id: ids.ada, name: 'ada' },
        to: { kind: 'team', id: teams.north, name: 'North' },
        level: 'edit',
        ends_at: '2030-01-01T00:00:00.000Z',
      },
    ],
    restricted: ['deal'],
  });
  expect(told.rules).toContainEqual({ object: 'deal', name: 'First stage', to: ben, level: 'read' });
  expect(told.rules).toContainEqual({ object: 'deal', name: null, to: ben, level: 'read' });
  expect(JSON.stringify(told)).not.toMatch(/Big ones|Over nine|Not a deal/);
});
