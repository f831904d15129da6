import { beforeAll, describe, expect, test } from 'vitest';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { restoreRecord } from '../../../server/commands/records/restoreRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { setAway } from '../../../server/commands/support/setAway.ts';
import { toJson } from '../../../server/db/json.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { insertRecord } from '../../../server/records/write.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { ApiError } from '../../../shared/protocol/index.ts';
import { openNordlicht, recordOf } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';

// Queues, channels and tags: what stands under the tickets while they come, go and change hands.

const { app, sql, as } = await openNordlicht();
const [rafael, mireille, bjorn] = await Promise.all([people.rafael, people.mireille, people.bjorn].map(as));
type Who = typeof rafael;

const create = (object: string, values: Record<string, unknown>, who: Who = rafael) =>
  createRecord(app, who!, { object, values }).then(recordOf);
const queue = (values: Record<string, unknown> = {}) =>
  create('queue', { name: 'Line', teams: [teams.support], position: 0, ...values });
const update = (object: string, id: string, values: Record<string, unknown>, who: Who = rafael) =>
  updateRecord(app, who!, { object, id, values });
const remove = (object: string, id: string) => deleteRecord(app, rafael!, { object, id });
const refusal = async (promise: Promise<unknown>) => {
  const [result] = await Promise.allSettled([promise]);
  if (result.status === 'fulfilled' || !(result.reason instanceof ApiError)) throw new Error('Not refused');
  return { code: result.reason.code, ...result.reason.details };
};

let home = '';
beforeAll(async () => {
  home = (await queue()).id;
});
const ticket = (values: Record<string, unknown> = {}) =>
  create('ticket', { subject: 'Help', queue: home, assignee: null, ...values });

describe('a queue that is thrown away', () => {
  test('while a ticket enters it: either the ticket is not in, or the queue is still there', async () => {
    for (let i = 0; i < 10; i++) {
      const [{ id: doomed }, { id }] = [await queue(), await ticket()];
      await Promise.allSettled([update('ticket', id, { queue: doomed }), remove('queue', doomed)]);
      const [row] = await sql`
        select q.deleted_at from ticket t join queue q on q.id = t.queue_id where t.id = ${id}
      `;
      expect(row!['deleted_at']).toBeNull();
    }
  });

  test('is not, while a channel leads to it; and no channel or ticket comes back into one that is gone', async () => {
    const doomed = (await queue()).id;
    const channel = (await create('channel', { name: 'Chat', queue: doomed, active: true })).id;
    expect(await refusal(remove('queue', doomed))).toMatchObject({ code: 'already_done' });
    const { id } = await ticket({ queue: doomed });
    await remove('channel', channel);
    await remove('ticket', id);
    await remove('queue', doomed);
    const wrong = { code: 'invalid', fields: { queue: 'No such queue' } };
    for (const [object, gone] of [
      ['channel', channel],
      ['ticket', id],
    ] as const)
      expect(await refusal(restoreRecord(app, rafael!, { object, id: gone }))).toMatchObject(wrong);
  });
});

describe('who works a queue, and where a channel leads', () => {
  test('is not said by whoever may merely change queues: it gives sight of tickets', async () => {
    const role = newId();
    const grants = { queue: { update: ['all'], create: true }, channel: { update: ['all'] } };
    await sql`insert into role (id, name, grants) values (${role}, 'Queues', ${toJson(sql, grants)})`;
    await sql`
      insert into role_assignment (id, user_id, role_id) values (${newId()}, ${people.noor.id}, ${role})
    `;
    const noor = await as(people.noor);
    const missing = { code: 'not_allowed', needs: 'manage_users' };
    expect(await refusal(update('queue', home, { teams: [teams.north] }, noor))).toMatchObject(missing);
    expect(await refusal(queue({ teams: [teams.north] }).then(() => create('queue', { name: 'Mine', teams: [teams.north], position: 1 }, noor)))).toMatchObject(missing); // prettier-ignore
    expect(recordOf(await update('queue', home, { name: 'First line' }, noor))).toMatchObject({
      name: 'First line',
    });
    const { id } = await create('channel', { name: 'Chat', queue: home, active: true });
    expect(await refusal(update('channel', id, { queue: home }, mireille))).toMatchObject({
      needs: 'manage_settings',
    });
    expect(recordOf(await update('channel', id, { greeting: 'Hello' }, mireille))).toMatchObject({
      greeting: 'Hello',
    });
  });
});

test('going away gives back what one has then, and nothing that a colleague was given meanwhile', async () => {
  const held = await Promise.all(Array.from({ length: 12 }, () => ticket({ assignee: people.bjorn.id })));
  const [away] = await Promise.all([
    setAway(app, bjorn!, true),
    ...held.map(({ id }) => update('ticket', id, { assignee: people.mireille.id }, mireille)),
  ]);
  const rows = await sql`
    select assignee_id from ticket where id = any (${held.map(({ id }) => id)}::uuid[])
  `;
  expect(rows.map((row) => row['assignee_id'] as string)).toEqual(held.map(() => people.mireille.id));
  expect(away.away).toBe(true);
  expect(await setAway(app, bjorn!, false)).toEqual({ away: false, returned: 0 });
});

test('of two tags of one name at once there is one', async () => {
  const tries = await Promise.allSettled([
    create('tag', { name: 'VIP' }),
    create('tag', { name: 'vip' }, bjorn),
  ]);
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await refusal(create('tag', { name: 'Vip' }))).toMatchObject({
    fields: { name: 'There is a tag of this name' },
  });
});

test('a thread is in the order in which its ticket learned of it, also where the lines cross', async () => {
  const { id } = await ticket();
  const hear = (body: string) =>
    transaction(sql, (tx) =>
      insertRecord(tx, app, { actorId: null, requestId: 'test' }, app.registry.get('message'), {
        ticket: id,
        body,
      }),
    );
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      i % 2 ? hear(`theirs ${i}`) : create('message', { ticket: id, body: `ours ${i}` }, bjorn),
    ),
  );
  const said = await sql<{ body: string; from: string; created_at: string }[]>`
    select body, "from", created_at from message where ticket_id = ${id} order by created_at desc
  `;
  expect(new Set(said.map((one) => one.created_at)).size).toBe(20);
  const [row] =
    await sql`select preview, preview_from, last_message_at, waiting_since from ticket where id = ${id}`;
  expect(row).toMatchObject({
    preview: said[0]!.body,
    preview_from: said[0]!.from,
    last_message_at: said[0]!.created_at,
  });
  expect(row!['waiting_since'] === null).toBe(said[0]!.from === 'us');
});
