import { expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { movePerson } from '../../../server/commands/governance/people/movePerson.ts';
import { setTeams } from '../../../server/commands/governance/people/setTeams.ts';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, roles, teams } from '../../world/people.ts';
import { bringIn, plainly } from '../commands/imports/bring.ts';

// A team may carry roles, and who is put into it holds them. Oskar looks after people everywhere and must not give roles:
// so not by the way of a team either.

const { app, sql, as } = await openNordlicht();
const rafael = await as(people.rafael);
const keeper = await createRole(app, rafael, {
  policy: {
    name: 'People keeper',
    purpose: '',
    grants: { user: { read: ['all'], create: true, update: ['all'] } },
    fields: {},
    system: ['manage_users', 'import'],
  },
});
await assignRole(app, rafael, { user: people.oskar.id, role: keeper.id });
await assignRole(app, rafael, { team: teams.technical, role: builtInRoleId('administrator') });
await assignRole(app, rafael, { team: teams.midmarket, role: roles.salesAssistant });
const oskar = await as(people.oskar);
const user = people.anna.id;

test('nobody is put into a team that would let them do more than there is of records', async () => {
  const before = await stateOf(sql);
  const team = teams.technical;
  expect(await refusal(updateRecord(app, oskar, { object: 'user', id: user, values: { team } }))).toBe(
    'not_allowed',
  );
  expect(await refusal(setTeams(app, oskar, user, [team]))).toBe('not_allowed');
  expect(await refusal(movePerson(app, oskar, user, { team, take_records: false }))).toBe('not_allowed');
  const values = { name: 'New', active: true, team };
  expect(await refusal(createRecord(app, oskar, { object: 'user', values }))).toBe('not_allowed');
  expect(await stateOf(sql)).toBe(before);
  const file = 'name,email,team\nNova,nova@x.example,Technical support\n';
  const { record } = await bringIn(app, oskar, 'user', file, { columns: plainly('name', 'email', 'team') });
  expect(record).toMatchObject({ created: 0, refused: 1 });
});

test('but into any other, and whoever is in it stays', async () => {
  const move = (id: string, values: Record<string, unknown>) =>
    updateRecord(app, oskar, { object: 'user', id, values });
  expect(recordOf(await move(user, { team: teams.midmarket }))['team']).toBe(teams.midmarket);
  const hana = { team: teams.technical, title: 'Agent', manager: null };
  expect(recordOf(await move(people.hana.id, hana))['team']).toBe(teams.technical);
  expect((await setTeams(app, rafael, user, [teams.technical])).teams).toEqual([teams.technical]);
  expect((await setTeams(app, oskar, user, [teams.technical, teams.south])).teams).toHaveLength(2);
});
