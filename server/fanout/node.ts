import { takeUpCustomFields } from '../access/customFields.ts';
import type { Sql } from '../db/connect.ts';
import type { App } from '../lib/app.ts';
import type { Clock } from '../lib/clock.ts';
import { log } from '../lib/log.ts';
import type { LogEvent } from '../outbox/log.ts';
import { firstNames } from '../queries/firstNames.ts';
import type { Moment } from '../queries/snapshot.ts';
import type { PresencePoke } from '../redis/messages.ts';
import { Audience } from './audience/audience.ts';
import { Heartbeat } from './heartbeat.ts';
import { Lease } from './lease.ts';
import { LogReader } from './logReader.ts';
import { FirstNames } from './firstNames.ts';
import { Outbound } from './outbound.ts';
import { piecesFor } from './pieces.ts';
import { Presence } from './presence.ts';
import { confirmEnds, renewEpoch, unknownSessions, type Pulse } from './pulse.ts';
import { Rights } from './rights.ts';
import { rightsOfAll } from './rightsOfAll.ts';
import { SharedReads } from './sharedReads.ts';
import type { Subscriber } from './subscriber.ts';
import { Subscribers } from './subscribers.ts';

/** Events that may wait behind a view being opened; more, and the client opens everything anew. */
const BACKLOG_MAX = 5_000;
/** How long after the lease has lapsed the sockets are closed, and over what time that is spread. */
const LAPSE_MAX_ms = 15_000;
const LAPSE_SPREAD_ms = 30_000;
const WATCH_ms = 250;

interface Options {
  app: App;
  /** For reading the log: never behind a person's query. */
  logSql: Sql;
  /** Opens the heartbeat's own connection. */
  connect(): Promise<Sql>;
  clock: Clock;
  /** Tells the other nodes that the log has grown. */
  announce(head: number): void;
  /** Tells the other nodes who is on which record here. */
  tell?(poke: PresencePoke): void;
}

/** This process among the nodes: applies the one log in order, and sends each client its part. */
export class LiveNode {
  readonly app: App;
  readonly lease: Lease;
  readonly rights: Rights;
  readonly audience: Audience;
  readonly subscribers = new Subscribers(
    (subscriber) => this.audience.enter(subscriber),
    (subscriber) => {
      this.audience.leave(subscriber);
      this.presence.left(subscriber);
    },
  );
  readonly outbound: Outbound;
  /** Views being read right now. */
  readonly reads = new SharedReads<Moment>();
  readonly presence: Presence;
  readonly #clock: Clock;
  readonly #heartbeat: Heartbeat;
  readonly #log: LogReader;
  readonly #pulseSql: Sql;
  #epoch = '';
  /** The log as the last poll found it, to be found again by the next one. */
  #seen: Pick<Pulse, 'place' | 'head' | 'tag'> | null = null;
  /** What comes next in the log has been dropped. */
  #lost = false;
  /** The log is another one: so may be all that is known of sessions. */
  #sessionsDue = false;
  #cursorText = '';
  #cursor = '';
  /** Sockets closed here by each of the ends that were last confirmed. */
  #closedBy = new Map<string, number>();
  /** Everyone's rights changed: the fields are read anew with them. */
  #fieldsDue = false;
  #cancelWatch: (() => void) | null = null;

  constructor({ app, logSql, connect, clock, announce, tell = () => undefined }: Options) {
    this.app = app;
    this.audience = new Audience(app);
    this.#clock = clock;
    this.#pulseSql = logSql;
    this.lease = new Lease(clock);
    this.rights = new Rights((subscribers) =>
      rightsOfAll(app, subscribers, (over) => this.subscribers.drop(over)),
    );
    this.outbound = new Outbound(
      this.lease,
      clock,
      (subscriber) => this.#frameCursor(subscriber),
      (subscriber) => this.presence.viewsChanged(subscriber, 'anew'),
    );
    const names = new FirstNames((ids) => firstNames(app, ids), clock);
    this.presence = new Presence({
      nodeId: app.nodeId,
      clock,
      open: (subscriber) => this.outbound.open(subscriber),
      nameOf: (user, whenKnown) => names.get(user, whenKnown),
      tell,
    });
    this.#heartbeat = new Heartbeat({
      connect,
      clock,
      lease: this.lease,
      input: () => ({
        nodeId: app.nodeId,
        accessApplied: this.rights.applied,
        readTo: this.applied,
        seen: this.#seen,
        openSessions: this.subscribers.sessions(),
      }),
      apply: (pulse) => this.#apply(pulse),
      failed: (err) => log.warn({ err }, 'the store did not answer the heartbeat'),
    });
    this.#log = new LogReader({
      sql: logSql,
      apply: (event) => this.handle(event),
      announce,
      lost: () => {
        this.#lost = true;
        void this.pulse();
      },
      failed: (err) => log.warn({ err }, 'the log could not be read'),
    });
  }

  /** Begins at the head of the log: clients come with nothing, and get snapshots. */
  async start(): Promise<void> {
    const [head] = await this.#pulseSql<[{ seq: number; access: number; epoch: string }]>`
      select e.seq, a.seq as access, log_epoch() as epoch from event_head e, access_head a
    `;
    this.#log.begin(head.seq);
    this.rights.applied = head.access;
    this.#epoch = head.epoch;
    await this.#heartbeat.now();
    this.#watch();
  }

  async stop(): Promise<void> {
    this.#cancelWatch?.();
    await this.#heartbeat.stop();
    await this.#log.stop();
    this.outbound.flush();
    this.presence.stop();
  }

  get applied(): number {
    return this.#log.applied;
  }

  /** Something was committed: by us (then it waits in the outbox), or by another node that told us. */
  wakeLog(sequence: boolean): void {
    this.#log.wake(sequence);
  }

  /** Policy or sessions changed: asks the store at once. True if it answered. */
  pulse(): Promise<boolean> {
    return this.#heartbeat.now();
  }

  /** Which life of the store this node serves: other after it was restored. */
  get epoch(): string {
    return this.#epoch;
  }

  /** The log's epoch up to the first dot; then, opaque to clients, how far this socket was served, and under which rights. */
  cursor({ actor }: Subscriber): string {
    // How far the log has come would tell a customer how much goes on here, and when.
    const served = actor.kind === 'customer' ? '' : this.applied;
    return `${this.#epoch}.${served}.${actor.fingerprint}`;
  }

  /** What frames carry: the same for all, so that they can be shared. Answers say under which rights besides. */
  #frameCursor({ actor }: Subscriber): string {
    const served = actor.kind === 'customer' ? '' : this.applied;
    const text = `${this.#epoch}.${served}`;
    if (text !== this.#cursorText) {
      this.#cursorText = text;
      this.#cursor = Buffer.from(text).toString('base64url');
    }
    return this.#cursor;
  }

  /** Monotonic time, as the fan-out has it. */
  now_ms(): number {
    return this.#clock.monotonic_ms();
  }

  /** Applies one event: what the reader of the log calls for each, in order. */
  async handle(event: LogEvent): Promise<void> {
    // Never judge a change by an older policy than it was made under.
    const { beginning } = this.#log;
    while (event.accessSeq > this.rights.applied) {
      if (!(await this.pulse())) throw new Error('waiting for the policy of an event');
      if (this.#log.beginning !== beginning) return;
    }
    for (const subscriber of this.audience.opening) {
      if (!subscriber.muted && subscriber.backlog.push(event) > BACKLOG_MAX) this.#overflow(subscriber);
    }
    this.audience.each(event, (subscriber, views) => {
      if (subscriber.muted || subscriber.opening > 0) return;
      this.outbound.add(subscriber, piecesFor(subscriber, event, this.audience.see, views));
    });
    this.presence.touch(event.id);
  }

  /** Hands a subscriber the events that waited while its views were being opened. */
  drain(subscriber: Subscriber): void {
    if (subscriber.opening > 0) return;
    const waiting = subscriber.backlog;
    subscriber.backlog = [];
    for (const event of waiting) {
      this.audience.begin(event);
      this.outbound.add(subscriber, piecesFor(subscriber, event, this.audience.seeAlone));
      this.presence.touch(event.id);
    }
  }

  // Everything up to the lease's renewal happens in one synchronous step: who is over is closed, who is named is muted.
  #apply(pulse: Pulse): void {
    for (const { users, seq } of pulse.access) {
      this.#mute(users);
      if (users === null) this.#fieldsDue = true;
      this.rights.applied = Math.max(this.rights.applied, seq);
    }
    if (pulse.turned.length > 0) this.#mute(pulse.turned);
    this.#follow(pulse);
    const closed = new Map<string, number>();
    for (const { session, reason } of pulse.over) closed.set(session, this.subscribers.end(session, reason));

    if (pulse.ends.length > 0) this.#confirm(pulse, closed);
    this.#readAnew().catch((err: unknown) =>
      log.warn({ err }, 'rights could not be read anew; their holders stay muted'),
    );
    if (pulse.waiting || pulse.head > this.applied) this.#log.wake(pulse.waiting);
  }

  // What concerns everyone may be a field that was added: nobody is served by the former ones.
  async #readAnew(): Promise<void> {
    if (this.#sessionsDue) {
      const unknown = await unknownSessions(this.#pulseSql, this.subscribers.sessions());
      for (const session of unknown) this.subscribers.end(session, 'expired');
      this.#sessionsDue = false;
    }
    if (this.#fieldsDue) {
      await takeUpCustomFields(this.app);
      this.#fieldsDue = false;
      this.#mute(null);
    }
    await this.rights.reload((subscriber) => this.outbound.startOver(subscriber, 'rights'));
  }

  #mute(users: readonly string[] | null): void {
    this.rights.mute(users, this.subscribers);
    for (const subscriber of this.subscribers) if (subscriber.muted) this.presence.rightsChanged(subscriber);
  }

  #confirm(pulse: Pulse, closed: Map<string, number>): void {
    // Until the receipt is written a poll may see the same end again, when its sockets are closed already.
    const ends = pulse.ends.map(({ id, sessions }) => ({
      id,
      sockets: sessions.reduce(
        (sum, session) => sum + (closed.get(session) ?? 0),
        this.#closedBy.get(id) ?? 0,
      ),
    }));
    this.#closedBy = new Map(ends.map(({ id, sockets }) => [id, sockets]));
    confirmEnds(this.#pulseSql, this.app.nodeId, ends).catch((err: unknown) =>
      log.warn({ err }, 'could not confirm the end of sessions; the next poll tries again'),
    );
  }

  // The server may have been started anew without anything else: then who is connected is served on.
  #follow(pulse: Pulse): void {
    const former = this.#epoch;
    const moved = this.#seen !== null && this.#seen.place !== pulse.place;
    this.#epoch = pulse.epoch;
    this.#seen = pulse;
    if (!this.#lost && !moved && pulse.seen === 'here') return;
    // Told by nothing but what is missing in it: whoever comes back could not know, until the epoch says so.
    if (pulse.seen === 'gone' && pulse.epoch === former)
      renewEpoch(this.#pulseSql, former)
        .then(() => this.pulse())
        .catch((err: unknown) => log.warn({ err }, 'no new epoch could be begun'));
    this.#beginAnew(pulse);
  }

  // Restored from a backup, or gone on without us for long: what was served so far means nothing now.
  #beginAnew(pulse: Pulse): void {
    log.warn(
      { head: pulse.head, applied: this.applied },
      'the log does not go on where we were: all begin anew',
    );
    this.#lost = false;
    this.#log.begin(pulse.head);
    this.rights.applied = pulse.policy;
    this.#fieldsDue = this.#sessionsDue = true;
    this.#mute(null);
  }

  #overflow(subscriber: Subscriber): void {
    subscriber.backlog = [];
    subscriber.generation++;
    this.outbound.startOver(subscriber, 'much');
  }

  // While the lease is lapsed nothing is emitted; what had passed the gate before is thrown away with its connection,
  // and later the rest are closed too, so that clients can look for a node that lives.
  #watch(): void {
    const lapsed_ms = this.lease.lapsed_ms();
    if (lapsed_ms > 0) {
      for (const subscriber of [...this.subscribers]) {
        const late = lapsed_ms > LAPSE_MAX_ms && Math.random() < (4 * WATCH_ms) / LAPSE_SPREAD_ms;
        if (late || subscriber.outlet.queued()) subscriber.outlet.drop();
      }
    }
    this.#cancelWatch = this.#clock.after(WATCH_ms, () => this.#watch());
  }
}
