import { beforeAll, expect, test } from 'vitest';
import { DAY_ms } from '../../../shared/lib/time.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { endSessions } from '../../../server/identity/endSessions.ts';
import { endOf, lockSession, slide, validateSession } from '../../../server/identity/sessions.ts';
import { newToken, type Token } from '../../../server/identity/tokens.ts';
import { buryExpired } from '../../../server/commands/identity/buryExpired.ts';
import { openHouse, type Guest, type House } from './house.ts';

let house: House;
let ada: string;
beforeAll(async () => {
  house = await openHouse();
  ada = await house.addPerson('Ada');
});

const sql = () => house.app.sql;
const valid = (token: Token) => validateSession(sql(), token);

async function shift(
  guest: Guest,
  column: 'idle_expires_at' | 'expires_at' | 'seen_at',
  seconds: number,
): Promise<void> {
  await sql()`
    update session set ${sql()(column)} = now() + ${seconds} * interval '1 s' where id = ${guest.caller.sessionId}
  `;
}

test('a token that was never given opens nothing', async () => {
  expect(await valid(newToken())).toBeNull();
  expect(await endOf(sql(), newToken())).toBeNull();
});

test('the hash of a token opens nothing', async () => {
  const guest = await house.enter(ada);
  const [row] = await sql()<
    { token_hash: Token }[]
  >`select token_hash from session where id = ${guest.caller.sessionId}`;
  expect(await valid(row!.token_hash)).toBeNull();
});

test('a token opens its session, under another id than the token or its hash', async () => {
  const guest = await house.enter(ada);
  const session = await valid(guest.token);
  expect(session).toMatchObject({ userId: ada, sessionId: guest.caller.sessionId, slideDue: false });
  expect(session!.sessionId).not.toBe(guest.token);
});

test('no token is anywhere in the store', async () => {
  const guest = await house.enter(ada);
  const tables = await sql()<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public'
  `;
  expect(tables.length).toBeGreaterThan(10);
  let found = 0;
  for (const { name } of tables) {
    const rows = await sql()`select t::text as text from ${sql()(name)} t`;
    const dump = rows.map((row) => String(row.text)).join('\n');
    expect(dump, name).not.toContain(guest.token);
    if (dump.includes(guest.caller.sessionId)) found += 1;
  }
  // Else this test would pass on tables it cannot read.
  expect(found).toBeGreaterThan(1);
});

test('idle and absolute expiry are judged by the time of the database', async () => {
  const idle = await house.enter(ada);
  await shift(idle, 'idle_expires_at', 3);
  expect(await valid(idle.token)).not.toBeNull();
  await shift(idle, 'idle_expires_at', -1);
  expect(await valid(idle.token)).toBeNull();
  expect(await endOf(sql(), idle.token)).toBe('idle');

  const old = await house.enter(ada);
  await shift(old, 'expires_at', -1);
  expect(await valid(old.token)).toBeNull();
  expect(await endOf(sql(), old.token)).toBe('expired');
});

test('a node whose clock is wrong by weeks neither ends sessions nor keeps them', async () => {
  const guest = await house.enter(ada);
  const over = await house.enter(ada);
  await shift(over, 'idle_expires_at', -1);
  const { now } = Date;
  for (const wrong_ms of [-40 * DAY_ms, 40 * DAY_ms]) {
    Date.now = () => now() + wrong_ms;
    try {
      expect(await valid(guest.token)).not.toBeNull();
      expect(await valid(over.token)).toBeNull();
    } finally {
      Date.now = now;
    }
  }
  const [row] = await sql()`select ended_at from session where id = ${guest.caller.sessionId}`;
  expect(row!.ended_at).toBeNull();
});

test('a session of somebody inactive or in the bin is over', async () => {
  const person = await house.addPerson('Gone');
  const guest = await house.enter(person);
  await sql()`update user_account set active = false where id = ${person}`;
  expect(await valid(guest.token)).toBeNull();
  expect(await endOf(sql(), guest.token)).toBe('deactivated');
  await sql()`update user_account set active = true, deleted_at = now() where id = ${person}`;
  expect(await valid(guest.token)).toBeNull();
});

test('using a session puts its idle end off, at most once a minute', async () => {
  const guest = await house.enter(ada);
  expect(await slide(house.app, guest.caller.sessionId, 'r')).toBe(false);
  await shift(guest, 'seen_at', -61);
  await shift(guest, 'idle_expires_at', 60);
  expect(await valid(guest.token)).toMatchObject({ slideDue: true });
  expect(await slide(house.app, guest.caller.sessionId, 'r')).toBe(true);
  expect(await slide(house.app, guest.caller.sessionId, 'r')).toBe(false);
  expect(await valid(guest.token)).toMatchObject({ slideDue: false });
  const [row] = await sql()<{ hours: number }[]>`
    select extract(epoch from idle_expires_at - now())::float8 / 3600 as hours from session where id = ${guest.caller.sessionId}
  `;
  expect(row!.hours).toBeCloseTo(12, 1);
});

test('an ended session is not put off, and its end is told', async () => {
  const guest = await house.enter(ada);
  await shift(guest, 'seen_at', -61);
  await endSessions(house.app, guest.caller, { sessions: [guest.caller.sessionId] }, 'logout');
  expect(await slide(house.app, guest.caller.sessionId, 'r')).toBe(false);
  expect(await valid(guest.token)).toBeNull();
  expect(await endOf(sql(), guest.token)).toBe('logout');
});

test('a slide at the same moment as an end never brings the session back', async () => {
  const ender = await house.enter(ada);
  for (let round = 0; round < 20; round += 1) {
    const guest = await house.enter(ada);
    await shift(guest, 'seen_at', -61);
    const end = () =>
      endSessions(house.app, ender.caller, { sessions: [guest.caller.sessionId] }, 'ended_by_self');
    const put = () => slide(house.app, guest.caller.sessionId, 'r');
    await Promise.all(round % 2 ? [put(), end(), put()] : [end(), put(), put()]);
    expect(await valid(guest.token)).toBeNull();
    const [row] = await sql()`select ended_at from session where id = ${guest.caller.sessionId}`;
    expect(row!.ended_at).not.toBeNull();
  }
});

test('what a command writes commits before the end of its session, or not at all', async () => {
  const guest = await house.enter(ada);
  const ender = await house.enter(ada);
  const order: string[] = [];
  let locked = (): void => undefined;
  const isLocked = new Promise<void>((resolve) => (locked = resolve));
  const writing = transaction(sql(), async (tx) => {
    await lockSession(tx, guest.caller);
    locked();
    await tx`select pg_sleep(0.15)`;
  }).then(() => order.push('written'));
  await isLocked;
  const ending = endSessions(
    house.app,
    ender.caller,
    { sessions: [guest.caller.sessionId] },
    'ended_by_self',
  ).then(() => order.push('ended'));
  await Promise.all([writing, ending]);
  expect(order).toEqual(['written', 'ended']);
  const late = transaction(sql(), (tx) => lockSession(tx, guest.caller));
  await expect(late).rejects.toMatchObject({ code: 'session_ended' });
});

test("another's session cannot be held with one's own rights", async () => {
  const other = await house.addPerson('Other');
  const guest = await house.enter(ada);
  const stranger = await house.enter(other);
  const mixed = { ...stranger.caller, sessionId: guest.caller.sessionId };
  await expect(transaction(sql(), (tx) => lockSession(tx, mixed))).rejects.toMatchObject({
    code: 'session_ended',
  });
});

test('sessions that ran out get their tombstone, with the reason and the time they really ended', async () => {
  const person = await house.addPerson('Idler');
  const guest = await house.enter(person);
  await shift(guest, 'idle_expires_at', -600);
  await buryExpired(house.app);
  const [row] = await sql()<{ end_reason: string; ended: number }[]>`
    select end_reason, extract(epoch from now() - ended_at)::float8 as ended from session where id = ${guest.caller.sessionId}
  `;
  expect(row!.end_reason).toBe('idle');
  expect(row!.ended).toBeGreaterThan(599);
  expect(await buryExpired(house.app)).toBe(0);
});
