import { DAY_ms, MINUTE_ms, SECOND_ms } from '../../shared/lib/time.ts';
import { tooManyRequests } from '../../shared/protocol/index.ts';
import type { Hits } from '../redis/state.ts';
import { network, type HitCounter } from './signInGuard.ts';

/**
 * What visitors may do, counted over all nodes:
 * - come: 20 a minute from one address, 1,000 a minute from everywhere. A loopback address is a proxy that we were not
 *   told of, or somebody trying it out; it stands for many.
 * - write: 20 messages at once (as many as may be tries of one, after a bad connection), then one a second, and 500 a
 *   day: a thread is given to others as a whole, so it must not grow without end.
 * - anything else: 120 a minute.
 */
export const VISITOR_LIMITS = {
  newcomers: { tries: 20, window_ms: MINUTE_ms },
  loopback: { tries: 300, window_ms: MINUTE_ms },
  everyone: { tries: 1_000, window_ms: MINUTE_ms },
  burst: { tries: 20, window_ms: MINUTE_ms },
  steady: { tries: 1, window_ms: SECOND_ms },
  day: { tries: 500, window_ms: DAY_ms },
  else: { tries: 120, window_ms: MINUTE_ms },
} as const;

type Counter = Pick<HitCounter, 'hit'>;
type Limit = (typeof VISITOR_LIMITS)[keyof typeof VISITOR_LIMITS];

/** Before somebody new is let in. @throws ApiError `too_many_requests` */
export async function passNewVisitorGuard(hits: Counter, address: string): Promise<void> {
  const { newcomers, loopback, everyone } = VISITOR_LIMITS;
  await pass(hits, `visitor:new:${network(address)}`, isLoopback(address) ? loopback : newcomers);
  await pass(hits, 'visitor:new', everyone);
}

/** Before a message is written. @throws ApiError `too_many_requests` */
export async function passMessageGuard(hits: Counter, visitorId: string): Promise<void> {
  const { burst, steady, day } = VISITOR_LIMITS;
  const { count } = await hits.hit(`visitor:burst:${visitorId}`, burst.window_ms);
  if (count > burst.tries) await pass(hits, `visitor:steady:${visitorId}`, steady);
  await pass(hits, `visitor:day:${visitorId}`, day);
}

/** Before a visitor changes anything else. @throws ApiError `too_many_requests` */
export const passVisitorGuard = (hits: Counter, visitorId: string): Promise<void> =>
  pass(hits, `visitor:else:${visitorId}`, VISITOR_LIMITS.else);

async function pass(hits: Counter, key: string, limit: Limit): Promise<void> {
  refuseOver(limit, await hits.hit(key, limit.window_ms));
}

function refuseOver({ tries }: Limit, { count, remaining_ms }: Hits): void {
  if (count > tries) throw tooManyRequests(Math.max(1, Math.ceil(remaining_ms / SECOND_ms)));
}

const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/i.test(address);
