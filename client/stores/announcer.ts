import { PRESENCE, type PresenceRequest } from '../../shared/protocol/index.ts';

/** What the announcer needs of the world; injected for tests. */
interface Outside {
  /** Rejects where the server does not take it (yet): the record's view is not open. */
  send(message: PresenceRequest): Promise<void>;
  /** Somebody looks at this window. */
  looking(): boolean;
}

interface Entry {
  /** How many places of the screen show this record. */
  users: number;
  field: string | null;
  /** When a key was last pressed in that field, and when we last said so. */
  typedAt: number;
  toldAt: number;
  /** After a refusal it is said again, less and less often. */
  again_ms: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Without a key for so long, nobody is writing any more. */
const PAUSE_ms = 4_000;
/** Repeated somewhat before it would end by itself. */
const WRITING_ms = PRESENCE.writingEvery_ms - 1_500;
const HERE_ms = PRESENCE.hereEvery_ms - 4_000;
/** A refusal is mostly a view that is just being opened. */
const AGAIN_ms = 500;

const NEW: Entry = { users: 0, field: null, typedAt: 0, toldAt: 0, again_ms: AGAIN_ms, timer: undefined };

/** Says on which records this person is and what they write in, and repeats it, so that silence means gone. */
export class Announcer {
  readonly #outside: Outside;
  readonly #entries = new Map<string, Entry>();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** This record is on the screen, until the returned function is called. */
  here(record: string): () => void {
    const known = this.#entries.get(record);
    const entry: Entry = known ?? { ...NEW };
    entry.users++;
    if (!known) {
      this.#entries.set(record, entry);
      this.#tell(record, entry);
    }
    return () => {
      entry.users--;
      if (entry.users > 0 || this.#entries.get(record) !== entry) return;
      clearTimeout(entry.timer);
      this.#entries.delete(record);
      void this.#outside.send({ record, state: 'gone' }).catch(() => undefined);
    };
  }

  /** A key was pressed in that field of a record that is `here`. */
  writing(record: string, field: string): void {
    const entry = this.#entries.get(record);
    if (!entry) return;
    const fresh = entry.field !== field;
    entry.field = field;
    entry.typedAt = Date.now();
    if (fresh || Date.now() - entry.toldAt >= WRITING_ms) this.#tell(record, entry);
  }

  /** It was sent, emptied or left. */
  stopped(record: string): void {
    const entry = this.#entries.get(record);
    if (!entry || entry.field === null) return;
    entry.field = null;
    this.#tell(record, entry);
  }

  /** Says everything anew: after a break, or when the window came to the front or went behind. */
  again(): void {
    for (const [record, entry] of this.#entries) this.#tell(record, entry);
  }

  clear(): void {
    for (const entry of this.#entries.values()) clearTimeout(entry.timer);
    this.#entries.clear();
  }

  #tell(record: string, entry: Entry): void {
    clearTimeout(entry.timer);
    entry.toldAt = Date.now();
    if (entry.field !== null && Date.now() - entry.typedAt >= PAUSE_ms) entry.field = null;
    const { field } = entry;
    entry.timer = setTimeout(() => this.#tell(record, entry), field === null ? HERE_ms : WRITING_ms);
    const state = this.#outside.looking() ? 'here' : 'away';
    const sent = this.#outside.send({ record, state, ...(field === null ? {} : { field }) });
    const taken = () => void (entry.again_ms = AGAIN_ms);
    sent.then(taken, () => {
      if (this.#entries.get(record) !== entry) return;
      clearTimeout(entry.timer);
      entry.again_ms = Math.min(HERE_ms, entry.again_ms * 2);
      entry.timer = setTimeout(() => this.#tell(record, entry), entry.again_ms);
    });
  }
}
