import type { Shelf } from './shelf.ts';

export const BODY_MAX = 10_000;
const ITEMS_MAX = 200;

/** Why a message was not taken, and will not be by trying again: the text has to change, or somebody has to act. */
export type Refusal = 'too_long' | 'refused';

/** A message on its way. It is kept until the server has confirmed it, over reloads and in all tabs. */
export interface Outgoing {
  /** Idempotency-Key of every try: the server takes it once. */
  key: string;
  body: string;
  /** Milliseconds, by this browser's clock; later ones are sent later. */
  at: number;
  /** The newest own message that was known when this was written: it arrives as one after that. */
  after: string | null;
  refused?: Refusal;
}

/**
 * Messages that are not confirmed yet, oldest first. Each lies on the shelf by itself, so that two tabs that write at
 * once cannot take one away from each other.
 */
export class Outbox {
  readonly #shelf: Shelf;
  readonly #now: () => number;
  #latest = 0;

  constructor(shelf: Shelf, now: () => number = Date.now) {
    this.#shelf = shelf;
    this.#now = now;
  }

  list(): Outgoing[] {
    return this.#shelf
      .names('out:')
      .flatMap((name) => read(this.#shelf.get(name)))
      .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
  }

  /** The first that is to be sent. */
  first(): Outgoing | undefined {
    return this.list().find(({ refused }) => !refused);
  }

  /** Answers null where too many wait already: the text stays where it was written. */
  add(body: string, after: string | null): Outgoing | null {
    const waiting = this.list();
    if (waiting.length >= ITEMS_MAX) return null;
    this.#latest = Math.max(this.#now(), this.#latest + 1, (waiting.at(-1)?.at ?? 0) + 1);
    const item: Outgoing = { key: newKey(), body, at: this.#latest, after };
    this.#put(item);
    return item;
  }

  refuse(key: string, refused: Refusal): void {
    const item = this.list().find((item) => item.key === key);
    if (item) this.#put({ ...item, refused });
  }

  /** Tries a refused one again, as a new message: nothing was kept of the old. */
  retry(key: string): void {
    const item = this.list().find((item) => item.key === key);
    if (!item?.refused) return;
    this.remove(key);
    this.#put({ key: newKey(), body: item.body, at: item.at, after: item.after });
  }

  remove(key: string): void {
    this.#shelf.remove(`out:${key}`);
  }

  /** It has arrived as the message `id`: later ones of the same text are not that message. */
  confirmed(key: string, id: string): void {
    const list = this.list();
    const index = list.findIndex((item) => item.key === key);
    this.remove(key);
    if (index < 0) return;
    for (const later of list.slice(index + 1))
      if (later.body === list[index]?.body) this.#put({ ...later, after: id });
  }

  #put(item: Outgoing): void {
    this.#shelf.set(`out:${item.key}`, JSON.stringify(item));
  }
}

/** Anything may stand in a browser's storage. */
function read(text: string | null): Outgoing[] {
  try {
    const item = JSON.parse(text ?? 'null') as Partial<Outgoing> | null; // checked right below
    if (typeof item?.key !== 'string' || typeof item.body !== 'string' || typeof item.at !== 'number')
      return [];
    const { key, body, at, refused } = item;
    const after = typeof item.after === 'string' ? item.after : null;
    return [{ key, body, at, after, ...(refused ? { refused } : {}) }];
  } catch {
    return [];
  }
}

/** `crypto.randomUUID` is missing on pages without TLS; a key must only be unlike all others. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
