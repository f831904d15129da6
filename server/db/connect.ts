import postgres from 'postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalError } from '../lib/fatal.ts';
import { log } from '../lib/log.ts';
import { sqlState } from './failures.ts';
import { openSocket } from './socket.ts';

/** A pool of connections, called as a tagged template: sql`select …`. */
export type Sql = postgres.Sql;

export interface ConnectOptions {
  /** Connections at most. Default 10. */
  max?: number;
  /** What `pg_stat_activity` shows. Default `rolecall`. */
  application_name?: string;
  /** How long a statement may take, a lock be waited for, a transaction stand idle. Default 2,000 each; 0: no limit. */
  statement_timeout_ms?: number;
  lock_timeout_ms?: number;
  idle_in_transaction_timeout_ms?: number;
}

/** For work on many records at once, where nobody waits for the answer. */
export const PATIENCE = {
  statement_timeout_ms: 30_000,
  lock_timeout_ms: 10_000,
  idle_in_transaction_timeout_ms: 10_000,
} satisfies ConnectOptions;

const OLDEST_SERVER = 150_000;
/** How much longer than a statement may take its answer may be on the way. */
const NETWORK_ALLOWANCE_MS = 3000;
/** A server that is there but still starting is waited for this long. */
const STARTING_LIMIT_MS = 30_000;

/**
 * Opens a pool on `url` and makes sure that it works. Values arrive as the wire shows them: int8 and numeric as
 * number, date as 'YYYY-MM-DD', timestamps as ISO strings with milliseconds, json as itself.
 * Throws `FatalError`, one line without the password, if the server is unreachable, refuses, or is older than 15.
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Sql> {
  const statement_timeout_ms = options.statement_timeout_ms ?? 2000;
  const silence_limit_ms = statement_timeout_ms && statement_timeout_ms + NETWORK_ALLOWANCE_MS;
  // Not in postgres.js' types. With several hosts in the address, finding the right one is left to it.
  const transport = url.includes(',')
    ? {}
    : { socket: (target: Parameters<typeof openSocket>[0]) => openSocket(target, silence_limit_ms) };
  const sql: Sql = postgres(url, {
    ...transport,
    max: options.max ?? 10,
    connect_timeout: 5,
    // Seconds. Short, as every node's right to speak depends on asking the store again soon.
    backoff: (attempts) => Math.min(0.02 * 2 ** attempts, 0.5) * (0.5 + Math.random() / 2),
    types: TYPES,
    onnotice: (notice) => log.debug({ code: notice.code }, notice.message ?? 'notice'),
    connection: {
      application_name: options.application_name ?? 'rolecall',
      statement_timeout: statement_timeout_ms,
      lock_timeout: options.lock_timeout_ms ?? 2000,
      idle_in_transaction_session_timeout: options.idle_in_transaction_timeout_ms ?? 2000,
      // Filters, limits and searches differ too much from one to the next for one plan to be right for all.
      plan_cache_mode: 'force_custom_plan',
      TimeZone: 'UTC',
      DateStyle: 'ISO',
    },
  });
  try {
    await check(sql, url);
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw error;
  }
  return sql;
}

async function check(sql: Sql, url: string): Promise<void> {
  const until = performance.now() + STARTING_LIMIT_MS;
  for (;;) {
    try {
      const [row] = await sql<{ version: number; words: string }[]>`
        select current_setting('server_version_num')::int as version, current_setting('server_version') as words
      `;
      if (row !== undefined && row.version >= OLDEST_SERVER) return;
      throw new FatalError(
        `The database at ${place(url)} is PostgreSQL ${row?.words}; Rolecall needs 15 or newer.`,
      );
    } catch (error) {
      if (error instanceof FatalError) throw error;
      const state = sqlState(error);
      if (state !== '57P03' || performance.now() > until) {
        throw new FatalError(`The database at ${place(url)} ${reason(state, error)}`, { cause: error });
      }
      await sleep(200);
    }
  }
}

function reason(code: string | undefined, error: unknown): string {
  if (code !== undefined && code in REASONS) return REASONS[code] ?? '';
  return `cannot be used: ${error instanceof Error ? error.message : String(error)}.`;
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'refuses connections: is it running, and is the address right?',
  ENOTFOUND: 'cannot be found: there is no such host.',
  EAI_AGAIN: 'cannot be found: the host name cannot be resolved now.',
  ETIMEDOUT: 'does not answer.',
  CONNECT_TIMEOUT: 'does not answer.',
  EHOSTUNREACH: 'cannot be reached.',
  ENETUNREACH: 'cannot be reached.',
  ECONNRESET: 'closed the connection: is it a PostgreSQL?',
  CONNECTION_CLOSED: 'closed the connection: is it a PostgreSQL?',
  '28P01': 'refuses this user or password.',
  '28000': 'refuses this user.',
  '3D000': 'has no database of that name.',
  '53300': 'has no connection left for us.',
};

/** Where an address leads, without the password. */
export function place(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  return `${username ? `${username}@` : ''}${hostname || 'localhost'}:${port || 5432}${pathname}`;
}

const asText = { serialize: (value: string | Date) => (value instanceof Date ? value.toISOString() : value) };

const TYPES = {
  bigint: { to: 20, from: [20], serialize: String, parse: parseInteger },
  numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
  date: { to: 1082, from: [1082], serialize: (value: string) => value, parse: (text: string) => text },
  timestamp: { to: 1114, from: [1114], ...asText, parse: (text: string) => parseInstant(`${text}Z`) },
  timestamptz: { to: 1184, from: [1184], ...asText, parse: parseInstant },
};

function parseInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new Error(`The number ${text} from the database is too large to be exact`);
  return value;
}

/** Microseconds are cut off, so order by columns of timestamptz(3) only. */
function parseInstant(text: string): string {
  // Put into the one form that is defined: else "0099-01-01 …" would be read as a day of 1999.
  const time = new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  if (Number.isNaN(time.getTime())) throw new Error(`The time ${text} from the database is none we can tell`);
  return time.toISOString();
}
