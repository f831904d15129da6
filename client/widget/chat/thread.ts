import type { WireEvent } from '../../../shared/protocol/socket.ts';

/** A message as customers get it: nothing else of it reaches them. */
export type Message = {
  id: string;
  version: number;
  created_at: string;
  body: string;
  from: 'customer' | 'us';
  author_name: string | null;
};

/** What customers get of their ticket. */
export interface Ticket {
  id: string;
  version: number;
  status?: string;
  seen_by_us_at?: string | null;
}

type Row = { id: string; version: number } & Readonly<Record<string, unknown>>;

/**
 * The conversation as this browser holds it, by the rules of docs/protocol.md: of two states of a thing the higher
 * version counts, an answer to `open` replaces what was held, and what left is forgotten.
 */
export class Thread {
  /** Oldest first; a new list whenever it changes. */
  messages: readonly Message[] = [];
  ticket: Ticket | null = null;
  /** To give to `more`; null when there are no older ones. */
  next: string | null = null;
  readonly #held = new Map<string, Row>();

  /** The newest page: rows that are not in it are gone. */
  opened(rows: readonly Row[], next: string | undefined): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#held.keys()) if (!ids.has(id)) this.#held.delete(id);
    this.older(rows, next);
  }

  /** A page of older ones. */
  older(rows: readonly Row[], next: string | undefined): void {
    this.next = next ?? null;
    for (const row of rows) this.#put(row);
    this.#show();
  }

  /** One message that the server answered to a writing of our own. */
  confirmed(row: Row): void {
    this.#put(row);
    this.#show();
  }

  ticketOpened(row: Row | undefined): void {
    if (!row) this.ticket = null;
    else if (this.ticket?.id !== row.id || row.version >= this.ticket.version) this.ticket = ticketOf(row);
  }

  /** Takes in a packet of changes. False if the ticket itself has left our reach. */
  apply(events: readonly WireEvent[]): boolean {
    let isOurs = true;
    for (const event of events) {
      const [op, object, id, version, fields] = event;
      if (op === 'total') continue;
      if (object === 'message') this.#change(op, { id, version, ...fields });
      if (object === 'ticket' && this.ticket?.id === id) {
        if (op === 'leave') {
          this.ticket = null;
          isOurs = false;
        } else if (op === 'scrub') this.ticket = ticketOf(without({ ...this.ticket }, Object.keys(fields)));
        else if (version > this.ticket.version)
          this.ticket = ticketOf({ ...this.ticket, ...fields, id, version });
      }
    }
    this.#show();
    return isOurs;
  }

  #change(op: WireEvent[0], row: Row): void {
    const held = this.#held.get(row.id);
    if (op === 'leave') this.#held.delete(row.id);
    else if (op === 'enter') this.#put(row);
    else if (!held) return;
    else if (op === 'scrub') this.#held.set(row.id, without(held, Object.keys(row)));
    else if (row.version > held.version) this.#held.set(row.id, { ...held, ...row });
  }

  #put(row: Row): void {
    const held = this.#held.get(row.id);
    if (!held || row.version >= held.version) this.#held.set(row.id, row);
  }

  #show(): void {
    this.messages = [...this.#held.values()].flatMap(messageOf).sort(byAge);
  }
}

/** A row from the wire as a message; none where what makes it one has been taken from us. */
function messageOf({ id, version, body, from, author_name, created_at }: Row): Message[] {
  if (typeof body !== 'string' || typeof created_at !== 'string') return [];
  return [
    {
      id,
      version,
      created_at,
      body,
      from: from === 'us' ? 'us' : 'customer',
      author_name: typeof author_name === 'string' ? author_name : null,
    },
  ];
}

function ticketOf({ id, version, status, seen_by_us_at }: Row): Ticket {
  return {
    id,
    version,
    ...(typeof status === 'string' ? { status } : {}),
    seen_by_us_at: typeof seen_by_us_at === 'string' ? seen_by_us_at : null,
  };
}

/** The row without the fields named; what tells which it is stays. */
function without(row: Row, names: readonly string[]): Row {
  const kept = Object.entries(row).filter(
    ([name]) => name === 'id' || name === 'version' || !names.includes(name),
  );
  return { ...Object.fromEntries(kept), id: row.id, version: row.version };
}

const byAge = (a: Message, b: Message): number =>
  a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : a.id < b.id ? -1 : 1;
