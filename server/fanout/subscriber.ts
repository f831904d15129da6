import type { Actor } from '../../shared/access/index.ts';
import type { Seeing } from '../access/seeAs.ts';
import type { EndReason, PresenceNews, ResyncReason, WireEvent } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';
import type { Person } from './audience/people.ts';
import type { Frame } from './frames.ts';
import type { OpenView } from './openView.ts';
import { Views } from './views.ts';

/** How the fan-out reaches one client. The fan-out knows no socket: whoever registers passes these in. */
export interface Outlet {
  /** One frame; `frame` is the same value for all who are sent the same in one tick, to be encoded once. */
  emit(events: readonly WireEvent[], cursor: string, frame: Frame): void;
  resync(views: string[], why: ResyncReason): void;
  /** Only ever called while nothing is queued, so that it is never old by the time it arrives. */
  presence(news: PresenceNews): void;
  /** Says why, then closes for good; resets the connection where bytes are still queued. */
  end(reason: EndReason): void;
  /** Closes without a word, resetting what is queued: the client may come back. */
  drop(): void;
  /** Whether bytes wait to be written that have passed the gate already. */
  queued(): boolean;
  /** More is queued for this client than a client that keeps up would have. */
  congested(): boolean;
}

/** One connected client, with the rights and views it has now. */
export interface Subscriber {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly outlet: Outlet;
  /** Who looks, where somebody does as another or as a role: they are shown what those are, and are there for nobody. */
  readonly seeing: Seeing | null;
  /** The people whose rights decide what this client is shown. */
  readonly watched: readonly string[];
  actor: Actor;
  /** Rights are being read anew: nothing goes out until they are here. */
  muted: boolean;
  closed: boolean;
  /** Raised whenever rights change: an answer read under an older generation is read again. */
  generation: number;
  readonly views: Views;
  /** Views being opened; meanwhile events wait in `backlog`, so that no answer is older than an event before it. */
  opening: number;
  backlog: LogEvent[];
  /** Pieces for the next frame, and the views whose totals have moved. */
  queue: WireEvent[];
  totalsOf: Set<string>;
  /** Views through which something came in this tick, and those flooded of which the client is to be told. */
  readonly counted: OpenView[];
  /** Views forgotten that the client must open anew and has not been told of yet: said as soon as the gate is open. */
  resyncDue: Map<string, ResyncReason>;
  /** Monotonic time since when the client does not keep up; null while it does. */
  laggingSince_ms: number | null;
  /** Told of what decides whom a change concerns: rights, open views, views being opened. */
  watcher: Watcher | null;
  /** Who it is, among the node's people; null outside of them. */
  person: Person | null;
  /** The last change that may have concerned this client, and those of its views that it may. */
  at: number;
  readonly concerned: OpenView[];
}

export interface Watcher {
  rightsChanged(subscriber: Subscriber): void;
  openingChanged(subscriber: Subscriber): void;
  opened(subscriber: Subscriber, open: OpenView): void;
  closed(subscriber: Subscriber, open: OpenView): void;
}

type Given = Pick<Subscriber, 'id' | 'userId' | 'sessionId' | 'outlet' | 'actor'> &
  Partial<Pick<Subscriber, 'seeing' | 'watched'>>;

export const newSubscriber = (given: Given): Subscriber => new Client(given);

class Client implements Subscriber {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly outlet: Outlet;
  readonly seeing: Seeing | null;
  readonly watched: readonly string[];
  readonly views = new Views(
    (open) => this.watcher?.opened(this, open),
    (open) => this.watcher?.closed(this, open),
  );
  muted = false;
  closed = false;
  generation = 0;
  backlog: LogEvent[] = [];
  queue: WireEvent[] = [];
  totalsOf = new Set<string>();
  readonly counted: OpenView[] = [];
  resyncDue = new Map<string, ResyncReason>();
  laggingSince_ms: number | null = null;
  watcher: Watcher | null = null;
  person: Person | null = null;
  at = 0;
  readonly concerned: OpenView[] = [];
  #actor: Actor;
  #opening = 0;

  constructor({ id, userId, sessionId, outlet, actor, seeing = null, watched = [userId] }: Given) {
    this.id = id;
    this.userId = userId;
    this.sessionId = sessionId;
    this.outlet = outlet;
    this.seeing = seeing;
    this.watched = watched;
    this.#actor = actor;
  }

  get actor(): Actor {
    return this.#actor;
  }

  set actor(actor: Actor) {
    this.#actor = actor;
    this.watcher?.rightsChanged(this);
  }

  get opening(): number {
    return this.#opening;
  }

  set opening(opening: number) {
    this.#opening = opening;
    this.watcher?.openingChanged(this);
  }
}
