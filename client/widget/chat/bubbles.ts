import type { Outgoing } from './outbox.ts';
import type { Message } from './thread.ts';

/** How it stands with a message of the customer's own; null where nothing needs to be said. */
export type State = 'sending' | 'unsent' | 'too_long' | 'refused' | 'sent' | 'seen' | null;

export interface Bubble {
  /** Stays the same while a message is on its way and after it has arrived. */
  key: string;
  isOwn: boolean;
  body: string;
  author: string | null;
  /** When it was written; by this browser's clock while it is on its way. */
  at: Date;
  /** First and last of those that follow each other from the same person. */
  first: boolean;
  last: boolean;
  state: State;
}
export interface Day {
  /** `2026-11-22`, where the reader is. */
  key: string;
  at: Date;
  bubbles: Bubble[];
}

export interface Said {
  messages: readonly Message[];
  outgoing: readonly Outgoing[];
  /** Up to when we have read; null: nothing yet. */
  seenByUsAt: string | null | undefined;
  /** The first one on its way could not be sent, and is tried again. */
  failing: boolean;
  /** Keys under which messages were shown on their way, by id. */
  keys: Readonly<Record<string, string>>;
}

/** The conversation as it is shown, by days. */
export function days(said: Said): Day[] {
  const list: Day[] = [];
  for (const bubble of runs(bubbles(said))) {
    const key = dayOf(bubble.at);
    const day = list.at(-1);
    if (day?.key === key) day.bubbles.push(bubble);
    else list.push({ key, at: bubble.at, bubbles: [bubble] });
  }
  return list;
}

/**
 * Which messages on their way have arrived though we have not been told so: the connection may break between the two.
 * They arrive in order, each after those that were known when it was written. By key of the outgoing, its message.
 */
export function arrived(messages: readonly Message[], outgoing: readonly Outgoing[]): Map<string, Message> {
  const found = new Map<string, Message>();
  const own = messages.filter(({ from }) => from === 'customer');
  let begin = 0;
  for (const { key, body, after, refused } of outgoing) {
    if (refused) continue;
    const known = after === null ? -1 : own.findIndex(({ id }) => id === after);
    // The message it came after is not loaded, or is gone: there is nothing to tell by.
    if (after !== null && known < 0) continue;
    const index = own.findIndex(
      (message, i) => i >= begin && i > known && message.body.trim() === body.trim(),
    );
    const message = own[index];
    if (!message) break;
    found.set(key, message);
    begin = index + 1;
  }
  return found;
}

function bubbles({ messages, outgoing, seenByUsAt, failing, keys }: Said): Bubble[] {
  const there = arrived(messages, outgoing);
  const keyOf = new Map([...there].map(([key, { id }]) => [id, key]));
  const lastOwn = messages.findLast(({ from }) => from === 'customer');
  const waiting = outgoing.filter(({ key }) => !there.has(key));
  const told = messages.map((message) => ({
    key: keyOf.get(message.id) ?? keys[message.id] ?? message.id,
    isOwn: message.from === 'customer',
    body: message.body,
    author: message.author_name,
    at: new Date(message.created_at),
    first: true,
    last: true,
    state: message === lastOwn ? stateOf(message, seenByUsAt) : null,
  }));
  const underWay = waiting.map(({ key, body, at, refused }) => ({
    key,
    isOwn: true,
    body,
    author: null,
    at: new Date(at),
    first: true,
    last: true,
    state: refused ?? (failing ? ('unsent' as const) : ('sending' as const)),
  }));
  return [...told, ...underWay];
}

const stateOf = ({ created_at }: Message, seenByUsAt: string | null | undefined): State =>
  seenByUsAt && Date.parse(seenByUsAt) >= Date.parse(created_at) ? 'seen' : 'sent';

const APART_ms = 10 * 60_000;

/** Marks where a run of one person's messages begins and ends: a face above, name and time below. */
function runs(list: Bubble[]): Bubble[] {
  for (const [i, bubble] of list.entries()) {
    const next = list[i + 1];
    if (!next || next.isOwn !== bubble.isOwn || next.author !== bubble.author) continue;
    if (dayOf(next.at) !== dayOf(bubble.at) || next.at.getTime() - bubble.at.getTime() > APART_ms) continue;
    bubble.last = false;
    next.first = false;
  }
  return list;
}

const dayOf = (at: Date): string =>
  [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
