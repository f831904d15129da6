import type { Clock } from '../lib/clock.ts';
import type { ResyncReason, Totals, WireEvent } from '../../shared/protocol/index.ts';
import { endTick, floodAll } from './flood.ts';
import { Frames } from './frames.ts';
import type { Lease } from './lease.ts';
import type { OpenView } from './openView.ts';
import type { Subscriber } from './subscriber.ts';

/** Frames go out at most this often: pieces of one tick share a frame. */
export const TICK_ms = 8;
/** Under load less often, so that more pieces share a frame: a tick is so many times what the last one took to send. */
const TICK_MAX_ms = 50;
const TICK_SHARE = 4;
/** More pieces than this for one client in a tick flood all views that they came through. */
export const PIECES_MAX = 500;
/** A client that does not drain for this long is dropped; it comes back and gets a fresh snapshot. */
export const LAG_MAX_ms = 30_000;

/** The one door through which anything of a record leaves this node by socket. */
export class Outbound {
  readonly #lease: Lease;
  readonly #clock: Clock;
  readonly #cursor: (subscriber: Subscriber) => string;
  readonly #forgotten: (subscriber: Subscriber) => void;
  readonly #dirty = new Set<Subscriber>();
  #cancel: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;
  #tick_ms = TICK_ms;
  #shared = new Frames();
  frames = 0;

  /** `forgotten` is called when a client's views are closed because it must open them anew. */
  constructor(
    lease: Lease,
    clock: Clock,
    cursor: (subscriber: Subscriber) => string,
    forgotten: (subscriber: Subscriber) => void = () => undefined,
  ) {
    this.#lease = lease;
    this.#clock = clock;
    this.#cursor = cursor;
    this.#forgotten = forgotten;
  }

  /** The gate: no frame, no acknowledgement passes while it is shut for this client. */
  open(subscriber: Subscriber): boolean {
    return !subscriber.closed && !subscriber.muted && this.#lease.open();
  }

  add(subscriber: Subscriber, pieces: readonly WireEvent[]): void {
    if (pieces.length === 0 && subscriber.totalsOf.size === 0) return;
    for (const piece of pieces) subscriber.queue.push(piece);
    if (subscriber.queue.length > PIECES_MAX && !pieces.every(isTaken)) {
      floodAll(subscriber);
      subscriber.queue = subscriber.queue.filter(isTaken);
    }
    this.#later(subscriber);
  }

  /** Forgets what is queued and asks the client to open all its views anew, at once or when the gate opens. */
  startOver(subscriber: Subscriber, why: ResyncReason): void {
    for (const id of subscriber.views.keys()) remember(subscriber, id, why);
    subscriber.queue = [];
    subscriber.totalsOf.clear();
    subscriber.views.clear();
    this.#forgotten(subscriber);
    if (!this.#send(subscriber)) this.#later(subscriber);
  }

  #later(subscriber: Subscriber): void {
    this.#dirty.add(subscriber);
    this.#cancel ??= this.#clock.after(this.#tick_ms, () => this.flush());
  }

  flush(): void {
    this.#cancel?.();
    this.#cancelRetry?.();
    this.#cancel = this.#cancelRetry = null;
    const start_ms = this.#clock.monotonic_ms();
    this.#shared = new Frames();
    for (const subscriber of this.#dirty) {
      if (this.#send(subscriber)) this.#dirty.delete(subscriber);
    }
    const took_ms = this.#clock.monotonic_ms() - start_ms;
    this.#tick_ms = Math.min(TICK_MAX_ms, Math.max(TICK_ms, TICK_SHARE * took_ms));
    // Whoever could not be served now (lapsed lease, congested client, a flood too young) is tried again, at a calmer pace.
    if (this.#dirty.size > 0) this.#cancelRetry = this.#clock.after(10 * TICK_ms, () => this.flush());
  }

  /** True when nothing is left to do for this client. */
  #send(subscriber: Subscriber): boolean {
    if (subscriber.closed || subscriber.muted) return true;
    if (!this.#lease.open()) return false;
    if (subscriber.outlet.congested()) return this.#lag(subscriber);
    if (subscriber.laggingSince_ms !== null) {
      subscriber.laggingSince_ms = null;
      this.startOver(subscriber, 'much');
      return true;
    }
    const { due, waiting } = endTick(subscriber, this.#clock.monotonic_ms());
    this.#emit(subscriber);
    for (const id of due) remember(subscriber, id, 'much');
    this.#resync(subscriber);
    return !waiting;
  }

  #emit(subscriber: Subscriber): void {
    const events = subscriber.queue;
    if (subscriber.totalsOf.size > 0) {
      for (const id of subscriber.totalsOf) {
        const open = subscriber.views.get(id);
        if (open?.totals && !open.flood.over) events.push(totalOf(open, open.totals));
      }
      subscriber.totalsOf.clear();
    }
    if (events.length === 0) return;
    this.frames++;
    const frame = this.#shared.of(events, this.#cursor(subscriber));
    // The frame keeps the list of whoever was first; the others go on with theirs.
    if (frame.events === events) subscriber.queue = [];
    else events.length = 0;
    subscriber.outlet.emit(frame.events, frame.cursor, frame);
  }

  #resync(subscriber: Subscriber): void {
    if (subscriber.resyncDue.size === 0) return;
    for (const why of ['rights', 'much'] as const) {
      const views = [...subscriber.resyncDue].flatMap(([id, reason]) => (reason === why ? id : []));
      if (views.length > 0) subscriber.outlet.resync(views, why);
    }
    subscriber.resyncDue.clear();
  }

  #lag(subscriber: Subscriber): boolean {
    const now_ms = this.#clock.monotonic_ms();
    subscriber.laggingSince_ms ??= now_ms;
    // It will open its views anew once it has drained, so there is no use in piling up more.
    subscriber.queue = [];
    if (now_ms - subscriber.laggingSince_ms < LAG_MAX_ms) return false;
    subscriber.outlet.drop();
    return true;
  }
}

/** Something that the client must forget: never held back, whatever else is. */
const isTaken = ([op]: WireEvent): boolean => op === 'leave' || op === 'scrub';

/** One piece for all whose view of that name has come to the same totals. */
function totalOf({ id, view }: OpenView, totals: Totals): WireEvent {
  let known = totalPieces.get(totals);
  if (!known) totalPieces.set(totals, (known = new Map()));
  const key = `${view.object.name} ${id}`;
  let piece = known.get(key);
  if (!piece) known.set(key, (piece = ['total', view.object.name, '', 0, totals, [id]]));
  return piece;
}
const totalPieces = new WeakMap<Totals, Map<string, WireEvent>>();

function remember({ resyncDue }: Subscriber, id: string, why: ResyncReason): void {
  if (resyncDue.get(id) !== 'rights') resyncDue.set(id, why);
}
