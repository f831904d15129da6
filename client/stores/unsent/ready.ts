import type { Me } from '../../../shared/protocol/index.ts';
import { api, OfflineError } from '../../net/http.ts';
import { connection } from '../../net/socket.ts';

/** What was asked so recently is not asked again, where writes go and the live connection does not. */
const FRESH_ms = 5_000;

/**
 * Whether writes may go, and go as this person. After a break the server is asked who this is first: another tab may have
 * signed somebody else in, and what one person did is never sent as another. It also tells, before anything is tried,
 * whether there is a connection at all: what was certainly not sent can still be taken back.
 */
export class Ready {
  readonly #user: string;
  readonly #stranger: () => void;
  #known = true;
  #askedAt_ms = -Infinity;
  #asking: Promise<boolean> | null = null;

  /** @param stranger called where the browser's session is somebody else's by now */
  constructor(user: string, stranger: () => void) {
    this.#user = user;
    this.#stranger = stranger;
  }

  /** The connection broke, or the machine slept. */
  lost(): void {
    this.#known = false;
    this.#askedAt_ms = -Infinity;
  }

  async now(): Promise<boolean> {
    if (this.#known && connection.connected) return true;
    if (Date.now() - this.#askedAt_ms < FRESH_ms) return true;
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #ask(): Promise<boolean> {
    if (!navigator.onLine) return false;
    try {
      const { user } = await api.get<Me>('/api/me');
      if (user.id !== this.#user) {
        this.#stranger();
        return false;
      }
      this.#known = connection.connected;
      this.#askedAt_ms = Date.now();
      return true;
    } catch (error) {
      // A session that is over is told of by the call itself; whatever else the server says, it will say of the write.
      return !(error instanceof OfflineError) && connection.connected;
    }
  }
}
