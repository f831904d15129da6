import type { Receipt } from '../../../shared/protocol/index.ts';
import { endSessions } from '../../identity/endSessions.ts';
import type { App, Caller } from '../../lib/app.ts';

/** Ends the caller's sessions everywhere, or everywhere else. */
export function endOwnSessions(
  app: App,
  caller: Caller,
  options: { exceptCurrent: boolean },
): Promise<Receipt> {
  const except = options.exceptCurrent ? caller.sessionId : undefined;
  return endSessions(app, caller, { userId: caller.actor.userId, except }, 'ended_by_self');
}
