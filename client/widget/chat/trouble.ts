import { Refused } from '../net/http.ts';

/**
 * What follows from an error: adopt – another tab has begun anew, be that visitor · ended – the token is over, which is
 * said · blocked – nothing is served on this page or channel · anew – nobody knows the token, somebody new comes ·
 * later – try again
 */
export type Verdict = 'adopt' | 'ended' | 'blocked' | 'anew' | 'later';

/** `token` is the one the error was met with, `held` the one that this browser keeps by now. */
export function judgeTrouble(error: unknown, token: string | null, held: string | null): Verdict {
  if (!(error instanceof Refused)) return 'later';
  const { code, status } = error;
  if (status === 401 && token !== null && held !== null && held !== token) return 'adopt';
  if (code === 'session_ended') return 'ended';
  if (code === 'foreign_origin' || status === 403) return 'blocked';
  // No repetition makes a channel exist, or take strangers.
  if (token === null && (status === 400 || status === 404 || status === 422)) return 'blocked';
  return status === 401 ? 'anew' : 'later';
}
