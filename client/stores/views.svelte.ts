import { untrack } from 'svelte';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { ApiError, parseView, ROWS_DEFAULT, ROWS_MAX, SOCKET_LIMITS } from '../../shared/protocol/index.ts';
import type { Totals, ViewRequest } from '../../shared/protocol/index.ts';
import { OfflineError } from '../net/http.ts';
import { connection } from '../net/socket.ts';
import { onWindow, replica } from './pool.svelte.ts';
import { told, wholePage } from './resume.ts';
import { session } from './session.svelte.ts';

export type ViewState = 'loading' | 'ready' | 'error';

/** A view nobody shows any more stays open this long, so that going back is instant. */
const LINGER_ms = 5_000;
/** Frames sent before the server heard of the closing still count for what else is open. */
const CLOSING_ms = 1_000;
const RETRY_ms = 1_500;
const VIEWS_MAX = SOCKET_LIMITS.views - 8;

/** One view as the server has it open, shared by everyone who asks the same. */
class SharedView {
  readonly id: string;
  readonly request: ViewRequest;
  rows = $state.raw<readonly MaskedRecord[]>([]);
  totals = $state.raw<Totals | null>(null);
  next = $state.raw<string | null>(null);
  state = $state<ViewState>('loading');
  error = $state.raw<ApiError | null>(null);
  users = 0;
  leaving: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  /** The attempt that a further page is being asked for in; 0: none. */
  #continuing = 0;
  #stopListening: () => void;

  constructor(id: string, request: ViewRequest) {
    this.id = id;
    this.request = request;
    this.#stopListening = onWindow(id, (window) => {
      this.rows = window.rows;
      this.totals = window.totals;
      this.next = window.next;
      if (window.doubtful && window.fresh) void this.#again();
    });
  }

  /** Opens it, or opens it anew; resolves when it is answered as far as it shows, refused, or the connection is gone. */
  async open(): Promise<void> {
    const attempt = ++this.#attempt;
    let asked = -1;
    try {
      const object = session.registry.get(this.request.object);
      const { object: _, ...rest } = this.request;
      const view = parseView(object, rest);
      if (!replica.window(this.id)) replica.add(this.id, view, this.request.record !== undefined);
      // As much as was loaded, or as an answer may hold: the rest stays and is confirmed page by page.
      const limit = Math.min(ROWS_MAX, Math.max(this.request.limit ?? ROWS_DEFAULT, this.rows.length));
      const held = replica.resume(this.id);
      asked = replica.ask();
      const answer = await connection.open(this.id, { ...this.request, limit }, held && told(held));
      if (attempt !== this.#attempt) return replica.abandon(asked);
      replica.opened(this.id, asked, wholePage(view, answer, held));
      this.error = null;
      this.state = 'ready';
    } catch (error) {
      if (attempt !== this.#attempt) return replica.abandon(asked);
      return this.#failed(error, asked);
    }
    await this.#confirm(attempt);
  }

  /** Asks for what is still shown from before, so that no list shrinks under its reader after a break. */
  async #confirm(attempt: number): Promise<void> {
    while (attempt === this.#attempt && replica.window(this.id)?.partial) {
      const error = await this.#continue(ROWS_MAX);
      if (error === null || attempt !== this.#attempt) continue;
      const offline = error instanceof OfflineError;
      // Without a connection it is opened anew by the next one.
      if (offline && !connection.connected) return;
      const retry_s = error instanceof ApiError ? error.details.retry_after_s : undefined;
      if (!offline && retry_s === undefined) return replica.forsake(this.id);
      const wait_ms = retry_s === undefined ? RETRY_ms : retry_s * 1000;
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
    }
  }

  async #again(): Promise<void> {
    replica.stale([this.id]);
    await this.open();
  }

  #failed(error: unknown, asked: number): void {
    if (error instanceof OfflineError) {
      replica.abandon(asked);
      // Without a connection it is opened by the next one; with one, the answer has only been slow.
      if (connection.connected) setTimeout(() => views.reopen([this.id]), RETRY_ms);
      return;
    }
    const refusal = error instanceof ApiError ? error : new ApiError('internal', 'This could not be shown');
    if (refusal.code === 'unavailable' || refusal.code === 'too_many_requests') {
      replica.abandon(asked);
      setTimeout(
        () => views.reopen([this.id]),
        (refusal.details.retry_after_s ?? 1) * 1000 + Math.random() * 500,
      );
      return;
    }
    replica.refused(this.id, asked);
    this.rows = [];
    this.totals = null;
    this.next = null;
    this.error = refusal;
    this.state = 'error';
  }

  async more(limit?: number): Promise<void> {
    if (this.next === null || this.#continuing === this.#attempt || this.state !== 'ready') return;
    await this.#continue(limit && Math.min(limit, ROWS_MAX));
  }

  /** Takes the next page in; answers what kept it from that. */
  async #continue(limit: number | undefined): Promise<unknown> {
    const attempt = this.#attempt;
    const asked = replica.ask();
    this.#continuing = attempt;
    try {
      const answer = await connection.more(this.id, this.next ?? '', limit);
      if (attempt === this.#attempt) replica.continued(this.id, asked, answer);
      else replica.abandon(asked);
      return null;
    } catch (error) {
      replica.abandon(asked);
      return error;
    } finally {
      if (this.#continuing === attempt) this.#continuing = 0;
    }
  }

  stop(): void {
    this.#attempt++;
    this.#stopListening();
  }
}

class Views {
  readonly #shared = new Map<string, SharedView>();
  readonly #byId = new Map<string, SharedView>();
  #ids = 0;
  #catchingUp = 0;

  acquire(request: ViewRequest): SharedView {
    const key = keyOf(request);
    let view = this.#shared.get(key);
    if (!view) {
      if (this.#shared.size >= VIEWS_MAX) this.#closeLingering();
      view = new SharedView(`v${++this.#ids}`, request);
      this.#shared.set(key, view);
      this.#byId.set(view.id, view);
      void view.open();
    }
    clearTimeout(view.leaving);
    view.users++;
    return view;
  }

  release(view: SharedView): void {
    if (--view.users > 0) return;
    view.leaving = setTimeout(() => this.#close(view), LINGER_ms);
  }

  /**
   * Opens these views (all, if none are named) anew; the sign says "catching up" until they are right, unless `quietly`.
   * Meanwhile they show what they had; with `strict` no longer than until the first page is there.
   */
  reopen(ids?: readonly string[], { quietly = false, strict = false } = {}): void {
    const again = ids ? ids.flatMap((id) => this.#byId.get(id) ?? []) : [...this.#byId.values()];
    replica.stale(ids, { strict });
    if (quietly) return void again.forEach((view) => void view.open());
    const turn = ++this.#catchingUp;
    connection.behind();
    void Promise.all(again.map((view) => view.open())).then(() => {
      if (turn === this.#catchingUp) connection.caughtUp();
    });
  }

  clear(): void {
    for (const view of this.#byId.values()) {
      clearTimeout(view.leaving);
      view.stop();
      view.rows = [];
      view.totals = null;
    }
    this.#shared.clear();
    this.#byId.clear();
  }

  #closeLingering(): void {
    for (const view of this.#shared.values()) if (view.users === 0) this.#close(view);
  }

  #close(view: SharedView): void {
    clearTimeout(view.leaving);
    view.stop();
    if (this.#byId.get(view.id) !== view) return;
    this.#byId.delete(view.id);
    this.#shared.delete(keyOf(view.request));
    void connection.close(view.id).then(() => setTimeout(() => replica.remove(view.id), CLOSING_ms));
  }
}

export const views = new Views();

/** The same request, however its keys are ordered, is the same view. */
const keyOf = (request: ViewRequest): string =>
  JSON.stringify(request, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/**
 * A live list: rows in order, kept right by the server's events. Give the request as a function; when it changes, the
 * view is exchanged; null opens nothing. Use `liveView` in components.
 */
export class LiveView {
  #view = $state.raw<SharedView | null>(null);
  #key = '';

  rows: readonly MaskedRecord[] = $derived(this.#view?.rows ?? []);
  /** Of the whole view, beyond the loaded rows; null until it is answered. */
  totals: Totals | null = $derived(this.#view?.totals ?? null);
  state: ViewState = $derived(this.#view?.state ?? 'loading');
  error: ApiError | null = $derived(this.#view?.error ?? null);
  hasMore: boolean = $derived((this.#view?.next ?? null) !== null);

  /** Exchanges what is shown; null closes. */
  show(request: ViewRequest | null): void {
    const key = request === null ? '' : keyOf(request);
    if (key === this.#key) return;
    this.#key = key;
    const former = this.#view;
    this.#view = request === null ? null : views.acquire(request);
    if (former) views.release(former);
  }

  /** Loads the rows after those shown: as many as the view was asked for with, or up to so many. */
  more(limit?: number): Promise<void> {
    return this.#view?.more(limit) ?? Promise.resolve();
  }

  /** Tries again after an error. */
  retry(): void {
    if (this.#view) views.reopen([this.#view.id]);
  }

  close(): void {
    this.show(null);
  }
}

/** A live view for the life of the component that calls this. */
export function liveView(request: () => ViewRequest | null): LiveView {
  const view = new LiveView();
  $effect.pre(() => {
    const now = request();
    untrack(() => view.show(now));
  });
  $effect.pre(() => () => view.close());
  return view;
}
