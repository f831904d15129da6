import { ApiError } from '../../shared/protocol/errors.ts';
import { t } from '../words/index.ts';
import { commands } from './commands.svelte.ts';
import type { DraftKind, DraftText } from './draftSaver.ts';
import { drafts } from './drafts.svelte.ts';
import type { Act, UnsentWrite } from './unsent/write.ts';

/** Something said that is not in the thread yet, as the server tells it. */
export interface Outgoing extends DraftText {
  /** Its write's, while there is one. */
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
  /** Answered, and not in the thread yet. */
  #arrived = $state.raw<readonly Outgoing[]>([]);
  #unsent: readonly Outgoing[] = $derived(commands.list.flatMap((write) => outgoingOf(write) ?? []));

  /** Reactive: of one ticket, oldest first. */
  of(ticket: string): readonly Outgoing[] {
    return [...this.#arrived, ...this.#unsent]
      .filter((one) => one.ticket === ticket)
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  /**
   * Sends a reply or a note, in the ticket's line of writes: without a connection it waits, and is sent once there is
   * one, once. The draft goes when it has arrived. Resolves with whether it was taken (or waits), never rejects.
   */
  async send({ ticket, kind, body, mentions, after, resolve = false }: Sending): Promise<boolean> {
    const line = `ticket/${ticket}`;
    const act: Act = { kind: 'say', ticket, as: kind, body, mentions: [...mentions], after };
    const sent = commands.write(act, { line, seen: null });
    // In the same line, so it is never resolved before the customer has the last word of ours, nor if that was refused.
    // Without a version: the reply itself has just changed the status.
    const needs = commands.list.findLast((write) => write.act === act)?.key;
    const resolved = resolve
      ? commands.write(
          { kind: 'change', object: 'ticket', id: ticket, values: { status: 'resolved' } },
          { line, seen: null, needs, inPlace: true },
        )
      : null;
    const outcome = await sent;
    await resolved;
    return outcome.ok;
  }

  /** Takes a refused one away, and answers it. */
  take(key: string): Outgoing | null {
    const one = this.#unsent.find((other) => other.key === key) ?? null;
    if (one) commands.discard(key);
    return one;
  }

  clear(): void {
    this.#arrived = [];
  }

  arrived(write: UnsentWrite, id: string | null): void {
    const one = outgoingOf(write);
    if (!one) return;
    drafts.sent(one.ticket, one.kind);
    // Where another tab has sent it, its record comes by the socket, and nothing tells which it is.
    if (id === null) return;
    this.#arrived = [...this.#arrived, { ...one, state: 'sent', id }];
    setTimeout(() => (this.#arrived = this.#arrived.filter(({ key }) => key !== write.key)), ARRIVAL_ms);
  }
}

export const outgoing = new OutgoingMessages();

commands.drawMessages({
  /** While it is on its way, the draft it was is not shown as one – nor after a reload. */
  show({ act }) {
    if (act.kind === 'say') drafts.lift(act.ticket, act.as, act.body);
    return () => undefined;
  },
  arrived: (write, id) => outgoing.arrived(write, id),
});

function outgoingOf({ key, act, at, state, why }: UnsentWrite): Outgoing | null {
  if (act.kind !== 'say') return null;
  const { ticket, as: kind, body, mentions, after } = act;
  return {
    key,
    ticket,
    kind,
    body,
    mentions,
    after,
    at: new Date(at).toISOString(),
    state: state === 'sending' || state === 'waiting' ? state : 'refused',
    id: null,
    why: why
      ? [t.errors.say(new ApiError(why.code, why.message)), ...Object.values(why.fields ?? {})].join(' · ')
      : state === 'old' || state === 'unsure'
        ? t.unsent.reasons[state]
        : null,
    unreadable: why?.fields?.['mentions'] !== undefined,
  };
}
