import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { must } from '../../../shared/lib/must.ts';
import { later } from '../../world/cleanup.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { readSlowly, type SlowReader } from '../../world/slowReader.ts';
import { until } from '../../world/until.ts';
import { openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

// An export on its way, with a client that does not read: more than any buffer holds is still to come.

const ROWS = 20_000;
const PATH = '/api/companies/export';
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let house: House;
let doors: OpenDoors;
let owner: Sql;
let ada: RawClient;
beforeAll(async () => {
  house = await openHouse();
  doors = await openDoors(house);
  const all = ['all' as const];
  const taker = await house.addRole({ name: 'Taker', grants: { company: { read: all, export: all } } });
  const id = await house.addPerson('Ada', [taker]);
  for (const name of ['Ben', 'Cy']) await house.addPerson(name, [taker]);
  for (let i = 0; i < 4; i++) {
    await house.app.sql`
      insert into company (id, name, about, owner_id, created_at, updated_at)
      select gen_random_uuid(), 'Company ' || n, repeat('All about it. ', 100), ${id}, now(), now()
      from generate_series(1, ${ROWS / 4}) n
    `;
  }
  owner = await connect(house.database.migrationUrl, { max: 1, idle_in_transaction_timeout_ms: 20_000 });
  later(() => owner.end());
});
beforeEach(async () => {
  ada = await doors.signIn('Ada');
});
afterEach(async () => {
  doors.gate.isOpen = true;
  await idle();
});

const trail = () => house.app.sql<
  { action: string; after: { rows: number; whole: boolean; why?: string } }[]
>`
  select action, after from audit_entry where action like 'export.%' order by id
`;
const begun = async () => (await trail()).filter(({ action }) => action === 'export.begin').length;

/** How the last export ended, once all that began have ended. */
async function lastEnd() {
  const entries = await until(
    async () => {
      const all = await trail();
      return all.length === 2 * (await begun()) && all;
    },
    { what: 'every export to have ended' },
  );
  return must(entries.filter(({ action }) => action === 'export.end').at(-1), 'an end').after;
}

/** No export has anything of the store's any more. */
const idle = () =>
  until(
    async () => {
      const rows = await house.app.sql`
        select query from pg_stat_activity
        where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
          and (state like 'idle in transaction%' or query like '%chunks%' and state = 'active')
      `;
      return rows.length === 0;
    },
    { what: 'the store to be let go' },
  );

/** An export that has begun to arrive, and stands still because nobody reads it. */
async function standing(client = ada, at = doors): Promise<SlowReader> {
  const reader = await readSlowly(client, PATH);
  expect(reader.status).toBe(200);
  await until(() => at.gate.joined.size > 0);
  return reader;
}

const ENDS: [string, () => void, string][] = [
  ['the session ends', () => doors.gate.joined.forEach(({ cut }) => cut('session_ended')), 'session_ended'],
  ['rights change', () => void (doors.gate.stamps += 1), 'rights_changed'],
  ['the node loses touch with the store', () => void (doors.gate.isOpen = false), 'node_unsure'],
];
test.each(ENDS)(
  'when %s, it is reset in the middle, at once, and no file looks whole',
  async (_, end, why) => {
    const reader = await standing();
    const at_ms = performance.now();
    end();
    const { rows, whole, ...ended } = await lastEnd();
    expect(performance.now() - at_ms).toBeLessThan(2_000);
    expect(ended).toEqual({ why });
    expect(whole).toBe(false);
    // It never ran ahead of its reader by more than what is on the way.
    expect(rows).toBeLessThan(ROWS * 0.9);
    const { text, whole: complete } = await reader.rest();
    expect(complete).toBe(false);
    expect(text.split('\r\n').length).toBeLessThan(ROWS);
    expect(doors.gate.joined.size).toBe(0);
  },
);

test('while the store is still asked for the first row, the end is told in words, and the store asked no more', async () => {
  for (const [, end] of ENDS) {
    let asked: Promise<{ status: number; text: string }> | undefined;
    await owner.begin(async (tx) => {
      await tx`lock table company in access exclusive mode`;
      const before = await begun();
      asked = ada.get(PATH);
      await until(async () => (await begun()) > before && (await waiting()) > 0);
      end();
      await until(async () => (await waiting()) === 0, { timeout_ms: 1_500, what: 'the statement to end' });
    });
    doors.gate.isOpen = true;
    const { status, text } = await must(asked, 'an answer');
    expect([401, 503]).toContain(status);
    expect(text).toMatch(/^\{"error":\{"code":"(session_ended|unavailable)"/);
    expect(await lastEnd()).toMatchObject({ rows: 0, whole: false });
  }
});
async function waiting(): Promise<number> {
  const [row] = await house.app.sql<{ count: number }[]>`
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%chunks%'
  `;
  return must(row, 'a count').count;
}

test('a session that ended before the node knew of the export takes nothing out', async () => {
  doors.gate.onStamp = () => {
    doors.gate.onStamp = () => undefined;
    void house.app.sql`update session set ended_at = now() where ended_at is null`.execute();
  };
  const before = await begun();
  const answer = await ada.get(PATH);
  expect([answer.status, await begun()]).toEqual([401, before]);
  doors.gate.onStamp = () => undefined;
});

test('a client that goes away lets go of the store', async () => {
  const reader = await standing();
  reader.leave();
  expect(await lastEnd()).toMatchObject({ whole: false, why: 'client_gone' });
  await idle();
});

test('a client that takes its time gets the whole, each row once', async () => {
  const reader = await standing();
  const { text, whole } = await reader.rest();
  expect(whole).toBe(true);
  const lines = text.trimEnd().split('\r\n').slice(1);
  expect(lines).toHaveLength(ROWS);
  expect(new Set(lines.map((line) => line.slice(0, 36))).size).toBe(ROWS);
  expect(await lastEnd()).toEqual({ rows: ROWS, whole: true });
});

test('rows that are added, changed or deleted meanwhile do not make it a mixture', async () => {
  const reader = await standing();
  await house.app.sql`update company set name = 'Later' where id in (select id from company limit 500)`;
  await house.app
    .sql`update company set deleted_at = now() where id in (select id from company order by name desc limit 50)`;
  const { text, whole } = await reader.rest();
  await house.app.sql`update company set deleted_at = null where deleted_at is not null`;
  expect(whole).toBe(true);
  expect(text).not.toContain('Later');
  expect(text.trimEnd().split('\r\n')).toHaveLength(ROWS + 1);
});

test('a client that reads nothing for too long is let go, and so is one that takes too long', async () => {
  for (const [limits, why] of [
    [{ stall_ms: 300 }, 'client_too_slow'],
    [{ whole_ms: 300 }, 'took_too_long'],
  ] as const) {
    const strict = await openDoors(house, { exports: limits });
    const reader = await standing(await strict.signIn('Ada'), strict);
    expect(await lastEnd()).toMatchObject({ whole: false, why });
    expect((await reader.rest()).whole).toBe(false);
  }
});

test('a connection of the store that breaks in the middle breaks the file', async () => {
  // With a pool of its own, which it spoils for whoever comes next.
  const apart = await openDoors(house);
  const reader = await standing(await apart.signIn('Ada'), apart);
  await until(async () => {
    const broken = await owner`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction'
    `;
    return broken.length > 0;
  });
  // The client reads on, so that the store is asked for more.
  const { whole } = await reader.rest();
  expect(whole).toBe(false);
  expect(await lastEnd()).toMatchObject({ whole: false, why: 'failed' });
});

test('two exports of a person and four of a node run at once, no more', async () => {
  const [ben, cy] = [await doors.signIn('Ben'), await doors.signIn('Cy')];
  const running = [await standing(), await standing()];
  const refused = async (client: RawClient) => {
    const before = await begun();
    expect(await client.get(PATH)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '10' },
      body: { error: { code: 'too_many_requests' } },
    });
    expect(await begun()).toBe(before);
  };
  await refused(ada);
  running.push(await standing(ben), await standing(ben));
  await refused(cy);
  for (const reader of running) reader.leave();
  await lastEnd();
  const again = await standing(cy);
  again.leave();
  await lastEnd();
});
