import { createWriteStream, mkdirSync } from 'node:fs';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

// Everything that happened, one JSON object a line, in the order in which the rig saw it.

/** A record as a client was shown it, without the values: its fields, by name. */
export type Shown = [object: string, id: string, version: number, fields: string[]];

export type Entry =
  | { kind: 'run'; seed: number; minutes: number; clients: number; at: number }
  | { kind: 'person'; person: string; name: string }
  /** A write as it was meant. Its key is its name. */
  | { kind: 'write'; key: string; by: string; session: string; verb: string; method: string; path: string; body: unknown; object?: string; id?: string; mark?: string; at: number } // prettier-ignore
  /** One try at it. `status` 0: no answer came. */
  | { kind: 'try'; key: string; node: number; status: number; code?: string; sent: number; at: number }
  /** What became of it, as far as its writer can tell. */
  | { kind: 'outcome'; key: string; outcome: 'acknowledged' | 'refused' | 'unknown'; id?: string; at: number }
  /**
   * Something a client was sent. It left the node at `since` at the earliest (the rig may have been slow to look) and
   * at `at` at the latest.
   */
  | { kind: 'frame'; client: number; by: string; session: string; node: number; how: 'b' | 'open' | 'answer'; shown: Shown[]; since: number; at: number } // prettier-ignore
  | { kind: 'client'; client: number; what: string; node: number; at: number }
  | { kind: 'fault'; name: string; what: string; node?: number; from: number; to: number; recovered?: number; skipped?: string } // prettier-ignore
  | { kind: 'quiet'; round: number; took_ms: number; at: number }
  | { kind: 'usage'; node: number; pid: number; rss_mb: number; fds: number; at: number }
  | { kind: 'violation'; invariant: string; words: string; at: number };

/** Milliseconds since 1970 that never jump. */
export const now_ms = (): number => performance.timeOrigin + performance.now();

export class History {
  readonly path: string;
  readonly #stream;
  count = 0;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#stream = createWriteStream(path);
  }

  note(entry: Entry): void {
    this.count++;
    this.#stream.write(`${JSON.stringify(entry)}\n`);
  }

  end(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }
}

export async function* readHistory(path: string): AsyncGenerator<Entry> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  // Written by the class above.
  for await (const line of lines) yield JSON.parse(line) as Entry;
}
