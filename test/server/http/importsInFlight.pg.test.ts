import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { later } from '../../world/cleanup.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { readSlowly, type SlowReader } from '../../world/slowReader.ts';
import { until } from '../../world/until.ts';
import { openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

// A file of refused rows on its way, to a client that does not read: more than any buffer holds is still to come.

const ROWS = 20_000;
let house: House;
let doors: OpenDoors;
let ada: RawClient;
let path: string;
beforeAll(async () => {
  house = await openHouse();
  doors = await openDoors(house);
  const all = ['all' as const];
  const grants = { company: { read: all, create: true } };
  const role = await house.addRole({ name: 'Importer', grants, system: ['import'] });
  for (const name of ['Ada', 'Ben']) await house.addPerson(name, [role]);
  const type = { 'content-type': 'application/octet-stream' };
  ada = await doors.signIn('Ada');
  const sent = await ada.send('POST', '/api/imports?object=company&name=some.csv', 'Name,About\n', type);
  const { id } = sent.body as { id: string };
  await house.app.sql`update import_plan set doing = 'check' where import_id = ${id}`;
  await house.app.sql`
    insert into import_row (import_id, dry, line, outcome, problems, cells)
    select ${id}, true, n + 1, 'refuse',
      '[{"column": "Name", "reason": "Must not be empty", "taken": false}]'::jsonb,
      jsonb_build_array('', 'About ' || n || repeat('. All about it', 100))
    from generate_series(1, ${ROWS}) n
  `;
  path = `/api/imports/${id}/refused`;
});
beforeEach(async () => {
  ada = await doors.signIn('Ada');
});
afterEach(() => {
  doors.gate.isOpen = true;
});

/** One that has begun to arrive, and stands still because nobody reads it. */
async function standing(at = doors, client = ada): Promise<SlowReader> {
  const reader = await readSlowly(client, path);
  later(async () => reader.leave());
  expect(reader.status).toBe(200);
  await until(() => at.gate.joined.size > 0);
  return reader;
}
const gone = () =>
  until(() => doors.gate.joined.size === 0, { timeout_ms: 2_000, what: 'the answer to end' });

test.each<[string, () => void]>([
  ['the session ends', () => doors.gate.joined.forEach(({ cut }) => cut('session_ended'))],
  ['rights change', () => void (doors.gate.stamps += 1)],
  ['the node loses touch with the store', () => void (doors.gate.isOpen = false)],
])('when %s, it is reset in the middle, at once, and no file looks whole', async (_, end) => {
  const reader = await standing();
  end();
  await gone();
  const { text, whole } = await reader.rest();
  expect(whole).toBe(false);
  expect(text.split('\r\n').length).toBeLessThan(ROWS * 0.9);
});

test('a session that ended before the node knew of it takes nothing out', async () => {
  doors.gate.onStamp = () => {
    doors.gate.onStamp = () => undefined;
    void house.app.sql`update session set ended_at = now() where ended_at is null`.execute();
  };
  const { status, text } = await ada.get(path);
  expect([status, text]).toEqual([401, expect.not.stringContaining('About')]);
});

test('it is whoever brought the file in that gets it, whole, each row once', async () => {
  const reader = await standing();
  const { text, whole } = await reader.rest();
  expect(whole).toBe(true);
  const lines = text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('Name,About,Import line,Import column,Import reason');
  expect(new Set(lines.slice(1)).size).toBe(ROWS);
  expect((await (await doors.signIn('Ben')).get(path)).status).toBe(404);
});

test('a client that reads nothing for too long is let go', async () => {
  const strict = await openDoors(house, { exports: { stall_ms: 300 } });
  const reader = await standing(strict, await strict.signIn('Ada'));
  await until(() => strict.gate.joined.size === 0);
  expect((await reader.rest()).whole).toBe(false);
});
