import { Replica } from '../../client/stores/replica.ts';
import type { DemoPerson } from '../../server/db/demo/people.ts';
import { must } from '../../shared/lib/must.ts';
import type { ErrorBody } from '../../shared/protocol/errors.ts';
import type { Registry } from '../../shared/objects/index.ts';
import { parseView, type OpenAnswer, type ViewRequest, type WireEvent } from '../../shared/protocol/index.ts';
import type { Dice } from '../world/dice.ts';
import { PASSWORD } from '../world/people.ts';
import { RawClient } from '../world/rawClient.ts';
import { openWire, Refused, type Wire } from '../world/wire.ts';
import { now_ms, type History, type Shown } from './history.ts';
import type { Road } from './roads.ts';

/** Somebody's window: signs in, opens views, keeps what it is told as the browser does, and comes back whenever it is cut off. */
export class RigClient {
  readonly replica: Replica;
  /** By the name under which it is open. */
  readonly views: ReadonlyMap<string, ViewRequest>;
  /** Views that were refused for good; they show nothing, and are asked for again now and then. */
  readonly refused = new Set<string>();
  /** The session's public id; null while nobody is signed in. */
  session: string | null = null;
  http: RawClient;
  /** Where it is connected, or tries to. */
  road: Road;
  #line: Line | null = null;
  #answers = new Map<number, { object: string; arrived: (answer: unknown) => void }>();
  #asked = 0;
  #heardAt = 0;
  #stopped = false;
  /** Views waiting for their answer, or stale. */
  #due = new Set<string>();
  breaks = 0;

  constructor(
    readonly index: number,
    readonly person: DemoPerson,
    views: readonly ViewRequest[],
    /** Of which it takes the first, and after a break any. */
    readonly roads: readonly Road[],
    private readonly o: { registry: Registry; history: History; dice: Dice },
  ) {
    this.views = new Map(views.map((view, i) => [`v${i}`, view]));
    this.replica = new Replica({ record: () => undefined, changed: () => undefined, view: () => undefined });
    this.road = must(roads[0], 'a road');
    this.http = new RawClient(this.road.base);
    // A program sends no Origin.
    this.http.headers['origin'] = undefined;
  }

  /** Everything asked for was answered, and stands. */
  get atRest(): boolean {
    return this.#line !== null && this.#due.size === 0;
  }

  /** Goes on until `stop`. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        if (this.session === null) await this.#signIn();
        await this.#connected();
      } catch (error) {
        this.#say(error instanceof Error ? error.message : String(error));
      }
      if (this.#stopped) return;
      this.breaks++;
      await pause(this.o.dice.int(100, 1_200));
      this.road = this.o.dice.pick(this.roads);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#line?.wire.destroy();
  }

  async #signIn(): Promise<void> {
    const http = new RawClient(this.road.base);
    http.headers['origin'] = undefined;
    const signed = await http.post('/api/session', { email: this.person.email, password: PASSWORD });
    const me = signed.status === 200 ? await http.get('/api/me') : null;
    if (me?.status !== 200) throw new Error(`not signed in: ${me?.status ?? signed.status}`);
    this.http = http;
    this.session = (me.body as { session: { id: string } }).session.id;
    this.#say(`signed in ${this.session}`);
  }

  /** From the handshake to the end of the connection. */
  async #connected(): Promise<void> {
    const { road } = this;
    const wire = await openWire(`${road.base}/socket.io/?EIO=4&transport=websocket`, {
      cookie: this.http.cookieHeader(),
    }).catch((error: unknown) => {
      if (error instanceof Refused && error.status === 401) this.#signedOut();
      throw error;
    });
    const line = { wire, road, session: this.session ?? '' };
    this.#line = line;
    this.#heardAt = performance.now();
    const gone = new Promise<void>((resolve) =>
      wire.onChange(() => {
        for (const message of wire.messages.splice(0)) this.#hear(line, message);
        if (wire.gone() !== undefined) resolve();
      }),
    );
    wire.send('40');
    // As Socket.IO's own client: a server that is not heard of for so long is gone.
    const watch = setInterval(() => performance.now() - this.#heardAt > SILENCE_ms && wire.destroy(), 1_000);
    const again = setInterval(() => this.refused.forEach((id) => void this.#open(id)), 1_000);
    await gone;
    clearInterval(watch);
    clearInterval(again);
    if (this.#line === line) this.#line = null;
    for (const { arrived } of this.#answers.values()) arrived(null);
    this.#answers.clear();
    this.replica.stale();
    this.#say('cut off');
  }

  #hear(line: Line, message: string): void {
    const { wire } = line;
    this.#heardAt = performance.now();
    if (message === '2') return wire.send('3');
    const [, kind, number, json = ''] = /^4(\d)(\d*)(.*)$/s.exec(message) ?? [];
    if (kind === '0') return this.#openAll();
    // Asked to leave it stays: what still comes after a session's end is to be seen.
    if (kind === '1') return;
    if (kind === '4') {
      const { code } = (JSON.parse(json) as { data?: ErrorBody }).data?.error ?? {};
      if (code === 'session_ended' || code === 'unauthenticated') this.#signedOut();
      else this.#say(`refused ${code}`);
      return wire.destroy();
    }
    const heard = json === '' ? [] : (JSON.parse(json) as unknown[]);
    if (kind === '3') return this.#answered(Number(number), heard[0], line);
    if (kind !== '2') return;
    const [name, first] = heard;
    if (name === 'b') {
      const events = first as WireEvent[];
      const shown = events.filter(([op]) => op === 'enter' || op === 'patch').map(showing);
      this.#note('b', shown, line);
      this.replica.apply(events);
    } else if (name === 'resync') {
      const { views, why } = first as { views: string[]; why: string };
      this.replica.stale(views, { strict: why === 'rights' });
      for (const id of views) void this.#open(id);
    } else if (name === 'ended') {
      this.#signedOut();
    }
  }

  #signedOut(): void {
    this.#say(`signed out ${this.session}`);
    this.session = null;
    this.replica.clear();
    this.refused.clear();
  }

  #openAll(): void {
    this.#due = new Set(this.views.keys());
    for (const id of this.views.keys()) void this.#open(id);
  }

  async #open(id: string): Promise<void> {
    const line = this.#line;
    const request = must(this.views.get(id), 'a view');
    if (!line) return;
    this.#due.add(id);
    const view = parseView(this.o.registry.get(request.object), request);
    if (!this.replica.window(id)) this.replica.add(id, view, false);
    const asked = this.replica.ask();
    const number = this.#asked++;
    const answer = await new Promise<unknown>((arrived) => {
      this.#answers.set(number, {
        object: request.object,
        // At once, as the events behind it on the wire come next.
        arrived: (found) => {
          const fine = found as OpenAnswer | ErrorBody | null;
          if (fine && !('error' in fine)) this.replica.opened(id, asked, fine);
          else if (fine && this.replica.window(id)) this.replica.refused(id, asked);
          else this.replica.abandon(asked);
          arrived(found);
        },
      });
      line.wire.send(`42${number}${JSON.stringify(['open', { id, view: request }])}`);
    });
    if (line !== this.#line || answer === null) return;
    const { error } = answer as Partial<ErrorBody>;
    if (!error) {
      this.refused.delete(id);
      if (this.replica.window(id)?.fresh) this.#due.delete(id);
    } else if (
      error.code === 'unavailable' ||
      error.code === 'too_many_requests' ||
      error.code === 'internal'
    ) {
      this.#say(`open: ${error.code}`);
      await pause(500);
      void this.#open(id);
    } else {
      this.refused.add(id);
      this.#due.delete(id);
    }
  }

  #answered(number: number, answer: unknown, line: Line): void {
    const waiting = this.#answers.get(number);
    this.#answers.delete(number);
    if (!waiting) return;
    if (answer && typeof answer === 'object' && 'rows' in answer) {
      const { rows } = answer as OpenAnswer;
      this.#note('open', rows.map((row) => shownOf(waiting.object, row)), line); // prettier-ignore
    }
    waiting.arrived(answer);
  }

  #note(how: 'b' | 'open', shown: Shown[], { wire, road, session }: Line): void {
    const since = road.since(wire.port, wire.bytes());
    if (shown.length === 0) return;
    this.o.history.note({ kind: 'frame', client: this.index, by: this.person.id, session, node: road.node, how, shown, since, at: now_ms() }); // prettier-ignore
  }

  #say(what: string): void {
    this.o.history.note({ kind: 'client', client: this.index, what, node: this.road.node, at: now_ms() });
  }
}

/** One connection. */
interface Line {
  wire: Wire;
  road: Road;
  session: string;
}

/** Engine.IO's ping interval and timeout together. */
const SILENCE_ms = 45_000;

const pause = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

const showing = ([, object, id, version, fields]: WireEvent): Shown => [
  object,
  id,
  version,
  Object.keys(fields).filter((name) => !FRAME.has(name)),
];
export const shownOf = (object: string, { id, version, ...fields }: Record<string, unknown>): Shown => [
  object,
  String(id),
  Number(version),
  Object.keys(fields).filter((name) => !FRAME.has(name)),
];
/** What every record has that may be seen at all. */
const FRAME = new Set(['may', 'created_at', 'by', 'id', 'version']);
