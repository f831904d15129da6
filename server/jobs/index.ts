import { MINUTE_ms, SECOND_ms } from '../../shared/lib/time.ts';
import { workOnErrands } from '../commands/errands/work.ts';
import { cleanCriteria, forgetShares } from '../commands/governance/rules/clean.ts';
import { withTheLog, workOnCriteria } from '../commands/governance/rules/fill.ts';
import { buryExpired } from '../commands/identity/buryExpired.ts';
import { forgetNodes, recordSockets } from '../commands/identity/recordSockets.ts';
import { forgetFiles } from '../commands/imports/forget.ts';
import { workOnImports } from '../commands/imports/work.ts';
import { forgetRequests } from '../commands/requests/answer.ts';
import { tellOfRequests } from '../commands/requests/tell.ts';
import { pruneIdempotency } from '../commands/idempotency.ts';
import { dropOldLog } from '../commands/log/prune.ts';
import { forgetVisitors } from '../commands/support/forgetVisitors.ts';
import type { LiveNode } from '../fanout/node.ts';
import type { App } from '../lib/app.ts';
import type { Clock } from '../lib/clock.ts';
import { every } from './every.ts';

/** Imports that one node goes on with at the same time. */
const IMPORTS_AT_ONCE = 2;
/** Connections that patient work takes. */
export const PATIENT_CONNECTIONS = IMPORTS_AT_ONCE + 3;

/**
 * What a node does by itself from time to time. Each may run on all nodes at once. `patient` has the time that work on
 * many records takes. Answers how to stop.
 */
export function startJobs(app: App, patient: App, node: LiveNode, clock: Clock): () => Promise<void> {
  const leaving = new AbortController();
  const importing = Array.from({ length: IMPORTS_AT_ONCE }, () =>
    every(clock, SECOND_ms / 4, 'bringing files in', () => workOnImports(patient, leaving.signal)),
  );
  const stops = [
    ...importing,
    every(clock, SECOND_ms / 4, 'doing errands', () => workOnErrands(patient, leaving.signal)),
    every(clock, SECOND_ms / 4, 'bringing records under rules', () =>
      workOnCriteria(patient, leaving.signal, () => withTheLog(patient, leaving.signal)),
    ),
    every(clock, 10 * SECOND_ms, 'taking retired rules off records', () =>
      cleanCriteria(patient, leaving.signal),
    ),
    every(clock, 10 * MINUTE_ms, 'forgetting shares', () => forgetShares(patient)),
    every(clock, SECOND_ms / 2, 'telling of requests', () => tellOfRequests(app)),
    every(clock, 10 * MINUTE_ms, 'forgetting requests', () => forgetRequests(app)),
    every(clock, 10 * MINUTE_ms, 'forgetting files', () => forgetFiles(patient)),
    every(clock, SECOND_ms, 'counting sockets', () => countSockets(app, node)),
    every(clock, 5 * SECOND_ms, 'forgetting silent nodes', () => forgetNodes(app, 'silent')),
    every(clock, 30 * SECOND_ms, 'burying expired sessions', () => buryExpired(app)),
    every(clock, 10 * MINUTE_ms, 'pruning idempotency keys', () => pruneIdempotency(app)),
    every(clock, 10 * MINUTE_ms, 'dropping what all have read of the log', () => dropOldLog(app)),
    every(clock, 10 * MINUTE_ms, 'forgetting visitors', () => forgetVisitors(app)),
  ];
  return async () => {
    leaving.abort();
    await Promise.all(stops.map((stop) => stop()));
    await countSockets(app, node);
  };
}

async function countSockets(app: App, node: LiveNode): Promise<void> {
  const counts = node.subscribers.takeChanged();
  await recordSockets(app, counts).catch((error: unknown) => {
    node.subscribers.markChanged(counts.keys());
    throw error;
  });
}
