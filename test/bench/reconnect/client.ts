import { io, type Socket } from 'socket.io-client';
import { Replica } from '../../../client/stores/replica.ts';
import { told, wholePage } from '../../../client/stores/resume.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import {
  parseView,
  type ClientToServer,
  type OpenAnswer,
  type ServerToClient,
  type ViewRequest,
} from '../../../shared/protocol/index.ts';

const registry = new Registry(OBJECTS);
const ANSWER_ms = 60_000;
const AGAIN_ms = 1_000;

/** A page without a screen: the browser's own replica, with its habits of coming back. */
export class BenchClient {
  /** Whether it names what it holds when it opens its views anew. */
  resumes = true;
  /** Monotonic time at which all its views were right again; null while they are not. */
  right_ms: number | null = null;
  /** Received since the line broke. */
  bytes = 0;
  rows = 0;
  readonly #views: readonly ViewRequest[];
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  readonly #shown = new Map<string, readonly { id: string; version: number }[]>();
  readonly #replica = new Replica({
    record: () => undefined,
    changed: () => undefined,
    view: (window) => void this.#shown.set(window.id, window.rows),
  });
  #connections = 0;

  constructor(base: string, cookie: string, views: readonly ViewRequest[]) {
    this.#views = views;
    this.#socket = io(base, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 30_000,
      randomizationFactor: 0.5,
      timeout: 60_000,
      extraHeaders: { cookie },
    });
    const { io: manager } = this.#socket;
    manager.on('open', () =>
      manager.engine.on('packet', ({ data }) => void (this.bytes += String(data ?? '').length)),
    );
    this.#socket.on('connect', () => void this.#openAll(++this.#connections));
    this.#socket.on('disconnect', () => this.#fell());
    this.#socket.on('connect_error', () => {
      // A refusal is not tried again by the library.
      if (!this.#socket.active) setTimeout(() => this.#socket.connect(), AGAIN_ms * (0.5 + Math.random()));
    });
    this.#socket.on('b', (events) => this.#replica.apply(events));
    this.#socket.on('resync', ({ views: ids }) => void Promise.all(ids.map((id) => this.#open(Number(id)))));
  }

  /** What it shows, by view. */
  shown(): Record<string, string[]> {
    const entries = [...this.#shown].map(
      ([id, rows]) => [id, rows.map((row) => `${row.id} ${row.version}`)] as const,
    );
    return Object.fromEntries(entries);
  }

  stop(): void {
    this.#socket.disconnect();
  }

  #fell(): void {
    this.right_ms = null;
    this.bytes = this.rows = 0;
    this.#replica.stale();
  }

  async #openAll(connection: number): Promise<void> {
    await Promise.all(this.#views.map((_, n) => this.#open(n)));
    if (connection === this.#connections && this.#socket.connected) this.right_ms = performance.now();
  }

  async #open(n: number): Promise<void> {
    const id = String(n);
    const request = must(this.#views[n], 'a view');
    const view = parseView(registry.get(request.object), request);
    if (!this.#replica.window(id)) this.#replica.add(id, view, false);
    const held = this.resumes ? this.#replica.resume(id) : null;
    const asked = this.#replica.ask();
    const message = { id, view: request, ...(held && told(held)) };
    const answer = await this.#socket
      .timeout(ANSWER_ms)
      .emitWithAck('open', message)
      .catch(() => null);
    if (answer === null) return this.#replica.abandon(asked);
    if ('error' in answer) {
      this.#replica.abandon(asked);
      const { code } = answer.error;
      if (code !== 'unavailable' && code !== 'too_many_requests')
        throw new Error(`A view was refused: ${code}`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_ms * (0.5 + Math.random())));
      return this.#open(n);
    }
    this.#take(id, asked, wholePage(view, answer, held), answer);
  }

  #take(id: string, asked: number, page: OpenAnswer, { rows }: OpenAnswer): void {
    this.rows += rows.length;
    this.#replica.opened(id, asked, page);
  }
}
