import { MINUTE_ms, SECOND_ms } from '../../shared/lib/time.ts';
import { buryExpired } from '../commands/identity/buryExpired.ts';
import { forgetNodes, recordSockets } from '../commands/identity/recordSockets.ts';
import { pruneIdempotency } from '../commands/idempotency.ts';
import { forgetVisitors } from '../commands/support/forgetVisitors.ts';
import type { LiveNode } from '../fanout/node.ts';
import type { App } from '../lib/app.ts';
import type { Clock } from '../lib/clock.ts';
import { every } from './every.ts';

/** What a node does by itself from time to time. Each may run on all nodes at once. Answers how to stop. */
export function startJobs(app: App, node: LiveNode, clock: Clock): () => Promise<void> {
  const stops = [
    every(clock, SECOND_ms, 'counting sockets', () => countSockets(app, node)),
    every(clock, 5 * SECOND_ms, 'forgetting silent nodes', () => forgetNodes(app, 'silent')),
    every(clock, 30 * SECOND_ms, 'burying expired sessions', () => buryExpired(app)),
    every(clock, 10 * MINUTE_ms, 'pruning idempotency keys', () => pruneIdempotency(app)),
    every(clock, 10 * MINUTE_ms, 'forgetting visitors', () => forgetVisitors(app)),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    await countSockets(app, node);
    await forgetNodes(app, 'self');
  };
}

async function countSockets(app: App, node: LiveNode): Promise<void> {
  const counts = node.subscribers.takeChanged();
  await recordSockets(app, counts).catch((error: unknown) => {
    node.subscribers.markChanged(counts.keys());
    throw error;
  });
}
