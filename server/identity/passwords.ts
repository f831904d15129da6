import { hash, verify, type Options } from '@node-rs/argon2';
import { LIMITS, unavailable } from '../../shared/protocol/index.ts';
import { COMMON_PASSWORDS } from './commonPasswords.ts';

/**
 * Argon2id at OWASP's minimum: 19 MiB, two passes, one lane; about 25 ms on a thread of its own. (2 = argon2id; the
 * package's enum cannot be imported under `isolatedModules`.)
 */
const PARAMETERS: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a random password that nobody knows, with the parameters above. */
const DUMMY_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$hWCSN6nOt6aPS71uD03Wvw$bKFST2SM4pRpFwcY6zdv4YzNW+g7BvLGFQ+0EmgluEM';

/** The hash to keep. The password is taken as it is: no normalising, no trimming, no upper limit on strangeness. */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, PARAMETERS));

/**
 * Whether the password fits. Without a hash (no such account, or one without a password) it takes the same time and
 * says no, so that the time does not tell who has an account.
 */
export async function verifyPassword(kept: string | null, password: string): Promise<boolean> {
  const fits = await inTurn(() => verify(kept ?? DUMMY_HASH, password));
  return kept !== null && fits;
}

/** What is wrong with a new password, in words for the person, or null. `about` holds texts it must not repeat. */
export function passwordProblem(password: string, about: readonly string[] = []): string | null {
  if ([...password].length < LIMITS.passwordMin) return `At least ${LIMITS.passwordMin} characters`;
  if (password.length > LIMITS.passwordMax) return `At most ${LIMITS.passwordMax} characters`;
  const plain = password.toLowerCase();
  if (COMMON_PASSWORDS.has(plain) || /^(.)\1*$/u.test(plain))
    return 'Too common: guessers try this one first';
  if (about.some((text) => text.toLowerCase() === plain)) return 'Must not be your name or e-mail address';
  return null;
}

/** Each one takes 19 MiB and a core: more at once would only be slower, and a flood would take all memory. */
const AT_ONCE = 3;
const WAITING_MAX = 200;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) throw unavailable('Too many people are signing in at once');
    // Whoever is done hands on its place, so `running` stays as it is.
    await new Promise<void>((go) => waiting.push(go));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
