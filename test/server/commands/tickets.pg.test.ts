import { beforeAll, describe, expect, test } from 'vitest';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { changeRecord, insertRecord } from '../../../server/records/write.ts';
import { ApiError } from '../../../shared/protocol/index.ts';
import { openNordlicht, recordOf } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';

const { app, sql, as } = await openNordlicht();
const [bjorn, mireille, hana, yusuf, rafael, oskar] = await Promise.all(
  [people.bjorn, people.mireille, people.hana, people.yusuf, people.rafael, people.oskar].map(as),
);
type Who = typeof bjorn;

const queues: Record<'support' | 'technical', string> = { support: '', technical: '' };
beforeAll(async () => {
  for (const [key, team] of [
    ['support', teams.support],
    ['technical', teams.technical],
  ] as const) {
    queues[key] = (await write('queue', { name: key, teams: [team], position: 0 })).id;
  }
});

const write = (object: string, values: Parameters<typeof insertRecord>[4], actorId: string | null = null) =>
  transaction(sql, (tx) =>
    insertRecord(tx, app, { actorId, requestId: 'test' }, app.registry.get(object), values),
  );
const ticket = (values: Record<string, unknown> = {}) =>
  createRecord(app, rafael!, {
    object: 'ticket',
    values: { subject: 'Help', queue: queues.support, assignee: null, ...values },
  }).then(recordOf);
const update = (who: Who, id: string, values: Record<string, unknown>, version?: number) =>
  updateRecord(app, who!, { object: 'ticket', id, values, version });
const say = (who: Who, id: string, body: string) =>
  createRecord(app, who!, { object: 'message', values: { ticket: id, body } }).then(recordOf);
const note = (who: Who, id: string, body: string, mentions: string[] = []) =>
  createRecord(app, who!, { object: 'note', values: { ticket: id, body, mentions } }).then(recordOf);
/** What a refusal says. */
const refusal = async (promise: Promise<unknown>) => {
  const [result] = await Promise.allSettled([promise]);
  if (result.status === 'fulfilled' || !(result.reason instanceof ApiError)) throw new Error('Not refused');
  return { code: result.reason.code, ...result.reason.details };
};
/** As the customer would: nobody of ours. */
const hear = (id: string, body: string) => write('message', { ticket: id, body });
const row = async (id: string) => (await sql`select * from ticket where id = ${id}`)[0]!;
const told = (user: string, id: string) =>
  sql`select kind, author_id, read_at from notification where user_id = ${user} and ticket_id = ${id}`;

describe('assignment', () => {
  test('to a teammate keeps the team; to another team clears the teammate, unless one is named along', async () => {
    const { id } = await ticket({ team: teams.support });
    expect(recordOf(await update(bjorn, id, { assignee: people.bjorn.id }))).toMatchObject({
      team: teams.support,
    });
    const moved = await update(mireille, id, { team: teams.technical });
    expect(recordOf(moved)).toMatchObject({ team: teams.technical, assignee: null });
    await update(mireille, id, { team: teams.support, assignee: people.bjorn.id });
    expect(await row(id)).toMatchObject({ team_id: teams.support, assignee_id: people.bjorn.id });
  });

  test('of one ticket by two at once: one has it, the other is told who', async () => {
    const { id, version } = await ticket();
    const tries = await Promise.allSettled(
      [people.bjorn, people.mireille].map(async ({ id: me }, i) =>
        update([bjorn, mireille][i], id, { assignee: me }, version),
      ),
    );
    const lost = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason as ApiError] : []));
    expect(lost.map(({ code }) => code)).toEqual(['version_conflict']);
    const { assignee_id: winner } = await row(id);
    expect(lost[0]?.body.error.current).toMatchObject({ assignee: winner });
  });

  test('is for people who can answer; whoever only reads it cannot be given it', async () => {
    const { id } = await ticket();
    const wrong = { code: 'invalid', fields: { assignee: 'This person could not answer it' } };
    expect(await refusal(update(bjorn, id, { assignee: people.oskar.id }))).toMatchObject(wrong);
    expect(await refusal(update(bjorn, id, { assignee: people.anna.id }))).toMatchObject({
      fields: { assignee: 'This person could not see it' },
    });
  });

  test('tells the one it is given to, and not whoever takes it', async () => {
    const { id } = await ticket();
    await update(bjorn, id, { assignee: people.bjorn.id });
    expect(await told(people.bjorn.id, id)).toEqual([]);
    await update(mireille, id, { assignee: people.zoe.id });
    expect(await told(people.zoe.id, id)).toMatchObject([
      { kind: 'assigned', author_id: people.mireille.id, read_at: null },
    ]);
  });
});

describe('a queue', () => {
  test('gives its tickets to the teams that work it, and to no others', async () => {
    const { id } = await ticket();
    expect(await refusal(update(hana, id, { priority: 'high' }))).toMatchObject({ code: 'not_found' });
    const answer = await update(bjorn, id, { queue: queues.technical });
    expect(answer).toMatchObject({ gone: { id, gone: true } });
    expect(recordOf(await update(hana, id, { priority: 'high' }))).toMatchObject({ priority: 'high' });
    expect(await refusal(say(bjorn, id, 'Still here'))).toMatchObject({ code: 'invalid' });
  });

  test('that a ticket enters keeps the assignee who works it, and lets go of one who does not', async () => {
    const second = (await write('queue', { name: 'Second', teams: [teams.support], position: 2 })).id;
    const { id } = await ticket({ assignee: people.bjorn.id });
    await update(mireille, id, { queue: second });
    expect(await row(id)).toMatchObject({ assignee_id: people.bjorn.id });
    await update(mireille, id, { queue: queues.technical });
    expect(await row(id)).toMatchObject({ assignee_id: null, team_id: null });
  });

  test('worked by another team is a change of policy for both teams, and of no ticket', async () => {
    const moving = (await write('queue', { name: 'Moving', teams: [teams.support], position: 3 })).id;
    const { id } = await ticket({ queue: moving });
    const { version } = await row(id);
    await transaction(sql, (tx) =>
      changeRecord(tx, app, { actorId: null, requestId: 'test' }, app.registry.get('queue'), moving, {
        teams: [teams.technical],
      }),
    );
    const [last] = await sql`select users from access_log order by seq desc limit 1`;
    expect(last!['users']).toEqual(expect.arrayContaining([people.bjorn.id, people.hana.id]));
    expect(await row(id)).toMatchObject({ version });
    expect(
      await refusal(
        updateRecord(app, await as(people.bjorn), { object: 'ticket', id, values: { priority: 'low' } }),
      ),
    ).toMatchObject({ code: 'not_found' });
    expect(
      recordOf(
        await updateRecord(app, await as(people.hana), { object: 'ticket', id, values: { priority: 'low' } }),
      ),
    ).toMatchObject({ id });
  });

  test('with tickets in it cannot be thrown away', async () => {
    await ticket();
    const gone = deleteRecord(app, rafael!, { object: 'queue', id: queues.support });
    expect(await refusal(gone)).toMatchObject({ code: 'already_done' });
  });
});

describe('what is said', () => {
  test('by the customer opens the ticket and makes it wait; our answer ends that', async () => {
    const { id } = await ticket();
    const first = await hear(id, 'Is anybody there?\nHello?');
    expect(await row(id)).toMatchObject({
      status: 'open', preview: 'Is anybody there? Hello?', preview_from: 'customer',
      waiting_since: first.created_at, seen_by_us_at: null,
    }); // prettier-ignore
    await hear(id, 'Hello??');
    expect((await row(id))['waiting_since']).toEqual(first.created_at);

    const reply = await say(bjorn, id, 'Yes, here we are');
    expect(reply).toMatchObject({ from: 'us', author: people.bjorn.id, author_name: 'Björn' });
    expect(await row(id)).toMatchObject({
      status: 'pending', waiting_since: null, first_replied_at: reply.created_at, preview_from: 'us',
    }); // prettier-ignore
    await update(bjorn, id, { status: 'resolved' });
    expect((await row(id))['resolved_at']).not.toBeNull();
    await hear(id, 'Not yet');
    expect(await row(id)).toMatchObject({ status: 'open', resolved_at: null });
  });

  test('is seen by those who may read the thread, previews included, and by nobody else', async () => {
    const { id } = await ticket();
    await hear(id, 'My secret is canary-4711');
    const seen = JSON.stringify(await update(bjorn, id, { priority: 'high' }));
    expect(seen).toContain('canary-4711');
    const [event] = await sql`select after from outbox where record_id = ${id} order by id desc limit 1`;
    const { mask } = await import('../../../shared/access/index.ts');
    const masked = JSON.stringify(
      mask(oskar!.actor, app.registry, app.registry.get('ticket'), event!['after']),
    );
    expect(masked).not.toContain('canary-4711');
    expect(masked).toContain(id);
  });

  test('stands in its place in the queue: urgent first, then who waits the longest, then the rest', async () => {
    const [calm, older, newer, urgent] = [
      await ticket(),
      await ticket(),
      await ticket(),
      await ticket({ priority: 'urgent' }),
    ];
    for (const { id } of [older, newer, urgent]) await hear(id, 'Hello');
    const wanted = [urgent, older, newer, calm].map(({ id }) => id);
    const rows =
      await sql`select id from ticket where id = any (${wanted}::uuid[]) order by place collate "und-x-icu"`;
    expect(rows.map(({ id }) => id as string)).toEqual(wanted);
  });

  test('by somebody who may only read is refused, with the right that is missing', async () => {
    const { id } = await ticket();
    expect(await refusal(say(oskar, id, 'Hi'))).toMatchObject({ code: 'not_allowed', needs: 'ticket.reply' });
    expect(await refusal(note(oskar, id, 'Hi'))).toMatchObject({ code: 'not_allowed', needs: 'ticket.note' });
  });

  test('cannot be changed nor deleted, by anyone', async () => {
    const { id } = await ticket();
    const reply = await say(bjorn, id, 'As it was');
    const change = { object: 'message', id: reply.id };
    expect(await refusal(updateRecord(app, rafael!, { ...change, values: { body: 'Other' } }))).toMatchObject(
      { code: 'not_allowed' },
    );
    expect(await refusal(deleteRecord(app, rafael!, change))).toMatchObject({ code: 'not_allowed' });
  });
});

describe('a private note', () => {
  test('tells whoever it mentions, puts the ticket among their mentions, and leaves status and preview alone', async () => {
    const { id } = await ticket();
    await hear(id, 'Hello');
    const before = await row(id);
    await note(bjorn, id, '@Mireille have a look', [people.mireille.id, people.bjorn.id]);
    expect(await row(id)).toMatchObject({
      status: 'open', preview: 'Hello', waiting_since: before['waiting_since'],
      note_preview: '@Mireille have a look', mentioned_ids: [people.mireille.id, people.bjorn.id],
    }); // prettier-ignore
    expect(await told(people.mireille.id, id)).toMatchObject([
      { kind: 'mention', author_id: people.bjorn.id },
    ]);
    expect(await told(people.bjorn.id, id)).toEqual([]);
  });

  test('mentions nobody who could not read it', async () => {
    const { id } = await ticket();
    for (const stranger of [people.hana.id, people.oskar.id, people.anna.id]) {
      expect(await refusal(note(bjorn, id, 'Psst', [stranger]))).toMatchObject({
        code: 'invalid',
        fields: { mentions: 'This person could not see it' },
      });
    }
    expect((await sql`select 1 from note where ticket_id = ${id}`).count).toBe(0);
  });

  test('goes along when its ticket moves, and back from the bin with it', async () => {
    const { id } = await ticket();
    const written = await note(bjorn, id, 'Ours');
    await update(mireille, id, { queue: queues.technical });
    expect((await sql`select queue_id from note where id = ${written.id}`)[0]).toEqual({
      queue_id: queues.technical,
    });
    await deleteRecord(app, rafael!, { object: 'ticket', id });
    expect(
      (await sql`select deleted_at from note where id = ${written.id}`)[0]!['deleted_at'],
    ).not.toBeNull();
    expect(await refusal(note(yusuf, id, 'Too late'))).toMatchObject({ code: 'invalid' });
  });
});
