import type { App } from '../../lib/app.ts';
import { pruneLog } from '../../outbox/prune.ts';

/** What is younger than this stays in the log even if everyone has read it. Days. */
const KEPT_days = 7;

/** Drops what of the log is old and has been read by all who read it. */
export const dropOldLog = (app: App): Promise<number> => pruneLog(app, KEPT_days);
