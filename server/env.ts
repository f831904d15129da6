import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { FatalError } from './lib/fatal.ts';

/** What the operator decided, checked. The addresses of stores carry passwords: never log them. */
export interface Env {
  /** 0 takes any free port. */
  port: number;
  host: string;
  /** The origin under which browsers reach us, without a slash at the end. */
  publicUrl: string;
  /** Express' `trust proxy`: how many proxies stand before us, or which addresses they have; `false`: none. */
  trustProxy: false | number | string[];
  /** Absent: the embedded Postgres in `dataDir`. */
  databaseUrl: string | undefined;
  /** A role that owns the tables; the same as `databaseUrl` unless given. */
  migrationUrl: string | undefined;
  /** Absent: this process alone, or several that find each other by polling. */
  redisUrl: string | undefined;
  /** Absolute. */
  dataDir: string;
  /** Processes that serve, 1 to 64. */
  workers: number;
  demo: boolean;
  mode: 'production' | 'development' | 'test';
  /** ISO 4217, three capital letters. */
  currency: string;
}

/** What stands behind `npm start --`; it wins over the environment. */
export interface Arguments {
  /** Serve the client as it is written, with hot reload. */
  dev: boolean;
  /** As `WORKERS`, not checked yet. */
  workers?: string | undefined;
}

/** Arguments and environment of this process. Throws `FatalError` as `readArguments` and `readEnv` do. */
export function readSettings(): { dev: boolean; env: Env } {
  const given = readArguments();
  return { dev: given.dev, env: readEnv(process.env, given) };
}

/** Throws `FatalError`, one line, where an argument is unknown or lacks its value. */
export function readArguments(words: string[] = process.argv.slice(2)): Arguments {
  try {
    const { values } = parseArgs({
      args: words,
      options: { dev: { type: 'boolean', default: false }, workers: { type: 'string' } },
    });
    return values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FatalError(`${reason.split(/[.\n]/)[0]}. What there is: --workers N.`, { cause });
  }
}

/** Reads the environment. Throws `FatalError`, one line naming the variable and never quoting an address. */
export function readEnv(
  source: NodeJS.ProcessEnv = process.env,
  { dev, workers }: Arguments = { dev: false },
): Env {
  // `PORT= npm start` means what no PORT means.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(workers === undefined ? given : { ...given, WORKERS: workers });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = issue?.path.join('.');
    throw new FatalError(
      `${name === 'WORKERS' && workers !== undefined ? '--workers' : name} ${issue?.message}.`,
    );
  }
  const env = parsed.data;
  if (env.MIGRATION_URL !== undefined && env.DATABASE_URL === undefined) {
    throw new FatalError('MIGRATION_URL needs DATABASE_URL beside it.');
  }
  if (dev && env.WORKERS > 1) throw new FatalError('--dev serves with one process: leave WORKERS out.');
  return {
    port: env.PORT,
    host: env.HOST,
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    trustProxy: env.TRUST_PROXY,
    databaseUrl: env.DATABASE_URL,
    migrationUrl: env.MIGRATION_URL ?? env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    dataDir: resolve(env.DATA_DIR),
    workers: env.WORKERS,
    demo: env.DEMO ?? env.NODE_ENV !== 'production',
    mode: env.NODE_ENV,
    currency: env.CURRENCY,
  };
}

/** The environment for a child process: ours, with `changes`; `undefined` takes a variable away. */
export function environmentFor(changes: Record<string, string | undefined>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes };
}

const wholeNumber = (least: number, most: number, initial: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: ({ input }) => `must be a whole number from ${least} to ${most}, not "${input}"`,
    })
    .transform(Number)
    .default(initial);

/** The value is never quoted: it may hold a password. */
const address = (words: string, protocols: string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: `must be an address like ${words}`,
    })
    .optional();

const oneOf = <const T extends Record<string, unknown>>(meanings: T) =>
  z
    .string()
    .refine((text) => Object.hasOwn(meanings, text), {
      error: ({ input }) => `must be one of ${Object.keys(meanings).join(', ')}, not "${input}"`,
    })
    .transform((text) => meanings[text] as T[keyof T]);

const schema = z.object({
  PORT: wholeNumber(0, 65_535, 3000),
  HOST: z
    .string()
    .regex(/^[\w.:-]{1,253}$/, 'must be a host name or an IP address')
    .default('127.0.0.1'),
  PUBLIC_URL: z
    .string()
    .refine((text) => URL.canParse(text) && isOrigin(new URL(text)), {
      error: 'must be an origin like https://crm.example.com, without a path',
    })
    .transform((text) => new URL(text).origin)
    .optional(),
  TRUST_PROXY: z
    .string()
    .refine((text) => /^\d{1,2}$/.test(text) || text.split(',').every((part) => PROXY.test(part.trim())), {
      error: 'must be the number of proxies before us, or their addresses separated by commas',
    })
    .transform(parseProxies)
    .default(false),
  DATABASE_URL: address('postgres://user:password@host:5432/database', ['postgres:', 'postgresql:']),
  MIGRATION_URL: address('postgres://user:password@host:5432/database', ['postgres:', 'postgresql:']),
  REDIS_URL: address('redis://user:password@host:6379', ['redis:', 'rediss:']),
  DATA_DIR: z.string().max(4096).default('.data'),
  WORKERS: wholeNumber(1, 64, 1),
  DEMO: oneOf({ 0: false, 1: true, false: false, true: true }).optional(),
  NODE_ENV: oneOf({ production: 'production', development: 'development', test: 'test' }).default(
    'development',
  ),
  CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency of three letters like EUR')
    .default('EUR'),
});

/** An address or a network; `loopback`, `linklocal` and `uniquelocal` are Express' own names for some. */
const PROXY = /^([\d.]{7,15}|[\da-f:]{2,39})(\/\d{1,3})?$|^(loopback|linklocal|uniquelocal)$/i;

function parseProxies(text: string): Env['trustProxy'] {
  if (/^\d+$/.test(text)) return Number(text) || false;
  return text.split(',').map((part) => part.trim());
}

function isOrigin({ protocol, pathname, search, hash, username }: URL): boolean {
  return /^https?:$/.test(protocol) && pathname === '/' && search === '' && hash === '' && username === '';
}
