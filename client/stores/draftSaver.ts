import { ApiError } from '../../shared/protocol/errors.ts';

export type DraftKind = 'reply' | 'note';
/** What is being written. `mentions` are ids of people. */
export interface DraftText {
  body: string;
  mentions: readonly string[];
}
/** `unsaved`: it could not be saved so far, and is kept here; `refused`: it never will be. */
export type DraftSign = 'none' | 'saving' | 'saved' | 'unsaved' | 'refused';

/** Where drafts go; injected, so that every interleaving can be tried in a test. */
export interface DraftOutlet {
  /** Saves it on the server (an empty body deletes it). `leaving`: the page may be about to close. @throws ApiError · OfflineError */
  put(text: DraftText, leaving: boolean): Promise<{ updated_at: string | null }>;
  /** Keeps in this tab what the server does not have yet; null: it has everything. */
  keep(text: DraftText | null): void;
  /** Something that is shown has changed. */
  changed(): void;
}

/** After this long without a key, what is written is saved … */
const PAUSE_ms = 600;
/** … and while somebody writes without a pause, this often: it is all that can be lost. */
const LATEST_ms = 2_000;
const RETRY_ms = 3_000;

/** Saves one draft as it is typed: one request at a time, always the latest text, until the server has it. */
export class DraftSaver {
  text: DraftText = EMPTY;
  sign: DraftSign = 'none';
  /** When the server took the last state it has of this; null where it has none. */
  savedAt: string | null = null;
  /** When the server last said what it has, on this machine's clock. */
  heardAt_ms = -Infinity;
  readonly #outlet: DraftOutlet;
  /** Counts what was written; the server has everything up to `#taken`. */
  #written = 0;
  #taken = 0;
  #running = false;
  /** The text is on its way as a message; the server still has it, and need not give it back. */
  #lifted = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #latest: ReturnType<typeof setTimeout> | undefined;

  constructor(outlet: DraftOutlet) {
    this.#outlet = outlet;
  }

  /** The server does not have what is here. */
  get dirty(): boolean {
    return this.#written > this.#taken;
  }

  write(text: DraftText): void {
    this.text = text;
    this.#lifted = false;
    this.#written++;
    this.#outlet.keep(text);
    if (this.sign === 'saved' || this.sign === 'none') this.sign = 'saving';
    this.#outlet.changed();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.flush(), PAUSE_ms);
    this.#latest ??= setTimeout(() => void this.flush(), LATEST_ms);
  }

  /** Saves now what is not saved yet. */
  async flush(leaving = false): Promise<void> {
    this.#calm();
    if (!this.dirty) return;
    // A page that closes does not live to see the answer of what is under way.
    if (this.#running && !leaving) return;
    await this.#save(leaving);
  }

  /** What the server has, found when one came (back): not over what is newer here. */
  found(text: DraftText | null, at: string | null): void {
    if (
      this.#lifted ||
      this.dirty ||
      this.#running ||
      (at !== null && this.savedAt !== null && at < this.savedAt)
    )
      return;
    this.text = text ?? EMPTY;
    this.savedAt = at;
    this.heardAt_ms = Date.now();
    this.sign = this.text.body === '' ? 'none' : 'saved';
    this.#outlet.changed();
  }

  /**
   * Empties the field: the text is on its way as a message. Until that has arrived it stays a draft, where it was kept,
   * so that no crash in between loses it.
   */
  lift(): void {
    this.#calm();
    this.text = EMPTY;
    this.sign = 'none';
    this.#lifted = true;
    this.#taken = this.#written;
    this.#outlet.changed();
  }

  /** The message has arrived: the draft may be forgotten, unless there is a new one. */
  sent(): void {
    if (!this.#lifted) return;
    this.#lifted = false;
    this.#outlet.keep(null);
    this.#written++;
    void this.flush();
  }

  /** Forgets everything, and saves nothing more. */
  stop(): void {
    this.#calm();
    this.#written = this.#taken = 0;
    this.text = EMPTY;
    this.sign = 'none';
    this.savedAt = null;
  }

  async #save(leaving: boolean): Promise<void> {
    this.#running = true;
    const [upTo, text] = [this.#written, this.text];
    try {
      const { updated_at } = await this.#outlet.put(text, leaving);
      // Stopped meanwhile: this was somebody's whose session is over.
      if (upTo > this.#written) return;
      this.#taken = Math.max(this.#taken, upTo);
      this.savedAt = updated_at;
      this.heardAt_ms = Date.now();
      if (!this.dirty) this.#outlet.keep(null);
      this.sign = this.dirty ? 'saving' : this.text.body === '' ? 'none' : 'saved';
    } catch (error) {
      if (upTo > this.#written) return;
      const final = error instanceof ApiError && FINAL.includes(error.code);
      this.sign = final ? 'refused' : 'unsaved';
      if (!final) this.#pause = setTimeout(() => void this.flush(), waitOf(error));
      return;
    } finally {
      this.#running = false;
      this.#outlet.changed();
    }
    if (this.dirty) this.#pause ??= setTimeout(() => void this.flush(), PAUSE_ms);
  }

  #calm(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#latest);
    this.#pause = this.#latest = undefined;
  }
}

const EMPTY: DraftText = { body: '', mentions: [] };
/** Trying again would change nothing. */
const FINAL: readonly string[] = ['not_found', 'not_allowed', 'invalid', 'malformed', 'too_large'];

const waitOf = (error: unknown): number =>
  error instanceof ApiError ? Math.max(RETRY_ms, (error.details.retry_after_s ?? 0) * 1000) : RETRY_ms;
