import type { Actor } from '../../shared/access/index.ts';
import { ApiError } from '../../shared/protocol/index.ts';
import { loadActors } from '../access/loadActor.ts';
import { lookAs } from '../access/seeAs.ts';
import type { App } from '../lib/app.ts';
import type { Subscriber } from './subscriber.ts';

/**
 * The rights of now of these clients; without those of people who are not active. Whoever looks as somebody else and may
 * not any more is handed to `over`.
 */
export async function rightsOfAll(
  { sql }: App,
  subscribers: readonly Subscriber[],
  over: (subscriber: Subscriber) => void,
): Promise<Map<Subscriber, Actor>> {
  const themselves = subscribers.filter(({ seeing }) => seeing === null);
  const loaded = await loadActors(sql, [...new Set(themselves.map(({ userId }) => userId))]);
  const rights = new Map<Subscriber, Actor>();
  for (const one of themselves) {
    const actor = loaded.get(one.userId);
    if (actor) rights.set(one, actor);
  }
  for (const one of subscribers) {
    if (one.seeing === null) continue;
    try {
      rights.set(one, await lookAs(sql, one.seeing));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      over(one);
    }
  }
  return rights;
}
