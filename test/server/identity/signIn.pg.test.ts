import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { signIn, type SignIn } from '../../../server/commands/identity/signIn.ts';
import { SIGN_IN_LIMITS } from '../../../server/identity/signInGuard.ts';
import { validateSession } from '../../../server/identity/sessions.ts';
import * as passwords from '../../../server/identity/passwords.ts';
import { createState, type SharedState } from '../../../server/redis/state.ts';
import { fakeClock } from '../../world/clock.ts';
import { emailOf, openHouse, PASSWORD, type House } from './house.ts';

let house: House;
let ada: string;
let hits: SharedState;
const clock = fakeClock();
beforeAll(async () => {
  house = await openHouse();
  ada = await house.addPerson('Ada');
  await house.addPerson('Bob');
});
beforeEach(async () => {
  hits = await createState({ clock });
});

const attempt = (change: Partial<SignIn> = {}) =>
  signIn(house.app, hits, {
    email: emailOf('Ada'),
    password: PASSWORD,
    device: 'Test',
    address: '192.0.2.7',
    requestId: 'r',
    replaces: null,
    ...change,
  });
const wrong = (change: Partial<SignIn> = {}) => attempt({ password: 'not the password', ...change });

test('a wrong password, an unknown address and an account without a password are refused in the same words', async () => {
  await house.app
    .sql`insert into user_account (id, name, email) values (gen_random_uuid(), 'Import', 'import@house.example')`;
  const refusals = [
    wrong(),
    attempt({ email: 'nobody@house.example' }),
    attempt({ email: 'import@house.example' }),
    attempt({ email: 'ada@house.example\u0000' }),
    attempt({ email: '' }),
  ].map((refused) =>
    refused.then(
      () => null,
      (error: unknown) => error,
    ),
  );
  const [first, ...rest] = await Promise.all(refusals);
  expect(first).toMatchObject({ code: 'bad_credentials', status: 401 });
  for (const refusal of rest) expect(refusal).toEqual(first);
});

test('the same work is done whether or not there is such an account', async () => {
  const verify = vi.spyOn(passwords, 'verifyPassword');
  await wrong().catch(() => undefined);
  await wrong({ email: 'nobody@house.example' }).catch(() => undefined);
  expect(verify.mock.calls.map(([, password]) => password)).toEqual(['not the password', 'not the password']);
});

test('each sign-in has a token of its own, and ends the one that the browser held', async () => {
  const first = await attempt({ email: ' ADA@House.example ' });
  const second = await attempt({ replaces: first.token });
  expect(second.token).not.toBe(first.token);
  expect(await validateSession(house.app.sql, first.token)).toBeNull();
  expect(await validateSession(house.app.sql, second.token)).toMatchObject({ userId: ada });
  const other = await attempt();
  expect(await validateSession(house.app.sql, second.token)).not.toBeNull();
  expect(other.user).toEqual({ id: ada, name: 'Ada', email: emailOf('Ada') });
});

test('who is inactive or in the bin does not get in', async () => {
  const person = await house.addPerson('Leaver');
  const enter = () => attempt({ email: emailOf('Leaver') });
  await enter();
  await house.app.sql`update user_account set active = false where id = ${person}`;
  await expect(enter()).rejects.toMatchObject({ code: 'bad_credentials' });
  await house.app.sql`update user_account set active = true, deleted_at = now() where id = ${person}`;
  await expect(enter()).rejects.toMatchObject({ code: 'bad_credentials' });
});

test('success and failure are on record with the address, and without anything that was typed', async () => {
  const { sql } = house.app;
  await attempt({ address: '192.0.2.50' });
  await wrong({ address: '192.0.2.51' }).catch(() => undefined);
  await attempt({ email: 'my-secret-typed-in-the-wrong-field', address: '192.0.2.52' }).catch(
    () => undefined,
  );
  const lines = await sql`
    select actor_id, action, target_id, address from audit_entry where address in ('192.0.2.50', '192.0.2.51', '192.0.2.52')
    order by id
  `;
  expect(lines).toMatchObject([
    { actor_id: ada, action: 'session.create' },
    { actor_id: null, action: 'session.refuse', target_id: ada, address: '192.0.2.51' },
    { actor_id: null, action: 'session.refuse', target_id: null, address: '192.0.2.52' },
  ]);
  const all = await sql`select t::text as text from audit_entry t`;
  const text = all.map((row) => String(row.text)).join('\n');
  expect(text).not.toContain('typed-in-the-wrong-field');
  expect(text).not.toContain('not the password');
  expect(text).not.toContain(PASSWORD);
});

test('guessing from one address stops, at once and not for others', async () => {
  const { tries } = SIGN_IN_LIMITS.pair;
  const guesses = await Promise.allSettled(
    Array.from({ length: tries * 2 }, () => wrong({ address: '198.51.100.1' })),
  );
  const codes = guesses.map(
    (guess) => guess.status === 'rejected' && (guess.reason as { code: string }).code,
  );
  expect(codes.filter((code) => code === 'bad_credentials')).toHaveLength(tries);
  expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(tries);
  // Even the right password is not heard from there, or it would be a way to find it.
  const refusal = await attempt({ address: '198.51.100.1' }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'too_many_requests', details: { retry_after_s: 300 } });
  await attempt({ address: '198.51.100.2' });
  await attempt({ email: emailOf('Bob'), address: '198.51.100.1' });
});

test('it is heard again after the window, and signing in forgets the tries before', async () => {
  await Promise.allSettled(Array.from({ length: 12 }, () => wrong()));
  await expect(attempt()).rejects.toMatchObject({ code: 'too_many_requests' });
  await clock.advance(SIGN_IN_LIMITS.pair.window_ms);
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 6; i += 1) await wrong().catch(() => undefined);
    await attempt();
  }
});

test('an attack from everywhere slows strangers down, and not a person where they have been before', async () => {
  await attempt({ address: '203.0.113.77' });
  const { tries, window_ms, delay_ms } = SIGN_IN_LIMITS.account;
  const key = hits.hit.bind(hits);
  // As many tries from as many addresses, without the cost of so many passwords.
  const seen: string[] = [];
  vi.spyOn(hits, 'hit').mockImplementation((name, window) => (seen.push(name), key(name, window)));
  await attempt({ address: '203.0.113.77' });
  const account = seen.find((name) => name.startsWith('sign-in:account:'))!;
  for (let i = 0; i < tries; i += 1) await key(account, window_ms);

  const took = async (address: string) => {
    const begun = performance.now();
    await attempt({ address });
    return performance.now() - begun;
  };
  expect(await took('203.0.113.77')).toBeLessThan(delay_ms / 2);
  expect(await took('203.0.113.99')).toBeGreaterThanOrEqual(delay_ms - 50);
});
