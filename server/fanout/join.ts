import { newId } from '../../shared/lib/ids.ts';
import type { LiveNode } from './node.ts';
import { newSubscriber, type Subscriber } from './subscriber.ts';

/**
 * Makes the node know an answer that takes its time as one more socket of its session: `cut` is called in the very step
 * in which the node learns that the session is over, or that it may speak for nobody any more, and the receipt counts
 * it. Returns what to call when the answer is over.
 */
export function join(
  { subscribers }: LiveNode,
  who: Pick<Subscriber, 'userId' | 'sessionId' | 'actor'>,
  cut: (why: 'session_ended' | 'node_unsure') => void,
): () => void {
  const nothing = () => undefined;
  const subscriber = newSubscriber({
    id: newId(),
    ...who,
    outlet: {
      // It has no view, so there is nothing to tell it.
      emit: nothing,
      resync: nothing,
      presence: nothing,
      end: () => cut('session_ended'),
      drop: () => cut('node_unsure'),
      queued: () => true,
      congested: () => false,
    },
  });
  subscribers.add(subscriber);
  return () => subscribers.remove(subscriber);
}
