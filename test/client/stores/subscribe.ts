import { newSubscriber, type Subscriber } from '../../../server/fanout/subscriber.ts';
import { actorSets, type Actor } from '../../../shared/access/index.ts';
import { ME } from './deals.ts';

/** The server's side of one socket, which speaks to nobody: what it would say is asked of it. */
export function subscribe(): Subscriber {
  const outlet = {
    emit() {},
    resync() {},
    end() {},
    presence() {},
    drop() {},
    queued: () => false,
    congested: () => false,
  };
  const actor: Actor = {
    kind: 'person',
    userId: ME,
    sets: actorSets(''),
    roles: [],
    fingerprint: '',
  };
  return newSubscriber({ id: 's', userId: ME, sessionId: ME, outlet, actor });
}
