import type { MaskedRecord } from '../../shared/access/index.ts';
import { newId } from '../../shared/lib/ids.ts';
import { ApiError } from '../../shared/protocol/errors.ts';
import { api, OfflineError } from '../net/http.ts';
import { t } from '../words/index.ts';
import { commands } from './commands.svelte.ts';
import type { DraftKind, DraftText } from './draftSaver.ts';
import { drafts } from './drafts.svelte.ts';

/** Something said that is not in the thread yet, as the server tells it. */
export interface Outgoing extends DraftText {
  /** Of this tab only. */
  key: string;
  ticket: string;
  kind: DraftKind;
  /** ISO, on this machine's clock. */
  at: string;
  /** The newest of that kind in the thread when it was sent; '' where there was none. */
  after: string;
  state: 'sending' | 'waiting' | 'sent' | 'refused';
  /** Once it was answered: the record's id. */
  id: string | null;
  /** Why it was refused, in words. */
  why: string | null;
  /** It was refused because somebody mentioned could not read it. */
  unreadable: boolean;
}

export interface Sending extends DraftText {
  ticket: string;
  kind: DraftKind;
  after: string;
  /** Resolves the ticket once the reply has gone out. */
  resolve?: boolean;
}

/** How long an answered message may wait for its place in the thread, which comes by the socket. */
const ARRIVAL_ms = 10_000;

/** What was sent and is on its way. It is shown at once; a refusal comes back with words and keeps the text. */
class OutgoingMessages {
  #all = $state.raw<readonly Outgoing[]>([]);

  /** Reactive: of one ticket, oldest first. */
  of(ticket: string): readonly Outgoing[] {
    return this.#all.filter((one) => one.ticket === ticket);
  }

  /**
   * Sends a reply or a note, in the ticket's line of writes: without a connection it waits, and is sent once there is
   * one, once. The draft goes when it has arrived. Resolves with whether it was taken (or waits), never rejects.
   */
  async send({ ticket, kind, body, mentions, after, resolve = false }: Sending): Promise<boolean> {
    const key = newId();
    const at = new Date().toISOString();
    this.#all = [
      ...this.#all,
      {
        key,
        ticket,
        kind,
        body,
        mentions,
        at,
        after,
        state: 'sending',
        id: null,
        why: null,
        unreadable: false,
      },
    ];
    drafts.lift(ticket, kind);
    const sent = commands.write(`ticket/${ticket}`, {
      fields: [],
      seen: null,
      send: async (_, idempotencyKey) => {
        const message = await api
          .post<MaskedRecord>(
            `/api/tickets/${ticket}/messages`,
            { body, kind, ...(kind === 'note' && mentions.length > 0 ? { mentions } : {}) },
            { idempotencyKey },
          )
          .catch((error: unknown) => {
            // Known before the next in the line looks at it.
            if (error instanceof ApiError && error.code !== 'unavailable') this.#refused(key, error);
            throw error;
          });
        this.#arrived(key, message.id);
        drafts.sent(ticket, kind);
        return null;
      },
    });
    // In the same line, so it is never resolved before the customer has the last word of ours. Without a version: the
    // reply itself has just changed the status.
    const resolved = resolve ? this.#resolve(key, ticket) : null;
    const outcome = await sent;
    if (!outcome.ok) this.#refused(key, outcome.error);
    else if (outcome.waiting) this.#set(key, { state: 'waiting' });
    await resolved;
    return outcome.ok;
  }

  /** Takes a refused one away, and answers it. */
  take(key: string): Outgoing | null {
    const one = this.#all.find((other) => other.key === key) ?? null;
    this.#all = this.#all.filter((other) => other !== one);
    return one;
  }

  clear(): void {
    this.#all = [];
  }

  async #resolve(key: string, ticket: string): Promise<void> {
    await commands.write(`ticket/${ticket}`, {
      fields: ['status'],
      seen: null,
      send: (_, idempotencyKey) =>
        // A reply that was refused leaves the ticket as it was.
        this.#all.some((one) => one.key === key && one.state === 'refused')
          ? Promise.resolve(null)
          : api.patch(`/api/tickets/${ticket}`, { status: 'resolved' }, { idempotencyKey }),
    });
  }

  #arrived(key: string, id: string): void {
    this.#set(key, { state: 'sent', id });
    setTimeout(() => this.take(key), ARRIVAL_ms);
  }

  #refused(key: string, error: unknown): void {
    const known = error instanceof ApiError ? error : null;
    const why = known
      ? [t.errors.say(known), ...Object.values(known.details.fields ?? {})].join(' · ')
      : error instanceof OfflineError
        ? t.errors.offline
        : t.errors.internal;
    this.#set(key, { state: 'refused', why, unreadable: known?.details.fields?.['mentions'] !== undefined });
  }

  #set(key: string, changes: Partial<Outgoing>): void {
    this.#all = this.#all.map((one) => (one.key === key ? { ...one, ...changes } : one));
  }
}

export const outgoing = new OutgoingMessages();
