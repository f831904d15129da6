import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { FatalError } from '../lib/fatal.ts';
import { log } from '../lib/log.ts';
import { coalesce } from './coalesce.ts';
import { POKES, pokeSchema, type BusPoke } from './messages.ts';

export type { BusPoke } from './messages.ts';

export interface Bus {
  /**
   * Pokes every node, this one included (but for `presence`, which tells the others). Never throws, never waits; while
   * Redis is down the others hear nothing.
   */
  publish(poke: BusPoke): void;
  /** Whether pokes reach the other nodes at the moment. */
  healthy(): boolean;
  close(): Promise<void>;
}

export interface BusOptions {
  /** Without it the process pokes only itself. */
  url?: string;
  /** Called for each poke, never within `publish`. What it throws is logged. */
  onPoke: (poke: BusPoke) => void;
}

const CHANNEL = 'rolecall:poke';
const START_LIMIT_MS = 2000;
/** An idle connection is asked this often, and given up when it has been silent for the second. */
const PING_EVERY_MS = 2000;
const SILENCE_LIMIT_MS = 5000;

/** Throws `FatalError` if Redis is unreachable now; later outages are logged once each and healed by reconnecting. */
export async function createBus({ url, onPoke }: BusOptions): Promise<Bus> {
  const { deliver, pokeOurselves } = deliveries(onPoke);
  if (url === undefined) return { publish: pokeOurselves, healthy: () => true, close: async () => {} };

  const publisher = open(url, 'publisher');
  const subscriber = open(url, 'subscriber');
  const close = async () => {
    clearInterval(pinging);
    publisher.disconnect();
    subscriber.disconnect();
  };
  const pinging = setInterval(() => {
    for (const redis of [publisher, subscriber]) if (redis.status === 'ready') redis.ping().catch(ignore);
  }, PING_EVERY_MS);
  pinging.unref();

  let first: Error | undefined;
  for (const redis of [publisher, subscriber]) redis.once('error', (error: Error) => (first ??= error));
  const us = randomUUID();
  let listening = false;
  const listen = async () => {
    await subscriber.subscribe(CHANNEL);
    listening = true;
  };
  subscriber.on('close', () => (listening = false));
  subscriber.on('message', (_channel, text) => {
    const message = parse(text);
    // Our own were delivered without the detour.
    if (message !== undefined && message.from !== us) deliver(message.poke);
  });
  try {
    await within(START_LIMIT_MS, [publisher.connect(), subscriber.connect().then(listen)]);
  } catch (error) {
    await close();
    // What `connect` rejects with only says that it is closed; the event before it says why.
    const cause = first ?? error;
    throw new FatalError(describeRedisFailure(url, cause), { cause });
  }
  // Fails where the connection is lost once more before the answer: then it is ready again later.
  subscriber.on('ready', () => void listen().catch(ignore));
  const send = coalesce(
    (poke: BusPoke) => publisher.publish(CHANNEL, JSON.stringify({ from: us, poke })),
    POKES,
  );
  return {
    publish(poke) {
      pokeOurselves(poke);
      if (publisher.status === 'ready') send(poke);
    },
    healthy: () => publisher.status === 'ready' && listening,
    close,
  };
}

/** How pokes reach this process: those of others at once, its own a little later. */
export function deliveries(
  onPoke: BusOptions['onPoke'],
): Record<'deliver' | 'pokeOurselves', (poke: BusPoke) => void> {
  const deliver = (poke: BusPoke) => {
    try {
      onPoke(poke);
    } catch (err) {
      log.error({ err }, 'a poke could not be handled');
    }
  };
  const deliverSoon = (poke: BusPoke) => void setImmediate(deliver, poke);
  return { deliver, pokeOurselves: (poke) => void (poke.kind === 'presence' || deliverSoon(poke)) };
}

/** One line for a Redis that cannot be used, without the password. */
export function describeRedisFailure(url: string, error: unknown): string {
  const { hostname, port } = new URL(url);
  const words = error instanceof Error ? error.message : String(error);
  const refused = /WRONGPASS|NOAUTH/.test(words)
    ? 'refuses this user or password'
    : `cannot be reached: ${words.replace(/\.$/, '')}`;
  return `The Redis at ${hostname}:${port || 6379} ${refused}. Check REDIS_URL.`;
}

/** Rejects if not all of `promises` are fulfilled in time. */
export async function within(limit_ms: number, promises: Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${limit_ms / 1000} s`)), limit_ms);
  });
  try {
    await Promise.race([Promise.all(promises), late]);
  } finally {
    clearTimeout(timer);
  }
}

function open(url: string, name: string): Redis {
  let down: Error | undefined;
  let wasReady = false;
  const redis = new Redis(url, {
    connectionName: `rolecall-${name}`,
    lazyConnect: true,
    connectTimeout: START_LIMIT_MS,
    socketTimeout: SILENCE_LIMIT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // ioredis leaves the promise of its own SUBSCRIBE unhandled, and a second loss in that moment would end the process.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    // The first connection must succeed at once; an established one comes back for ever, not all nodes together.
    retryStrategy: (times) =>
      wasReady ? Math.min(100 * 2 ** Math.min(times, 6), 3000) * (0.5 + Math.random()) : null,
  });
  redis.on('error', (error: Error) => {
    if (wasReady && down === undefined)
      log.warn({ reason: error.message }, `redis ${name} is down, polling goes on`);
    down ??= error;
  });
  redis.on('ready', () => {
    if (wasReady && down !== undefined) log.info(`redis ${name} is back`);
    wasReady = true;
    down = undefined;
  });
  return redis;
}

const messageSchema = z.strictObject({ from: z.string(), poke: pokeSchema });

function parse(text: string): z.infer<typeof messageSchema> | undefined {
  try {
    return messageSchema.parse(JSON.parse(text));
  } catch {
    log.debug('a message on the bus is not ours and was ignored');
    return undefined;
  }
}

function ignore(): void {}
