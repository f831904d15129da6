import type { Receipt } from '../../../shared/protocol/index.ts';
import { endSessions } from '../../identity/endSessions.ts';
import type { App, Caller } from '../../lib/app.ts';

/** Ends the session of the caller, whose sockets close on every node. */
export const signOut = (app: App, caller: Caller): Promise<Receipt> =>
  endSessions(app, caller, { sessions: [caller.sessionId] }, 'logout');
