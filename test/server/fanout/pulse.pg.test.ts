import { describe, expect, test } from 'vitest';
import { transaction } from '../../../server/db/transaction.ts';
import { readPulse } from '../../../server/fanout/pulse.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

// What a node learns by asking: whatever it is not told here, its open screens do not learn of.

const { sql } = await freshDatabase();
const { app, ids, teams, pipeline, add, grant } = await office(sql);

/** Database time, so many seconds from now. */
async function at(seconds: number): Promise<string> {
  const [row] = await sql<[{ at: string }]>`select clock_timestamp() + ${seconds} * interval '1 s' as at`;
  return row.at;
}
const ask = (since: string | null, openSessions: string[] = []) =>
  readPulse(sql, { nodeId: 'test', accessApplied: 0, readTo: 0, seen: null, since, openSessions });
/** Who has turned since then, by name. */
async function turned(since: string | null): Promise<string[]> {
  const found = (await ask(since)).turned;
  return Object.entries(ids).flatMap(([name, id]) => (found.includes(id) ? name : [])).sort(); // prettier-ignore
}

describe('a role turns whoever holds it', () => {
  test('when it begins and when it ends, once', async () => {
    const role = await grant('cem', {});
    const hold = async (from_s: number, until_s: number | null) =>
      sql`
        update role_assignment set starts_at = ${await at(from_s)}, ends_at = ${until_s === null ? null : await at(until_s)}
        where role_id = ${role}
      `;
    await hold(-60, null);
    expect(await turned(await at(-2))).toEqual([]);
    await hold(-1, null);
    expect(await turned(await at(-2)), 'it began').toEqual(['cem']);
    expect(await turned(await at(0)), 'that was before').toEqual([]);
    await hold(-60, -1);
    expect(await turned(await at(-2)), 'it ended').toEqual(['cem']);
    expect(await turned(await at(0)), 'that was before').toEqual([]);
    expect(await turned(null), 'nobody was served before the first poll').toEqual([]);
    await hold(-60, 60);
    expect(await turned(await at(-2)), 'it is still to come').toEqual([]);
  });

  test('by a team, too', async () => {
    const role = newId();
    await sql`insert into role (id, name) values (${role}, 'Of the team')`;
    await sql`
      insert into role_assignment (id, team_id, role_id, starts_at, ends_at)
      values (${newId()}, ${teams.north}, ${role}, ${await at(-60)}, ${await at(-1)})
    `;
    expect(await turned(await at(-2))).toContain('ben');
    expect(await turned(await at(-2))).not.toContain('cem');
  });
});

describe('a share that ends turns everyone whom it meant', () => {
  test.each(['user', 'team', 'role', 'territory'] as const)('a %s', async (kind) => {
    const territory = (await add('territory', { name: `For ${kind}` })).id;
    await sql`update user_account set territory_ids = ${[territory]}::uuid[] where id = ${ids.dora}`;
    const to = { user: ids.dora, team: teams.south, role: await grant('dora', {}), territory }[kind];
    await sql`update role_assignment set starts_at = ${await at(-60)} where user_id = ${ids.dora}`;
    const deal = (await add('deal', { title: 'Shared', pipeline, stage: 'first', owner: ids.ben })).id;
    const share = newId();
    await sql`
      insert into share (id, object, record_id, to_kind, to_id, level, ends_at)
      values (${share}, 'deal', ${deal}, ${kind}, ${to}, 'read', ${await at(60)})
    `;
    const since = await at(-2);
    expect(await turned(since), 'it is still to come').not.toContain(kind === 'team' ? 'cem' : 'dora');
    await sql`update share set ends_at = ${await at(-1)} where id = ${share}`;
    expect(await turned(since)).toContain(kind === 'team' ? 'cem' : 'dora');
    expect(await turned(await at(0)), 'that was before').not.toContain(kind === 'team' ? 'cem' : 'dora');
    await sql`delete from share`;
  });
});

describe('a session is over', () => {
  const enter = async (userId: string): Promise<string> => {
    const given = {
      userId,
      method: 'password',
      device: 'Test',
      address: '192.0.2.1',
      requestId: 'test',
    } as const;
    const { session } = await transaction(sql, (tx) => createSession(tx, app, given));
    return session.sessionId;
  };

  test.each([
    ['was ended', sql`ended_at = now(), end_reason = 'logout'`, 'logout'],
    ['was not used for long', sql`idle_expires_at = now() - interval '1 s'`, 'idle'],
    ['is too old', sql`expires_at = now() - interval '1 s'`, 'expired'],
  ])('that %s', async (_how, change, reason) => {
    const [one, other] = [await enter(ids.ada), await enter(ids.ada)];
    expect((await ask(null, [one, other])).over).toEqual([]);
    await sql`update session set ${change} where id = ${one}`;
    expect((await ask(null, [one, other])).over).toEqual([{ session: one, reason }]);
    expect((await ask(null, [other])).over, 'only those asked about').toEqual([]);
  });

  test.each([
    ['is not active', sql`active = false`],
    ['is in the bin', sql`deleted_at = now()`],
  ])('of somebody who %s', async (_how, change) => {
    const { id } = await add('user', { name: 'Fay', active: true });
    const session = await enter(id);
    expect((await ask(null, [session])).over).toEqual([]);
    await sql`update user_account set ${change} where id = ${id}`;
    expect((await ask(null, [session])).over).toEqual([{ session, reason: 'deactivated' }]);
  });

  test('of a visitor', async () => {
    const queue = (await add('queue', { name: 'Chat', teams: [teams.north] })).id;
    const channel = (await add('channel', { name: 'Chat', queue, active: true })).id;
    const [ended, old, there] = [newId(), newId(), newId()];
    for (const [id, ended_at, lasts_s] of [
      [ended, await at(-1), 60],
      [old, null, -1],
      [there, null, 60],
    ] as const)
      await sql`
        insert into visitor (id, channel_id, token_hash, expires_at, ended_at)
        values (${id}, ${channel}, ${id}, ${await at(lasts_s)}, ${ended_at})
      `;
    const { over } = await ask(null, [ended, old, there]);
    expect(new Map(over.map(({ session, reason }) => [session, reason]))).toEqual(
      new Map([[ended, 'logout'], [old, 'expired']]),
    ); // prettier-ignore
  });
});
