import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { tooManyRequests } from '../../shared/protocol/index.ts';
import { MINUTE_ms, SECOND_ms } from '../../shared/lib/time.ts';
import type { Hits, SharedState } from '../redis/state.ts';

/** Tries counted over all nodes (server/redis/state.ts). */
export type HitCounter = Pick<SharedState, 'hit' | 'forget'>;

/**
 * What slows guessing down without shutting its victim out:
 * - one address at one account: 10 tries in 5 minutes, then 429 until they are over. Tries from elsewhere do not count
 *   against it, and signing in forgets those made before.
 * - one address at any account: 600 tries in 5 minutes, then 429. Wide, as an office may share one address.
 * - one account from anywhere: after 60 tries in 15 minutes each further one waits 2 s first, unless it comes from an
 *   address where this person has been signed in lately; nobody is refused.
 * Every try counts before it is judged, so a thousand at once are no way around.
 */
export const SIGN_IN_LIMITS = {
  pair: { tries: 10, window_ms: 5 * MINUTE_ms },
  address: { tries: 600, window_ms: 5 * MINUTE_ms },
  account: { tries: 60, window_ms: 15 * MINUTE_ms, delay_ms: 2 * SECOND_ms },
} as const;

/** More tries than this that wait at a time are refused: waiting is cheap, but not free. */
const DELAYED_MAX = 200;
let delayed = 0;

/** Whose account is tried, and from where. */
export interface Try {
  email: string;
  address: string;
}

/**
 * To be passed before a password is looked at. `isKnownAddress` is only asked for an account under attack.
 * @throws ApiError `too_many_requests`
 */
export async function passSignInGuard(
  hits: HitCounter,
  attempt: Try,
  isKnownAddress: () => Promise<boolean>,
): Promise<void> {
  const { pair, address, account } = SIGN_IN_LIMITS;
  refuseOver(pair.tries, await hits.hit(pairKey(attempt), pair.window_ms));
  refuseOver(address.tries, await hits.hit(`sign-in:address:${network(attempt.address)}`, address.window_ms));

  const { count } = await hits.hit(`sign-in:account:${digest(attempt.email)}`, account.window_ms);
  if (count > account.tries && !(await isKnownAddress())) await delay(account.delay_ms);
}

/** The right password was given: the tries before it were the person's own. */
export const forgiveTries = (hits: HitCounter, attempt: Try): Promise<void> => hits.forget(pairKey(attempt));

/** One household or office counts as one: IPv4 whole, of IPv6 the /64 that is handed out to a customer. */
export function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

function refuseOver(tries: number, { count, remaining_ms }: Hits): void {
  if (count > tries) throw tooManyRequests(Math.max(1, Math.ceil(remaining_ms / SECOND_ms)));
}

const pairKey = ({ email, address }: Try): string => `sign-in:pair:${network(address)}:${digest(email)}`;

// Keys of a fixed length, and no list of addresses that lies about in Redis.
const digest = (email: string): string =>
  createHash('sha256').update(email.trim().toLowerCase()).digest('base64url').slice(0, 22);

async function delay(delay_ms: number): Promise<void> {
  if (delayed >= DELAYED_MAX) throw tooManyRequests(Math.ceil(delay_ms / SECOND_ms));
  delayed += 1;
  try {
    await sleep(delay_ms);
  } finally {
    delayed -= 1;
  }
}
