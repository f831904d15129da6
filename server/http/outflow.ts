import { once } from 'node:events';
import type { Request, Response } from 'express';
import { sessionEnded, unavailable, type ApiError } from '../../shared/protocol/index.ts';
import { monotonic_ms } from '../lib/clock.ts';

/** Why an answer was broken off. */
export type CutReason =
  | 'session_ended'
  | 'rights_changed'
  | 'node_unsure'
  | 'client_gone'
  | 'client_too_slow'
  | 'took_too_long'
  | 'failed';

export interface OutflowLimits {
  /** For how long a client may take nothing. */
  stall_ms: number;
  /** How long the whole may take. */
  whole_ms: number;
}

/** How often is asked whether the answer may go on, while it waits for the client or for the store. */
const LOOK_ms = 100;

/**
 * An answer that goes out piece by piece, for as long as it may. Broken off, its connection is reset: what is queued is
 * thrown away, and nobody takes what has arrived for the whole.
 */
export class Outflow {
  /** Sent with the first piece, so that a refusal before it bears none of them. */
  headers: Record<string, string> = {};
  cutBecause: CutReason | null = null;
  readonly #request: Request;
  readonly #response: Response;
  readonly #refused: () => CutReason | null;
  readonly #limits: OutflowLimits;
  readonly #abort = new AbortController();
  readonly #begun_ms = monotonic_ms();
  readonly #timer: NodeJS.Timeout;
  /** Since when the client has been waited for. */
  #waiting_ms: number | null = null;

  /** `refused` says why nothing more may go out; null while it may. */
  constructor(request: Request, response: Response, refused: () => CutReason | null, limits: OutflowLimits) {
    this.#request = request;
    this.#response = response;
    this.#refused = refused;
    this.#limits = limits;
    response.once('close', () => response.writableFinished || this.cut('client_gone'));
    // A write may meet a connection that has just broken; `close` tells of it.
    response.on('error', () => undefined);
    this.#timer = setInterval(() => this.#look(), LOOK_ms);
  }

  /** Aborted when the answer is cut: whatever works for it stops. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Sends a piece, and waits until the client has room for the next one. @throws where it was cut */
  async write(piece: string): Promise<void> {
    this.#look();
    this.signal.throwIfAborted();
    if (!this.#response.headersSent) this.#response.set(this.headers);
    if (!this.#response.write(piece)) await this.#until('drain');
  }

  /** Ends the answer, and waits until all of it has left us. @throws where it was cut */
  async end(): Promise<void> {
    this.#look();
    this.signal.throwIfAborted();
    this.#response.end();
    await this.#until('finish');
  }

  cut(why: CutReason): void {
    if (this.cutBecause !== null || this.#response.writableFinished) return;
    this.cutBecause = why;
    clearInterval(this.#timer);
    this.#abort.abort(new Error(`The answer was cut: ${why}`));
    if (this.#response.headersSent) this.#request.socket.resetAndDestroy();
  }

  /** To be called when nothing more is to be sent. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** What to say where it was cut before anything was sent. */
  get refusal(): ApiError {
    return this.cutBecause === 'session_ended' ? sessionEnded() : unavailable();
  }

  #look(): void {
    const now_ms = monotonic_ms();
    const { stall_ms, whole_ms } = this.#limits;
    const why = this.#refused();
    if (why !== null) this.cut(why);
    else if (now_ms - this.#begun_ms > whole_ms) this.cut('took_too_long');
    else if (this.#waiting_ms !== null && now_ms - this.#waiting_ms > stall_ms) this.cut('client_too_slow');
  }

  async #until(event: 'drain' | 'finish'): Promise<void> {
    this.#waiting_ms = monotonic_ms();
    await once(this.#response, event, { signal: this.signal });
    this.#waiting_ms = null;
  }
}
