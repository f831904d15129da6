import { beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import { receiptSchema } from '../../../shared/protocol/index.ts';
import { endOwnSessions } from '../../../server/commands/identity/endOwnSessions.ts';
import { endRoleSessions } from '../../../server/commands/identity/endRoleSessions.ts';
import { endSession } from '../../../server/commands/identity/endSession.ts';
import { endUserSessions } from '../../../server/commands/identity/endUserSessions.ts';
import { signOut } from '../../../server/commands/identity/signOut.ts';
import { ownSessions, userSessions } from '../../../server/queries/sessions.ts';
import { validateSession } from '../../../server/identity/sessions.ts';
import { monotonic_ms } from '../../../server/lib/clock.ts';
import { openHouse, type Guest, type House } from './house.ts';

let house: House;
let ada: string;
let bob: string;
let guardian: Guest;
beforeAll(async () => {
  house = await openHouse();
  const guard = await house.addRole({ name: 'Guard', system: ['end_sessions'] });
  ada = await house.addPerson('Ada');
  bob = await house.addPerson('Bob');
  guardian = await house.enter(await house.addPerson('Guardian', [guard]));
});
beforeEach(async () => {
  await house.app.sql`delete from node`;
  house.pokes.length = 0;
});

const isOpen = async (guest: Guest) => (await validateSession(house.app.sql, guest.token)) !== null;
const sessionOf = (guest: Guest) => guest.caller.sessionId;

/** Stands in for a node: says that it lives, and confirms every end as soon as it sees one. */
function nodeThatConfirms(id: string, sockets: number): { stop(): Promise<void> } {
  const { sql } = house.app;
  let stopped = false;
  const work = (async () => {
    while (!stopped) {
      await sql`insert into node (id) values (${id}) on conflict (id) do update set seen_at = now()`;
      await sql`
        insert into session_end_receipt (end_id, node_id, sockets)
        select e.id, ${id}, ${sockets} from session_end e
        where not exists (select from session_end_receipt r where r.end_id = e.id and r.node_id = ${id})
      `;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return { stop: () => ((stopped = true), work) };
}

test("nobody ends another's session, which is as if it were not there", async () => {
  const stranger = await house.enter(bob);
  const guest = await house.enter(ada);
  for (const act of [
    () => endSession(house.app, stranger.caller, sessionOf(guest)),
    () => endSession(house.app, stranger.caller, newId()),
    () => endUserSessions(house.app, stranger.caller, ada),
    () => endUserSessions(house.app, stranger.caller, newId()),
    () => endRoleSessions(house.app, stranger.caller, newId()),
    () => userSessions(house.app, stranger.caller, ada),
    () => userSessions(house.app, stranger.caller, newId()),
  ]) {
    await expect(act()).rejects.toMatchObject({ code: 'not_found' });
  }
  expect(await isOpen(guest)).toBe(true);
});

test('an ended session ends nothing any more', async () => {
  const guest = await house.enter(ada);
  const other = await house.enter(ada);
  await signOut(house.app, guest.caller);
  await expect(endSession(house.app, guest.caller, sessionOf(other))).rejects.toMatchObject({
    code: 'session_ended',
  });
  await expect(signOut(house.app, guest.caller)).rejects.toMatchObject({ code: 'session_ended' });
  expect(await isOpen(other)).toBe(true);
});

test('signing out ends the session that was validated, and no other', async () => {
  const guest = await house.enter(ada);
  const other = await house.enter(ada);
  const receipt = await signOut(house.app, guest.caller);
  expect(receiptSchema.parse(receipt)).toEqual({ ended: 1, receipt: { nodes: [], pending: [] } });
  expect(await isOpen(guest)).toBe(false);
  expect(await isOpen(other)).toBe(true);
  expect(house.pokes).toEqual(['sessions', 'log']);
});

test('the end is a tombstone with reason and actor, an event, and a line in the audit trail, all or none', async () => {
  const guest = await house.enter(ada);
  await endSession(house.app, guardian.caller, sessionOf(guest));
  const { sql } = house.app;
  const [row] =
    await sql`select ended_at, end_reason, ended_by_id from session where id = ${sessionOf(guest)}`;
  expect(row).toMatchObject({ end_reason: 'ended_by_admin', ended_by_id: guardian.caller.actor.userId });
  const [event] =
    await sql`select after, keep from outbox where record_id = ${sessionOf(guest)} order by id desc limit 1`;
  expect(event!.after).toMatchObject({ end_reason: 'ended_by_admin', ended_at: row!.ended_at });
  expect(event!.keep).toBe(false);
  expect(JSON.stringify(event)).not.toContain('token');
  const [line] =
    await sql`select actor_id, action, after from audit_entry where target_id = ${sessionOf(guest)}`;
  expect(line).toMatchObject({ actor_id: guardian.caller.actor.userId, action: 'session.end' });
  expect(line!.after).toEqual({ reason: 'ended_by_admin', sessions: [sessionOf(guest)] });
});

test('all but the current, all, and all of a role', async () => {
  const cook = await house.addRole({ name: 'Cook' });
  const carl = await house.addPerson('Carl', [cook]);
  const dora = await house.addPerson('Dora', [cook]);
  const [here, there, elsewhere] = [
    await house.enter(carl),
    await house.enter(carl),
    await house.enter(dora),
  ];
  expect((await endOwnSessions(house.app, here.caller, { exceptCurrent: true })).ended).toBe(1);
  expect([await isOpen(here), await isOpen(there), await isOpen(elsewhere)]).toEqual([true, false, true]);
  expect((await endRoleSessions(house.app, guardian.caller, cook.id)).ended).toBe(2);
  expect([await isOpen(here), await isOpen(elsewhere)]).toEqual([false, false]);

  const again = [await house.enter(carl), await house.enter(carl)] as const;
  expect((await endUserSessions(house.app, guardian.caller, carl)).ended).toBe(2);
  expect((await endUserSessions(house.app, guardian.caller, carl)).ended).toBe(0);
  expect(await isOpen(again[0])).toBe(false);

  const own = await house.enter(carl);
  expect((await endOwnSessions(house.app, own.caller, { exceptCurrent: false })).ended).toBe(1);
});

test('an assignment that is over gives no way to end sessions', async () => {
  const [role] = await house.app.sql<{ id: string }[]>`select id from role where name = 'Guard'`;
  const former = await house.addPerson('Former');
  await house.app.sql`
    insert into role_assignment (id, user_id, role_id, starts_at, ends_at)
    values (${newId()}, ${former}, ${role!.id}, now() - interval '2 days', now() - interval '1 second')
  `;
  const ex = await house.enter(former);
  const guest = await house.enter(ada);
  await expect(endSession(house.app, ex.caller, sessionOf(guest))).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('two who end each other at the same moment: one of them gets through', async () => {
  const [a, b] = [await house.enter(ada), await house.enter(ada)];
  const ends = await Promise.allSettled([
    endSession(house.app, a.caller, sessionOf(b)),
    endSession(house.app, b.caller, sessionOf(a)),
  ]);
  expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
  expect([await isOpen(a), await isOpen(b)].filter(Boolean)).toHaveLength(1);
});

test('the receipt waits for every node that lives, and tells sockets and milliseconds', async () => {
  const guest = await house.enter(ada);
  const nodes = [nodeThatConfirms('north', 2), nodeThatConfirms('south', 0)];
  try {
    await expect.poll(async () => (await house.app.sql`select 1 from node`).length).toBe(2);
    const receipt = receiptSchema.parse(await endSession(house.app, guardian.caller, sessionOf(guest)));
    expect(receipt.ended).toBe(1);
    expect(receipt.receipt.pending).toEqual([]);
    expect(receipt.receipt.nodes).toEqual([
      { id: 'north', sockets: 2, ms: expect.any(Number) },
      { id: 'south', sockets: 0, ms: expect.any(Number) },
    ]);
    for (const { ms } of receipt.receipt.nodes) expect(ms).toBeLessThan(1_000);
  } finally {
    for (const node of nodes) await node.stop();
  }
});

test('a node that says nothing is named, with the moment by which its lease is over', async () => {
  const guest = await house.enter(ada);
  const { sql } = house.app;
  await sql`insert into node (id, seen_at) values ('mute', now()), ('long gone', now() - interval '3 seconds')`;
  const begun = monotonic_ms();
  const asked = Date.now();
  const { receipt } = await endSession(house.app, guardian.caller, sessionOf(guest));
  expect(monotonic_ms() - begun).toBeGreaterThan(2_000);
  expect(monotonic_ms() - begun).toBeLessThan(3_500);
  expect(receipt.nodes).toEqual([]);
  expect(receipt.pending).toEqual([{ id: 'mute', holds_by: expect.any(String) }]);
  const holds_ms = new Date(receipt.pending[0]!.holds_by).getTime() - asked;
  expect(holds_ms).toBeGreaterThanOrEqual(2_000);
  expect(holds_ms).toBeLessThan(3_000);
});

test('the list of sessions names the current one, and those that are over with their reason', async () => {
  const eve = await house.addPerson('Eve');
  const [here, there] = [await house.enter(eve), await house.enter(eve)];
  await endSession(house.app, here.caller, sessionOf(there));
  const rows = await ownSessions(house.app, here.caller);
  expect(rows.map(({ id, current, end_reason }) => ({ id, current, end_reason }))).toEqual([
    { id: sessionOf(here), current: true, end_reason: null },
    { id: sessionOf(there), current: false, end_reason: 'ended_by_self' },
  ]);
  const [seen] = await userSessions(house.app, guardian.caller, eve);
  expect(seen).toMatchObject({ id: sessionOf(here), current: false, user_name: 'Eve', address: '192.0.2.1' });
});
