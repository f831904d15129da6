import type { Actor } from '../../shared/access/index.ts';
import type { Subscriber } from './subscriber.ts';

/**
 * The policy as far as this node has applied it. People whose rights change are muted in the same synchronous step –
 * which counts as applied – and heard again once their rights have been read anew; nobody else waits.
 */
export class Rights {
  /** Changes of policy up to here are applied: their people muted, if not already reloaded. */
  applied = 0;
  #tick = 0;
  #everyone = 0;
  readonly #stamps = new Map<string, number>();
  readonly #load: (subscribers: readonly Subscriber[]) => Promise<Map<Subscriber, Actor>>;
  /** One reload at a time; who is named meanwhile waits for the next. */
  #loading: Promise<void> | null = null;
  readonly #stale = new Set<Subscriber>();

  /** `load` answers for all that have rights left. */
  constructor(load: (subscribers: readonly Subscriber[]) => Promise<Map<Subscriber, Actor>>) {
    this.#load = load;
  }

  /** Changes whenever something may have changed this person's rights: an answer computed before is asked again. */
  stamp(userId: string): number {
    return Math.max(this.#everyone, this.#stamps.get(userId) ?? 0);
  }

  /** Mutes people (null: everyone), synchronously; `reload` makes them heard again. */
  mute(users: readonly string[] | null, subscribers: Iterable<Subscriber>): void {
    this.#tick++;
    if (users === null) this.#everyone = this.#tick;
    for (const id of users ?? []) this.#remember(id);
    const named = users === null ? null : new Set(users);
    for (const subscriber of subscribers) {
      if (named !== null && !subscriber.watched.some((id) => named.has(id))) continue;
      subscriber.muted = true;
      subscriber.generation++;
      subscriber.queue = [];
      subscriber.totalsOf.clear();
      subscriber.backlog = [];
      this.#stale.add(subscriber);
    }
  }

  /**
   * Reads the rights of the muted anew and ends their mute; `onReady` is called for each that has rights left. A
   * failure leaves them muted and stale: the next call tries again.
   */
  async reload(onReady: (subscriber: Subscriber) => void): Promise<void> {
    while (this.#loading) await this.#loading;
    if (this.#stale.size === 0) return;
    this.#loading = this.#reload(onReady).finally(() => (this.#loading = null));
    await this.#loading;
  }

  async #reload(onReady: (subscriber: Subscriber) => void): Promise<void> {
    const asked = [...this.#stale].map((subscriber) => ({ subscriber, generation: subscriber.generation }));
    const actors = await this.#load(asked.map(({ subscriber }) => subscriber));
    for (const { subscriber, generation } of asked) {
      if (subscriber.closed) this.#stale.delete(subscriber);
      const actor = actors.get(subscriber);
      // Named once more while we read: what we hold may be too old.
      if (subscriber.closed || subscriber.generation !== generation || !actor) continue;
      this.#stale.delete(subscriber);
      subscriber.actor = actor;
      subscriber.muted = false;
      onReady(subscriber);
    }
  }

  #remember(userId: string): void {
    // Bounded: when full, everyone counts as changed, which costs a few answers a second reading.
    if (this.#stamps.size >= STAMPS_MAX) {
      this.#stamps.clear();
      this.#everyone = this.#tick;
    }
    this.#stamps.set(userId, this.#tick);
  }
}

const STAMPS_MAX = 50_000;
