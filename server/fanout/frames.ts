import type { WireEvent } from '../../shared/protocol/index.ts';

/** What is sent to clients in one tick: the same value for all who are sent the very same pieces. */
export class Frame {
  #json: string | null = null;

  constructor(
    readonly events: readonly WireEvent[],
    readonly cursor: string,
    readonly texts: Texts,
  ) {}

  /** The list of pieces as JSON: each piece is encoded once a tick, however many lists it is in. */
  get json(): string {
    return (this.#json ??= `[${this.events.map((piece) => this.texts.of(piece)).join(',')}]`);
  }
}

/** Pieces as JSON, by identity. */
export class Texts {
  readonly #texts = new Map<WireEvent, string>();

  of(piece: WireEvent): string {
    let text = this.#texts.get(piece);
    if (text === undefined) this.#texts.set(piece, (text = JSON.stringify(piece)));
    return text;
  }
}

/** The frames of one tick. Equal lists of pieces under one cursor share one; pieces are told apart by identity. */
export class Frames {
  readonly #texts = new Texts();
  readonly #roots = new Map<string, Branch>();

  of(events: readonly WireEvent[], cursor: string): Frame {
    let at = this.#roots.get(cursor);
    if (!at) this.#roots.set(cursor, (at = { frame: null, next: null }));
    for (const piece of events) {
      at.next ??= new Map();
      let next = at.next.get(piece);
      if (!next) at.next.set(piece, (next = { frame: null, next: null }));
      at = next;
    }
    return (at.frame ??= new Frame(events, cursor, this.#texts));
  }
}

interface Branch {
  frame: Frame | null;
  next: Map<WireEvent, Branch> | null;
}
