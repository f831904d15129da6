import { SvelteMap } from 'svelte/reactivity';
import { newId } from '../../shared/lib/ids.ts';
import { z } from '../../shared/lib/zod.ts';
import { draftsAnswerSchema } from '../../shared/protocol/index.ts';
import { api } from '../net/http.ts';
import { looksAs } from '../net/seeAs.ts';
import { DraftSaver, type DraftKind, type DraftSign, type DraftText } from './draftSaver.ts';
import { session } from './session.svelte.ts';

/** One draft as screens show it. */
export interface Draft extends DraftText {
  ticket: string;
  kind: DraftKind;
  sign: DraftSign;
}

/** A list that was read so recently is not read again. */
const FRESH_ms = 3_000;
/** In this tab's storage: what the server does not have yet, and whose it is. */
const PREFIX = 'draft:';
/** More than these are not kept in storage: a browser gives a page little room. */
const KEPT_MAX = 50;

const keptSchema = z.object({ user: z.uuid(), body: z.string(), mentions: z.array(z.uuid()) });

/** What this person is writing to customers and colleagues. Saved as it is typed; the same on every device. */
class Drafts {
  readonly #savers = new Map<string, DraftSaver>();
  readonly #shown = new SvelteMap<string, Draft>();
  #readAt = -Infinity;
  /** Who they belong to: nobody else finds them in this tab's storage. */
  #user = '';

  /** Reactive; the empty draft where there is none. */
  of(ticket: string, kind: DraftKind): Draft {
    return this.#shown.get(keyOf(ticket, kind)) ?? { ticket, kind, body: '', mentions: [], sign: 'none' };
  }

  /** Reactive: whether something unsent is written for this ticket. */
  any(ticket: string): boolean {
    return this.of(ticket, 'reply').body !== '' || this.of(ticket, 'note').body !== '';
  }

  write(ticket: string, kind: DraftKind, text: DraftText): void {
    this.#saver(ticket, kind).write(text);
  }

  /** Saves at once whatever is not saved yet. `leaving`: so that it goes through even if the page closes. */
  flush(leaving = false): void {
    for (const saver of this.#savers.values()) void saver.flush(leaving);
  }

  /**
   * The text is being sent: the field is empty, and the draft goes once `sent` is called. Not where another text has been
   * begun since.
   */
  lift(ticket: string, kind: DraftKind, body: string): void {
    const saver = this.#saver(ticket, kind);
    const written = saver.text.body.trim();
    if (written === '' || written === body) saver.lift();
  }

  sent(ticket: string, kind: DraftKind): void {
    this.#savers.get(keyOf(ticket, kind))?.sent();
  }

  /** Reads what the server has: from before, or from another device. Never rejects. */
  async read(): Promise<void> {
    // What somebody is writing is theirs alone; and what this tab keeps is its own person's.
    if (looksAs() !== null) return;
    this.#takeOver();
    const now = Date.now();
    if (now - this.#readAt < FRESH_ms) return;
    this.#readAt = now;
    try {
      const { drafts } = draftsAnswerSchema.parse(await api.get('/api/drafts'));
      const found = new Map(drafts.map((draft) => [keyOf(draft.ticket, draft.kind), draft]));
      for (const { ticket, kind } of drafts) this.#saver(ticket, kind);
      for (const [key, saver] of this.#savers) {
        const draft = found.get(key);
        if (draft) saver.found({ body: draft.body, mentions: draft.mentions }, draft.updated_at);
        // Sent or thrown away on another device: unless it was saved from here while we asked.
        else if (saver.savedAt !== null && saver.heardAt_ms < now) saver.found(null, null);
      }
    } catch {
      this.#readAt = -Infinity;
    }
  }

  /** The session is over: nothing of it stays here. */
  clear(): void {
    for (const saver of this.#savers.values()) saver.stop();
    this.#savers.clear();
    this.#shown.clear();
    this.#readAt = -Infinity;
    this.#user = '';
  }

  /** The first look of this person here: what this tab kept for them is theirs again, all else goes. */
  #takeOver(): void {
    const user = session.actor.userId;
    if (looksAs() !== null) return;
    if (user === '' || user === this.#user) return;
    this.clear();
    this.#user = user;
    for (const name of Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) {
      const kept = parseKept(sessionStorage.getItem(name));
      const [ticket, kind] = name.slice(PREFIX.length).split('/');
      if (kept?.user === user && ticket && (kind === 'reply' || kind === 'note'))
        this.#saver(ticket, kind).write({ body: kept.body, mentions: kept.mentions });
      else sessionStorage.removeItem(name);
    }
  }

  #saver(ticket: string, kind: DraftKind): DraftSaver {
    this.#takeOver();
    const key = keyOf(ticket, kind);
    const known = this.#savers.get(key);
    if (known) return known;
    const saver: DraftSaver = new DraftSaver({
      put: ({ body, mentions }, leaving) =>
        api.put(
          `/api/drafts/${ticket}/${kind}`,
          { body, ...(kind === 'note' ? { mentions } : {}) },
          { keepalive: leaving, idempotencyKey: newId() },
        ),
      keep: (text) => this.#keep(key, text),
      changed: () => this.#shown.set(key, { ticket, kind, ...saver.text, sign: saver.sign }),
    });
    this.#savers.set(key, saver);
    return saver;
  }

  #keep(key: string, text: DraftText | null): void {
    const name = PREFIX + key;
    if (text === null) return sessionStorage.removeItem(name);
    const full = Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX)).length >= KEPT_MAX;
    if (full && sessionStorage.getItem(name) === null) return;
    try {
      sessionStorage.setItem(name, JSON.stringify({ user: this.#user, ...text }));
    } catch {
      // No room in the browser: it is still in memory, and on its way to the server.
    }
  }
}

export const drafts = new Drafts();

const keyOf = (ticket: string, kind: DraftKind): string => `${ticket}/${kind}`;

function parseKept(stored: string | null): z.infer<typeof keptSchema> | null {
  try {
    return keptSchema.parse(JSON.parse(stored ?? ''));
  } catch {
    return null;
  }
}
