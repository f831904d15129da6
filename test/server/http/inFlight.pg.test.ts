import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import type { Role } from '../../../shared/access/index.ts';
import { endUserSessions } from '../../../server/commands/identity/endUserSessions.ts';
import { later } from '../../world/cleanup.ts';
import type { Answer, RawClient } from '../../world/rawClient.ts';
import { until } from '../../world/until.ts';
import { openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

// A request is held half-way by a lock on a table, and the world changes under it.

let house: House;
let doors: OpenDoors;
let owner: Sql;
let ada: string;
let keeper: Role;
let client: RawClient;
beforeAll(async () => {
  house = await openHouse();
  doors = await openDoors(house);
  keeper = await house.addRole({
    name: 'Keeper',
    grants: { company: { read: ['all'], create: true, update: ['all'] } },
  });
  ada = await house.addPerson('Ada', [keeper]);
  owner = await connect(house.database.migrationUrl, { max: 1, idle_in_transaction_timeout_ms: 10_000 });
  later(() => owner.end());
  const writer = await doors.signIn('Ada');
  expect((await writer.post('/api/companies', { name: 'CANARY Ltd' })).status).toBe(201);
});
beforeEach(async () => {
  client = await doors.signIn('Ada');
});
afterEach(() => {
  doors.gate.onStamp = () => undefined;
});

/** Sends a request, has `change` happen while it stands before the lock, and answers what it is answered. */
async function meanwhile(ask: () => Promise<Answer>, change: () => Promise<void>): Promise<Answer> {
  let asked: Promise<Answer> | undefined;
  await owner.begin(async (tx) => {
    await tx`lock table company in access exclusive mode`;
    asked = ask();
    await until(async () => {
      const [row] = await house.app.sql<{ waiting: number }[]>`
        select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      `;
      return row!.waiting > 0;
    });
    await change();
  });
  return asked!;
}

test('an answer being computed when the session ends is not given', async () => {
  const answer = await meanwhile(
    () => client.get('/api/companies'),
    async () => {
      const guest = await house.enter(ada);
      await endUserSessions(house.app, guest.caller, ada);
    },
  );
  expect(answer).toMatchObject({ status: 401, body: { error: { code: 'session_ended' } } });
  expect(answer.text).not.toContain('CANARY');
});

test('an answer being computed when a role is taken away is computed again without it', async () => {
  const answer = await meanwhile(
    () => client.get('/api/companies'),
    async () => {
      await house.app.sql`delete from role_assignment where user_id = ${ada}`;
      doors.gate.stamps += 1;
    },
  );
  await house.app
    .sql`insert into role_assignment (id, user_id, role_id) values (gen_random_uuid(), ${ada}, ${keeper.id})`;
  expect(answer).toMatchObject({ status: 200, body: { rows: [] } });
});

test('rights that do not stop changing give no answer', async () => {
  doors.gate.onStamp = () => void (doors.gate.stamps += 1);
  expect((await client.get('/api/companies')).status).toBe(503);
});

test('a store that does not answer in time is a 503 that says nothing of it', async () => {
  const answer = await meanwhile(
    () => client.get('/api/companies'),
    () => new Promise((resolve) => setTimeout(resolve, 2_400)),
  );
  expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
  expect(answer.text).not.toMatch(/company|select|statement|lock/i);
});
