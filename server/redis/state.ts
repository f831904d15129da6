import { systemClock, type Clock } from '../lib/clock.ts';
import { FatalError } from '../lib/fatal.ts';
import { log } from '../lib/log.ts';
import { describeRedisFailure, within } from './bus.ts';

/** How often something happened within the window that its first time opened. */
export interface Hits {
  count: number;
  /** Until the window closes and the count begins anew; for `Retry-After`. */
  remaining_ms: number;
}

/** State that nodes share and that expires: counters for rate limits. Never the truth about anything. */
export interface SharedState {
  /** Counts one more of `key` and returns the count so far in its window. Never throws, answers within 0.5 s. */
  hit(key: string, window_ms: number): Promise<Hits>;
  /** Forgets the count of `key`. Never throws. */
  forget(key: string): Promise<void>;
  /** Whether the count is shared with the other nodes at the moment. */
  healthy(): boolean;
  close(): Promise<void>;
}

const START_LIMIT_MS = 2000;
const ANSWER_LIMIT_MS = 500;
/** After a failure Redis is left alone this long, so that not every request waits for it. */
const REST_MS = 1000;
const PREFIX = 'rolecall:hits:';

/**
 * Counters in Redis at `url`. While it does not answer, and without `url`, each process counts for itself: limits
 * become as many times looser as there are nodes, but never vanish. Throws `FatalError` if unreachable at the start.
 */
export async function createState({
  url,
  clock = systemClock,
}: { url?: string; clock?: Clock } = {}): Promise<SharedState> {
  const own = countInMemory(clock);
  if (url === undefined) return own;

  let ready = false;
  let started = false;
  let restUntil_ms = 0;
  // Only where it is needed: its hundreds of files take a second of every start.
  const { createClient } = await import('redis');
  const client = createClient({
    url,
    name: 'rolecall-state',
    disableOfflineQueue: true,
    commandsQueueMaxLength: 1000,
    commandOptions: { timeout: ANSWER_LIMIT_MS },
    socket: {
      connectTimeout: START_LIMIT_MS,
      reconnectStrategy: (retries) =>
        started && Math.min(100 * 2 ** Math.min(retries, 6), 3000) * (0.5 + Math.random()),
    },
  });
  client.on('ready', () => {
    if (started && !ready) log.info('redis state is back');
    ready = true;
  });
  client.on('error', (error: Error) => {
    if (started && ready)
      log.warn({ reason: error.message }, 'redis state is down, each node counts for itself');
    ready = false;
  });
  try {
    await within(START_LIMIT_MS, [client.connect()]);
    started = true;
  } catch (cause) {
    client.destroy();
    throw new FatalError(describeRedisFailure(url, cause), { cause });
  }

  const usable = () => client.isReady && clock.monotonic_ms() >= restUntil_ms;
  const ask = async <T>(inRedis: () => Promise<T>, inMemory: () => Promise<T>): Promise<T> => {
    if (!usable()) return inMemory();
    try {
      // A stopped Redis takes commands into the socket, where the client's own limit no longer reaches them.
      return await inTime(inRedis());
    } catch {
      restUntil_ms = clock.monotonic_ms() + REST_MS;
      return inMemory();
    }
  };
  return {
    hit: (key, window_ms) =>
      ask(
        async () => toHits(await client.eval(HIT, { keys: [PREFIX + key], arguments: [String(window_ms)] })),
        () => own.hit(key, window_ms),
      ),
    forget: (key) =>
      ask(
        async () => void (await client.del(PREFIX + key)),
        () => own.forget(key),
      ),
    healthy: usable,
    close: async () => client.destroy(),
  };
}

/** Counts and sets the expiry in one step: a counter without an end would lock someone out for ever. */
const HIT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}`;

function toHits(reply: unknown): Hits {
  if (!Array.isArray(reply)) throw new Error('Redis answered something else than two numbers');
  return { count: Number(reply[0]), remaining_ms: Math.max(0, Number(reply[1])) };
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  await within(ANSWER_LIMIT_MS, [promise]);
  return promise;
}

const MOST_KEYS = 100_000;

/** The same within one process. At most 100,000 keys: beyond that, the oldest windows are forgotten. */
function countInMemory(clock: Clock): SharedState {
  const windows = new Map<string, { count: number; ends_ms: number }>();
  return {
    async hit(key, window_ms) {
      const now_ms = clock.monotonic_ms();
      const open = windows.get(key);
      if (open !== undefined && open.ends_ms > now_ms) {
        open.count += 1;
        return { count: open.count, remaining_ms: open.ends_ms - now_ms };
      }
      windows.delete(key);
      makeRoom(windows, now_ms);
      windows.set(key, { count: 1, ends_ms: now_ms + window_ms });
      return { count: 1, remaining_ms: window_ms };
    },
    forget: async (key) => void windows.delete(key),
    healthy: () => true,
    close: async () => windows.clear(),
  };
}

function makeRoom(windows: Map<string, { ends_ms: number }>, now_ms: number): void {
  if (windows.size < MOST_KEYS) return;
  for (const [key, { ends_ms }] of windows) if (ends_ms <= now_ms) windows.delete(key);
  // A tenth at a time, so that a flood of keys does not have us search all of them for each one.
  let surplus = windows.size - MOST_KEYS * 0.9;
  for (const key of windows.keys()) {
    if (surplus <= 0) return;
    windows.delete(key);
    surplus -= 1;
  }
}
