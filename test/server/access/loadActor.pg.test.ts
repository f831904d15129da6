import { expect, test } from 'vitest';
import { loadActor, loadActors } from '../../../server/access/loadActor.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { ids, teams, grant } = await office(sql);

test('an actor has everyone below them at any depth, whoever has left included', async () => {
  const low = newId();
  await sql`insert into user_account (id, name, manager_id) values (${low}, 'Low', ${ids.eve})`;
  const ada = await loadActor(sql, ids.ada);
  expect(ada?.sets.reports).toEqual(new Set([ids.ben, ids.cem, ids.eve, low]));
  expect((await loadActor(sql, ids.ben))?.sets.reports).toEqual(new Set());
});

test('a circle in the tree ends, and nobody is below themselves', async () => {
  const [one, two] = [newId(), newId()];
  await sql`insert into user_account (id, name) values (${one}, 'One'), (${two}, 'Two')`;
  await sql`update user_account set manager_id = case id when ${one} then ${two}::uuid else ${one}::uuid end where id in (${one}, ${two})`;
  expect((await loadActor(sql, one))?.sets.reports).toEqual(new Set([two]));
});

test('teams are the home team and the further ones', async () => {
  await sql`insert into team_member (team_id, user_id) values (${teams.south}, ${ids.ben}), (${teams.north}, ${ids.ben})`;
  expect((await loadActor(sql, ids.ben))?.sets.teams).toEqual(new Set([teams.north, teams.south]));
  expect((await loadActor(sql, ids.dora))?.sets.teams).toEqual(new Set());
});

test('a role counts from its start until its end', async () => {
  const role = await grant('cem', { name: 'Temporary' });
  const roles = async () => (await loadActor(sql, ids.cem))?.roles.map(({ name }) => name);
  const hold = (from: number, until: number | null) => sql`
    update role_assignment set starts_at = now() + ${from} * interval '1 min', ends_at = now() + ${until} * interval '1 min'
    where role_id = ${role}
  `;
  expect(await roles()).toEqual(['Temporary']);
  await hold(1, null);
  expect(await roles()).toEqual([]);
  await hold(-2, -1);
  expect(await roles()).toEqual([]);
  await hold(-1, 1);
  expect(await roles()).toEqual(['Temporary']);
});

test('who is inactive, in the bin, or nobody is no actor', async () => {
  const gone = newId();
  await sql`insert into user_account (id, name, deleted_at) values (${gone}, 'Gone', now())`;
  const actors = await loadActors(sql, [ids.ada, ids.eve, gone, newId()]);
  expect([...actors.keys()]).toEqual([ids.ada]);
});

test('the fingerprint changes with anything that decides, and with nothing else', async () => {
  const print = async () => (await loadActor(sql, ids.dora))?.fingerprint;
  const seen = [await print()];
  await sql`update user_account set title = 'Engineer', version = version + 1 where id = ${ids.dora}`;
  expect(await print()).toBe(seen[0]);

  const role = await grant('dora', { grants: { deal: { read: ['own'] } } });
  seen.push(await print());
  await sql`update role set fields = '{"deal": {"amount": "read"}}' where id = ${role}`;
  seen.push(await print());
  await sql`update user_account set team_id = ${teams.north} where id = ${ids.dora}`;
  seen.push(await print());
  await sql`update user_account set manager_id = ${ids.dora} where id = ${ids.cem}`;
  seen.push(await print());
  expect(new Set(seen).size).toBe(5);
});

test('a role that is not one stops the program rather than giving something by chance', async () => {
  const role = await grant('ben', {});
  await sql`update role set grants = '{"deal": {"read": ["everything"]}}' where id = ${role}`;
  await expect(loadActor(sql, ids.ben)).rejects.toThrow(/everything|Invalid/);
});
