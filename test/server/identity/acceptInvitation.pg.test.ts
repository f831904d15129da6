import { beforeAll, expect, test } from 'vitest';
import { holds } from '../../../shared/access/index.ts';
import { acceptInvitation } from '../../../server/commands/identity/acceptInvitation.ts';
import { firstAdministratorLink } from '../../../server/commands/identity/firstAdministrator.ts';
import { loadActor } from '../../../server/access/loadActor.ts';
import { ensureBuiltIns } from '../../../server/db/builtIns.ts';
import { validateSession } from '../../../server/identity/sessions.ts';
import { newToken } from '../../../server/identity/tokens.ts';
import { openHouse, PASSWORD, type House } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await ensureBuiltIns(house.app.sql);
});

const accept = (token: string, password = PASSWORD) =>
  acceptInvitation(house.app, {
    token,
    name: 'First',
    email: 'first@house.example',
    password,
    device: 'Test',
    address: '192.0.2.1',
    requestId: 'r',
  });
const tokenIn = (link: string | null): string =>
  /^https:\/\/crm\.example\/welcome#token=(.+)$/.exec(link ?? '')?.[1] ?? '';
const people = async () => (await house.app.sql`select 1 from user_account`).length;

test('a link that was never given lets nobody in', async () => {
  await firstAdministratorLink(house.app, 'https://crm.example');
  for (const token of [newToken(), 'x', '', "' or true --", 'a'.repeat(43)]) {
    await expect(accept(token)).rejects.toMatchObject({ code: 'not_found' });
  }
  expect(await people()).toBe(0);
});

test('a link that is too old lets nobody in', async () => {
  const token = tokenIn(await firstAdministratorLink(house.app, 'https://crm.example'));
  await house.app.sql`update invitation set expires_at = now() - interval '1 second'`;
  await expect(accept(token)).rejects.toMatchObject({ code: 'not_found' });
});

test('a password that everyone tries first is refused, and the link stays good', async () => {
  const token = tokenIn(await firstAdministratorLink(house.app, 'https://crm.example'));
  await expect(accept(token, 'Password123')).rejects.toMatchObject({
    code: 'invalid',
    details: { fields: { password: expect.any(String) } },
  });
  await expect(accept(token, 'FIRST@house.example')).rejects.toMatchObject({ code: 'invalid' });
  const [row] = await house.app
    .sql`select count(*)::int as open from invitation where used_at is null and expires_at > now()`;
  expect(row!.open).toBe(1);
});

test('of 50 tries at once with several links one gets through, and is the administrator', async () => {
  const tokens = await Promise.all(
    [1, 2, 3].map(async () => tokenIn(await firstAdministratorLink(house.app, 'https://crm.example/'))),
  );
  expect(new Set(tokens).size).toBe(3);
  const tries = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => accept(tokens[i % 3]!)));
  const [winner, ...others] = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(others).toEqual([]);
  for (const one of tries)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'not_found' });
  expect(await people()).toBe(1);
  expect(await validateSession(house.app.sql, winner!.token)).toMatchObject({ userId: winner!.user.id });
  const actor = await loadActor(house.app.sql, winner!.user.id);
  expect(actor && holds(actor, 'manage_roles') && holds(actor, 'end_sessions')).toBe(true);
});

test('afterwards there is no further link, and none of the old ones works', async () => {
  expect(await firstAdministratorLink(house.app, 'https://crm.example')).toBeNull();
  const [row] = await house.app
    .sql`select count(*)::int as open from invitation where used_at is null and expires_at > now()`;
  expect(row!.open).toBe(0);
  const lines = await house.app.sql`select 1 from audit_entry where action = 'invitation.accept'`;
  expect(lines.length).toBe(1);
});
