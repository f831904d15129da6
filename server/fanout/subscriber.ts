import type { Actor } from '../../shared/access/index.ts';
import type { Seeing } from '../access/seeAs.ts';
import type { EndReason, PresenceNews, ResyncReason, WireEvent } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';
import type { OpenView } from './openView.ts';

/** How the fan-out reaches one client. The fan-out knows no socket: whoever registers passes these in. */
export interface Outlet {
  emit(events: WireEvent[], cursor: string): void;
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
  views: Map<string, OpenView>;
  /** Views being opened; meanwhile events wait in `backlog`, so that no answer is older than an event before it. */
  opening: number;
  backlog: LogEvent[];
  /** Pieces for the next frame, and the views whose totals have moved. */
  queue: WireEvent[];
  totalsOf: Set<string>;
  /** Views forgotten that the client must open anew and has not been told of yet: said as soon as the gate is open. */
  resyncDue: Map<string, ResyncReason>;
  /** Monotonic time since when the client does not keep up; null while it does. */
  laggingSince_ms: number | null;
}

export const newSubscriber = (
  given: Pick<Subscriber, 'id' | 'userId' | 'sessionId' | 'outlet' | 'actor'> &
    Partial<Pick<Subscriber, 'seeing' | 'watched'>>,
): Subscriber => ({
  seeing: null,
  watched: [given.userId],
  ...given,
  muted: false,
  closed: false,
  generation: 0,
  views: new Map(),
  opening: 0,
  backlog: [],
  queue: [],
  totalsOf: new Set(),
  resyncDue: new Map(),
  laggingSince_ms: null,
});
