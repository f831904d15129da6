import type { EndReason } from '../../shared/protocol/index.ts';
import type { Subscriber } from './subscriber.ts';

/** All clients connected to this node, by session: ending a session finds its sockets at once. */
export class Subscribers {
  readonly #onEnter: (subscriber: Subscriber) => void;
  readonly #onLeave: (subscriber: Subscriber) => void;
  readonly #all = new Set<Subscriber>();
  readonly #bySession = new Map<string, Set<Subscriber>>();
  /** Sessions whose number of sockets here has changed since it was last taken. */
  #changed = new Set<string>();

  /** `onEnter` is called for each that comes, `onLeave` once for each that is removed. */
  constructor(
    onEnter: (subscriber: Subscriber) => void = () => undefined,
    onLeave: (subscriber: Subscriber) => void = () => undefined,
  ) {
    this.#onEnter = onEnter;
    this.#onLeave = onLeave;
  }

  add(subscriber: Subscriber): void {
    this.#all.add(subscriber);
    const peers = this.#bySession.get(subscriber.sessionId) ?? new Set();
    this.#bySession.set(subscriber.sessionId, peers.add(subscriber));
    this.#count(subscriber);
    this.#onEnter(subscriber);
  }

  remove(subscriber: Subscriber): void {
    subscriber.closed = true;
    if (!this.#all.delete(subscriber)) return;
    const peers = this.#bySession.get(subscriber.sessionId);
    peers?.delete(subscriber);
    if (peers?.size === 0) this.#bySession.delete(subscriber.sessionId);
    this.#count(subscriber);
    this.#onLeave(subscriber);
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

  /** Closes one that may be shown nothing more; its client may come back, and is told why then. */
  drop(subscriber: Subscriber): void {
    this.remove(subscriber);
    subscriber.outlet.drop();
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

  /** Sockets of that session here. */
  of(sessionId: string): number {
    return this.#bySession.get(sessionId)?.size ?? 0;
  }

  get size(): number {
    return this.#all.size;
  }

  // What a customer comes by is no record that shows how many windows there are.
  #count({ actor, sessionId }: Subscriber): void {
    if (actor.kind === 'person') this.#changed.add(sessionId);
  }

  [Symbol.iterator](): IterableIterator<Subscriber> {
    return this.#all.values();
  }
}
