import type { EndReason } from '../../shared/protocol/index.ts';
import type { Subscriber } from './subscriber.ts';

/** All clients connected to this node, by session: ending a session finds its sockets at once. */
export class Subscribers {
  readonly #all = new Set<Subscriber>();
  readonly #bySession = new Map<string, Set<Subscriber>>();
  /** Sessions whose number of sockets here has changed since it was last taken. */
  #changed = new Set<string>();

  add(subscriber: Subscriber): void {
    this.#all.add(subscriber);
    const peers = this.#bySession.get(subscriber.sessionId) ?? new Set();
    this.#bySession.set(subscriber.sessionId, peers.add(subscriber));
    this.#changed.add(subscriber.sessionId);
  }

  remove(subscriber: Subscriber): void {
    subscriber.closed = true;
    if (!this.#all.delete(subscriber)) return;
    const peers = this.#bySession.get(subscriber.sessionId);
    peers?.delete(subscriber);
    if (peers?.size === 0) this.#bySession.delete(subscriber.sessionId);
    this.#changed.add(subscriber.sessionId);
  }

  /** Ends every socket of a session here; answers how many there were. */
  end(sessionId: string, reason: EndReason): number {
    const peers = [...(this.#bySession.get(sessionId) ?? [])];
    for (const subscriber of peers) {
      this.remove(subscriber);
      subscriber.outlet.end(reason);
    }
    return peers.length;
  }

  sessions(): string[] {
    return [...this.#bySession.keys()];
  }

  /** Number of sockets of each session that gained or lost one since the last call. */
  takeChanged(): Map<string, number> {
    const counts = new Map([...this.#changed].map((id) => [id, this.#bySession.get(id)?.size ?? 0]));
    this.#changed = new Set();
    return counts;
  }

  /** Counts that could not be noted after all: they are taken again. */
  markChanged(sessions: Iterable<string>): void {
    for (const id of sessions) this.#changed.add(id);
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Subscriber> {
    return this.#all.values();
  }
}
