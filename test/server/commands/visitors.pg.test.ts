import { beforeAll, describe, expect, test } from 'vitest';
import { forgetVisitors } from '../../../server/commands/support/forgetVisitors.ts';
import { connect } from '../../../server/db/connect.ts';
import { endVisitor } from '../../../server/identity/visitors.ts';
import { later } from '../../world/cleanup.ts';
import type { Answer } from '../../world/rawClient.ts';
import { until } from '../../world/until.ts';
import { openChat, type ChatHouse } from '../http/chat.ts';

// What becomes of customers, their tokens and what they do, where the store is asked.

let chat: ChatHouse;
beforeAll(async () => {
  chat = await openChat();
});

describe('the end of a token', () => {
  test('waits for what the visitor is writing; what comes after it is refused', async () => {
    const { app, database } = chat.house;
    const vera = await chat.visitor();
    const ticket = ((await vera.say('First')).body as { ticket: string }).ticket;
    const owner = await connect(database.migrationUrl, { max: 1, idle_in_transaction_timeout_ms: 10_000 });
    later(() => owner.end());
    const held: { writing?: Promise<Answer>; ended?: Promise<void>; late?: Promise<Answer> } = {};
    await owner.begin(async (tx) => {
      await tx`select 1 from ticket where id = ${ticket} for update`;
      held.writing = vera.say('Under way');
      await until(waits(1));
      held.ended = endVisitor(app, vera.id);
      await until(waits(2));
      held.late = vera.say('Too late');
      await until(waits(3));
    });
    expect((await held.writing)?.status).toBe(201);
    await held.ended;
    expect((await held.late)?.status).toBe(401);
  });

  const waits = (count: number) => async () => {
    const [found] = await chat.house.app.sql<{ waiting: number }[]>`
      select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    `;
    return found!.waiting >= count;
  };
});

test('what a customer does is done by nobody of ours', async () => {
  const vera = await chat.visitor({ name: 'Vera' });
  const { ticket } = (await vera.say('Where is my order?')).body as { ticket: string };
  const events = await chat.house.app.sql<{ actor_id: string | null }[]>`
    select actor_id from outbox where record_id = ${ticket}
  `;
  expect(events.map(({ actor_id }) => actor_id)).toEqual(events.map(() => null));
});

test('visitors who never wrote are forgotten after a week', async () => {
  const { app } = chat.house;
  const [silent, heard, fresh] = [await chat.visitor(), await chat.visitor(), await chat.visitor()];
  await heard.say('Hello');
  await app.sql`
    update visitor set seen_at = now() - interval '8 days' where id in (${silent.id}, ${heard.id})
  `;
  expect(await forgetVisitors(app)).toBe(1);
  const statuses = [silent, heard, fresh].map(async (one) => (await one.send('GET', '/api/visitor')).status);
  expect(await Promise.all(statuses)).toEqual([401, 200, 200]);
});
