import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { isUnavailable } from '../../../server/db/failures.ts';
import { FatalError } from '../../../server/lib/fatal.ts';
import { freshDatabase } from '../../world/database.ts';
import { freePort } from '../../world/ports.ts';
import { startProxy } from '../../world/proxy.ts';
import { until } from '../../world/until.ts';

const { sql, url } = await freshDatabase();

test('values arrive as the wire shows them', async () => {
  const [row] = await sql`
    select 9007199254740991::bigint as integer, 12.50::numeric as money, date '2026-02-28' as day,
      timestamptz '2026-01-02 03:04:05.678912+02' as instant, timestamptz '0099-01-01 00:00:00+00' as old,
      timestamp '2026-01-02 03:04:05' as local, '{"a": [1]}'::jsonb as json, array[1, 2]::bigint[] as integers,
      array[date '2026-02-28'] as days, null::timestamptz as nothing
  `;
  expect(row).toEqual({
    integer: 9007199254740991,
    money: 12.5,
    day: '2026-02-28',
    instant: '2026-01-02T01:04:05.678Z',
    old: '0099-01-01T00:00:00.000Z',
    local: '2026-01-02T03:04:05.000Z',
    json: { a: [1] },
    integers: [1, 2],
    days: ['2026-02-28'],
    nothing: null,
  });
});

test('values go in as they came out', async () => {
  const [row] = await sql`
    select ${'2026-02-28'}::date as day, ${'2026-01-02T01:04:05.678Z'}::timestamptz as instant,
      ${new Date(5)}::timestamptz as date, ${12.5}::numeric as money, ${2 ** 40}::bigint as integer,
      ${sql.json({ a: [1] })} as json, ${['2026-02-28']}::date[] as days
  `;
  expect(row).toEqual({
    day: '2026-02-28',
    instant: '2026-01-02T01:04:05.678Z',
    date: '1970-01-01T00:00:00.005Z',
    money: 12.5,
    integer: 2 ** 40,
    json: { a: [1] },
    days: ['2026-02-28'],
  });
});

test('a number too large to be exact is an error, and the next statement works', async () => {
  await expect(sql`select 9007199254740993::bigint as integer`).rejects.toThrow('too large to be exact');
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
});

test('a statement and a transaction that stand still are ended', async () => {
  const hasty = await connect(url, { max: 1, statement_timeout_ms: 50, idle_in_transaction_timeout_ms: 50 });
  const slow = await hasty`select pg_sleep(2)`.catch((error: unknown) => error);
  expect(isUnavailable(slow)).toBe(true);
  const idle = hasty.begin(async (tx) => {
    await new Promise((wake) => setTimeout(wake, 300));
    return tx`select 1`;
  });
  expect(isUnavailable(await idle.catch((error: unknown) => error))).toBe(true);
  await hasty.end();
});

test('every wrong address gives one line without the password', async () => {
  const closed = await freePort();
  const stranger = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const { port } = stranger.address() as { port: number };
  const changed = (change: (address: URL) => void) => {
    const address = new URL(url);
    address.password = 'hunter2secret';
    change(address);
    return connect(address.href);
  };
  const lines = await Promise.all(
    [
      (address: URL) => (address.port = String(closed)),
      (address: URL) => (address.port = String(port)),
      () => {},
      (address: URL) => {
        address.password = new URL(url).password;
        address.pathname = '/nowhere';
      },
      (address: URL) => (address.host = 'no-such-host.invalid'),
    ].map((change) => changed(change).then(() => 'connected', lineOf)),
  );
  stranger.close();
  expect(lines).toEqual([
    expect.stringMatching(/^The database at rolecall_app@127.0.0.1:\d+\/t_\w+ refuses connections/),
    expect.stringContaining('is it a PostgreSQL?'),
    expect.stringContaining('refuses this user or password'),
    expect.stringContaining('has no database of that name'),
    expect.stringContaining('cannot be found'),
  ]);
  for (const line of lines) expect(line).not.toMatch(/hunter2secret|\n/);
});

test('a cut or silent line fails statements in bounded time, and all is well once it is whole again', async () => {
  const proxy = await startProxy(Number(new URL(url).port));
  const far = await connect(Object.assign(new URL(url), { port: String(proxy.port) }).href, {
    max: 2,
    statement_timeout_ms: 200,
  });
  const attempt = () =>
    far`select 1 as one`.then(
      () => 'answered',
      (error: unknown) => isUnavailable(error),
    );
  proxy.cut();
  expect(await Promise.all([attempt(), attempt(), attempt()])).toEqual([true, true, true]);
  proxy.restore();
  await until(async () => (await attempt()) === 'answered');

  const [, begun] = [proxy.blackhole(), performance.now()];
  expect(await attempt()).toBe(true);
  expect(performance.now() - begun).toBeLessThan(6000);
  proxy.restore();
  await until(async () => (await attempt()) === 'answered', { timeout_ms: 2000 });
  await far.end({ timeout: 1 });
});

test('a server that ends every connection at once fails statements too, instead of being tried for ever', async () => {
  const proxy = await startProxy(Number(new URL(url).port));
  const address = Object.assign(new URL(url), { port: String(proxy.port) }).href;
  const far = await connect(address, { max: 1 });
  await proxy.stop();
  let tries = 0;
  const closing = createServer((socket) => void (socket.end(), (tries += 1)));
  await new Promise<void>((resolve) => closing.listen(proxy.port, '127.0.0.1', resolve));
  for (let statement = 0; statement < 3; statement += 1) {
    expect(isUnavailable(await far`select 1`.catch((error: unknown) => error))).toBe(true);
  }
  expect(tries).toBeLessThan(10);
  closing.close();
  await far.end({ timeout: 1 });
});

function lineOf(error: unknown): string {
  return error instanceof FatalError ? error.message : `not a FatalError: ${String(error)}`;
}

// These are mended in postgres.js by patches/: https://github.com/porsager/postgres/issues/1208
test('a statement after its transaction’s connection is gone fails, and the process lives', async () => {
  const proxy = await startProxy(url);
  const fragile = await connect(proxy.url, { max: 1 });
  const work = fragile.begin(async (tx) => {
    await tx`select 1`;
    proxy.cut();
    await tx`select 2`.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return tx`select 3`;
  });
  await expect(work).rejects.toThrow();
  proxy.restore();
  expect(await fragile`select 4 as four`).toEqual([{ four: 4 }]);
  await fragile.end();
});

test('a connection that broke with a statement on its way out is as good as new once it is back', async () => {
  const proxy = await startProxy(url);
  const fragile = await connect(proxy.url, { max: 1 });
  for (let i = 0; i < 5; i++) {
    const lost = Promise.allSettled([fragile`select 1`, fragile`select 2`]);
    proxy.cut();
    await lost;
    proxy.restore();
    await until(() =>
      fragile`select 3 as three`.then(
        () => true,
        () => false,
      ),
    );
  }
  await fragile.end();
});

test('a server that ends a statement’s connection spoils nothing that comes after it', async () => {
  const fragile = await connect(url, { max: 1 });
  for (const inside of [false, true]) {
    const lost = inside
      ? fragile.begin((tx) => tx`select pg_sleep(30), 'ended' as inside`)
      : fragile`select pg_sleep(30), 'ended' as inside`;
    const fails = expect(lost).rejects.toThrow();
    await until(async () => {
      const ended = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity where query like '%ended%' and pid <> pg_backend_pid()
          and state = 'active'
      `;
      return ended.length > 0;
    });
    await fails;
    expect(await fragile.begin((tx) => tx`select 1 as one`)).toEqual([{ one: 1 }]);
    expect(await fragile`select 2 as two`).toEqual([{ two: 2 }]);
  }
  await fragile.end();
});
