import { describe, expect, test } from 'vitest';
import { loadActor, loadActors } from '../../../server/access/loadActor.ts';
import { maskedSql } from '../../../server/records/readSql.ts';
import { actorSets, CUSTOMER, customerActor, mask, type Image } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, teams, add, grant } = await office(sql);

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

test('territories are those one works in and all below them, at any depth, and none above', async () => {
  const territory = async (name: string, parent: string | null) =>
    (await add('territory', { name, parent })).id;
  const world = await territory('World', null);
  const europe = await territory('Europe', world);
  const dach = await territory('DACH', europe);
  const bavaria = await territory('Bavaria', dach);
  const munich = await territory('Munich', bavaria);
  await territory('Asia', world);
  await sql`update user_account set territory_ids = ${[europe]}::uuid[] where id = ${ids.dora}`;
  expect((await loadActor(sql, ids.dora))?.sets.territories).toEqual(
    new Set([europe, dach, bavaria, munich]),
  );
  await sql`update user_account set territory_ids = '{}' where id = ${ids.dora}`;
});

test('a role of a team is held by everyone in it, and by nobody else', async () => {
  const role = newId();
  await sql`insert into role (id, name) values (${role}, 'Of South')`;
  await sql`insert into role_assignment (id, team_id, role_id) values (${newId()}, ${teams.south}, ${role})`;
  const held = async (id: string) => (await loadActor(sql, id))?.roles.some((one) => one.id === role);
  expect(await held(ids.cem), 'home team').toBe(true);
  expect(await held(ids.ben), 'further team').toBe(true);
  expect(await held(ids.dora)).toBe(false);
  await sql`delete from role_assignment where role_id = ${role}`;
});

test('queues are those that one of their teams works, as long as there are such queues', async () => {
  const both = (await add('queue', { name: 'Both', teams: [teams.north, teams.south] })).id;
  const south = (await add('queue', { name: 'South', teams: [teams.south] })).id;
  await add('queue', { name: 'Nobody' });
  const queues = async () => (await loadActor(sql, ids.cem))?.sets.queues;
  expect(await queues()).toEqual(new Set([both, south]));
  expect((await loadActor(sql, ids.dora))?.sets.queues).toEqual(new Set());
  const print = async () => (await loadActor(sql, ids.cem))?.fingerprint;
  const before = await print();
  await sql`update queue set deleted_at = now() where id = ${south}`;
  expect(await queues()).toEqual(new Set([both]));
  expect(await print()).not.toBe(before);
});

describe('a visitor', () => {
  const visitor = async (given: { ends?: Date; lasts_ms?: number } = {}) => {
    const id = newId();
    const queue = (await add('queue', { name: 'Chat', teams: [teams.north] })).id;
    const channel = (await add('channel', { name: 'Chat', queue, active: true })).id;
    await sql`
      insert into visitor (id, channel_id, token_hash, expires_at, ended_at)
      values (${id}, ${channel}, ${id}, now() + ${given.lasts_ms ?? 60_000} * interval '1 ms', ${given.ends ?? null})
    `;
    return { id, queue };
  };

  test('is a customer: one closed role, no teams, nobody below', async () => {
    const { id } = await visitor();
    const actor = await loadActor(sql, id);
    expect(actor).toEqual(customerActor(id));
    expect(actor?.roles).toEqual([CUSTOMER]);
    expect(actor?.sets).toEqual(actorSets(id));
  });

  test('is nobody once the token is over', async () => {
    const [ended, expired] = [await visitor({ ends: new Date() }), await visitor({ lasts_ms: -1 })];
    expect(await loadActors(sql, [ended.id, expired.id])).toEqual(new Map());
  });

  test('is loaded beside people, and gets nothing of what is given to them', async () => {
    const { id } = await visitor();
    const actors = await loadActors(sql, [ids.ada, id]);
    expect([...actors].map(([who, { kind }]) => [who, kind])).toEqual([[ids.ada, 'person'], [id, 'customer']]); // prettier-ignore
  });

  test('reads of tickets, messages and everything else what is named for customers, whatever is added', async () => {
    const { id, queue } = await visitor();
    const actor = must(await loadActor(sql, id), 'the visitor');
    const field = { kind: 'text' as const, sensitivity: 'normal' as const, required: false, choices: [] };
    const registry = new Registry(OBJECTS, [
      { ...field, object: 'ticket', name: 'mood', label: 'Mood' },
      { ...field, object: 'message', name: 'tone', label: 'Tone' },
    ]);
    const ticket = await add('ticket', { subject: 'Help', queue, customer: id, assignee: ids.ben });
    const said = await add('message', { ticket: ticket.id, body: 'Hello' });
    await add('note', { ticket: ticket.id, body: 'Rude', mentions: [ids.ben] });
    const seen = (name: string, image: Image) => mask(actor, registry, registry.get(name), image);
    expect(Object.keys(seen('ticket', { ...ticket, mood: 'Bad' }) ?? {}).sort()).toEqual(
      ['created_at', 'id', 'may', 'seen_by_us_at', 'status', 'subject', 'version'],
    ); // prettier-ignore
    expect(seen('message', { ...said, tone: 'Rude' })).toMatchObject({
      body: 'Hello',
      may: { actions: ['read'], edit: [] },
    });
    expect(Object.keys(seen('message', { ...said, tone: 'Rude' }) ?? {}).sort()).toEqual(
      ['author_name', 'body', 'created_at', 'from', 'id', 'may', 'ticket', 'version'],
    ); // prettier-ignore
    for (const object of registry.objects.values()) {
      const rows = await sql`select 1 from ${maskedSql(sql, actor, registry, object)} m`;
      expect(rows.length, object.name).toBe(['ticket', 'message'].includes(object.name) ? 1 : 0);
    }
  });

  test('does not become one of us by an id of ours on the ticket, nor we one of them', async () => {
    const { id, queue } = await visitor();
    const ticket = await add('ticket', { subject: 'Mine', queue, customer: id });
    const others = must(await loadActor(sql, (await visitor()).id), 'another visitor');
    expect(mask(others, app.registry, app.registry.get('ticket'), ticket)).toBeNull();
    // What a person is granted as their own is what they are named on, not what customers are.
    await grant('dora', { grants: { ticket: { read: ['own'] } } });
    const dora = must(await loadActor(sql, ids.dora), 'Dora');
    expect(mask(dora, app.registry, app.registry.get('ticket'), ticket)).toBeNull();
  });
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
