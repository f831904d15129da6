import { ApiError } from '../../../shared/protocol/errors.ts';
import { OfflineError } from '../../net/http.ts';
import { fieldsOf, inOrder, LIMITS, type UnsentWrite } from './write.ts';

/** What another tab made and did not bring to its end by then is looked after here. */
export const ADOPT_ms = 20_000;
/** What another tab has sent stays on this screen until the server's own word must be here. */
export const LINGER_ms = 2_000;

/** No answer, or none yet: it is tried again. */
export const isAway = (error: unknown): boolean =>
  error instanceof OfflineError ||
  (error instanceof ApiError && (error.code === 'unavailable' || error.code === 'too_many_requests'));

/** Nobody is signed in here any more. */
export const isOver = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 'unauthenticated' || error.code === 'session_ended');

/** Whether a refusal says that it was done already, by another tab or by a try whose answer was lost. */
export function wasDone({ act }: UnsentWrite, error: unknown, triedBefore: boolean): boolean {
  if (!(error instanceof ApiError)) return false;
  return (
    error.code === 'idempotency_conflict' ||
    (triedBefore && act.kind === 'remove' && error.code === 'not_found')
  );
}

/** Whether it is too late to send it without asking. */
export function staleness({ act, at, tried }: UnsentWrite, now_ms: number): 'unsure' | 'old' | null {
  if (now_ms - at > LIMITS.age_ms) return 'old';
  // A change that was done already changes nothing the second time; what is new would be there twice.
  const twice = act.kind === 'create' || act.kind === 'say';
  return twice && tried !== null && now_ms - tried > LIMITS.key_ms ? 'unsure' : null;
}

/**
 * The version that a write builds upon after another of its line was done. One of the same fields builds upon it; else the
 * server would take our own change for someone else's. One of other fields keeps to what the person saw: a change by
 * others must still be noticed.
 */
export function builtUpon(next: UnsentWrite, former: UnsentWrite, version: number): number | null {
  // What was tried goes again as it went: the server knows it by its key and its words.
  if (next.seen === null || next.tried !== null) return next.seen;
  // It was made before this one, in another tab, and comes after it: then it crosses it like anybody else's.
  if (inOrder(next, former) < 0) return next.seen;
  // What is said is a record of its own: its version says nothing of the ticket's.
  if (former.act.kind === 'say') return next.seen;
  const fields = fieldsOf(next);
  const builds = fields.length === 0 || fields.some((field) => fieldsOf(former).includes(field));
  return builds ? Math.max(next.seen, version) : next.seen;
}
