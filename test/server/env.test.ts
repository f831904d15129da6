import { describe, expect, test } from 'vitest';
import { readArguments, readEnv } from '../../server/env.ts';
import { FatalError } from '../../server/lib/fatal.ts';

test('nothing set, and empty values, give a demo on this machine only', () => {
  const env = readEnv({ PORT: '', DATABASE_URL: '' });
  expect(env).toEqual({
    port: 3000,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:3000',
    trustProxy: false,
    databaseUrl: undefined,
    migrationUrl: undefined,
    redisUrl: undefined,
    dataDir: `${process.cwd()}/.data`,
    workers: 1,
    demo: true,
    mode: 'development',
    currency: 'EUR',
  });
});

test('what is set is taken', () => {
  const env = readEnv({
    PORT: '8080',
    HOST: '0.0.0.0',
    PUBLIC_URL: 'https://crm.example.com/',
    TRUST_PROXY: '10.0.0.0/8, loopback',
    DATABASE_URL: 'postgres://u:p@db/rolecall',
    REDIS_URL: 'rediss://:p@cache:6380',
    NODE_ENV: 'production',
    CURRENCY: 'CHF',
  });
  expect(env).toMatchObject({
    port: 8080,
    publicUrl: 'https://crm.example.com',
    trustProxy: ['10.0.0.0/8', 'loopback'],
    migrationUrl: 'postgres://u:p@db/rolecall',
    demo: false,
    mode: 'production',
  });
  expect(readEnv({ TRUST_PROXY: '2' }).trustProxy).toBe(2);
  expect(readEnv({ TRUST_PROXY: '0' }).trustProxy).toBe(false);
  expect(readEnv({ NODE_ENV: 'production', DEMO: '1' }).demo).toBe(true);
});

test('an argument wins over the environment, and is named where it is wrong', () => {
  const read = (words: string[], source = {}) => readEnv(source, readArguments(words));
  expect(read(['--workers', '3'], { WORKERS: '2' }).workers).toBe(3);
  expect(read(['--workers=2']).workers).toBe(2);
  expect(read([], { WORKERS: '4' }).workers).toBe(4);
  for (const words of [['--workers', '0'], ['--workers=65'], ['--workers', 'all']]) {
    expect(() => read(words, { WORKERS: '2' })).toThrow(
      /^--workers must be a whole number from 1 to 64, not ".+"\.$/,
    );
  }
  expect(() => read(['--workers'])).toThrow(FatalError);
  expect(() => read(['--worker', '2'])).toThrow(/^Unknown option '--worker'\. What there is: --workers N\.$/);
  expect(() => read(['--dev'], { WORKERS: '2' })).toThrow(/^--dev serves with one process/);
});

describe('a bad value is named in one line that quotes no address', () => {
  test.each([
    [{ PORT: '80a' }, /^PORT must be a whole number from 0 to 65535, not "80a"\.$/],
    [{ PORT: '65536' }, /^PORT must be/],
    [{ WORKERS: '0' }, /^WORKERS must be a whole number from 1 to 64/],
    [{ HOST: 'http://x' }, /^HOST must be/],
    [{ PUBLIC_URL: 'https://x/path' }, /^PUBLIC_URL must be an origin/],
    [{ PUBLIC_URL: 'ftp://x' }, /^PUBLIC_URL must be/],
    // Would believe whatever address a stranger claims.
    [{ TRUST_PROXY: 'true' }, /^TRUST_PROXY must be/],
    [{ DATABASE_URL: 'mysql://u:hunter2@x/y' }, /^DATABASE_URL must be an address like postgres:/],
    [{ DATABASE_URL: 'hunter2' }, /^DATABASE_URL must be/],
    [{ REDIS_URL: 'http://:hunter2@x' }, /^REDIS_URL must be/],
    [{ MIGRATION_URL: 'postgres://u:hunter2@x/y' }, /^MIGRATION_URL needs DATABASE_URL/],
    [{ DEMO: 'yes' }, /^DEMO must be one of 0, 1, false, true, not "yes"\.$/],
    [{ NODE_ENV: 'prod' }, /^NODE_ENV must be one of production, development, test/],
    [{ CURRENCY: 'Euro' }, /^CURRENCY must be/],
  ])('%o', (source, line) => {
    let thrown: unknown;
    try {
      readEnv(source);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FatalError);
    expect((thrown as FatalError).message).toMatch(line);
    expect((thrown as FatalError).message).not.toMatch(/hunter2|\n/);
  });
});
