import type { Locks } from './locks.ts';
import type { Shelf } from './shelf.ts';
import type { UnsentWrite } from './write.ts';

/** What the queue needs of the world; injected, so that every interleaving of several tabs can be tried in a test. */
export interface Outside<W extends { version: number }> {
  shelf: Shelf;
  locks: Locks;
  /** Whether writes may go now, and go as this person. */
  ready(): Promise<boolean>;
  /** Sends it. @throws ApiError – refused · OfflineError – no answer, so it is not known whether it was done */
  send(write: UnsentWrite): Promise<W | null>;
  /** Shows it as if it were done; returns what takes that off again. */
  show(write: UnsentWrite): () => void;
  /** It was done; `written` is null where another tab did it, or nothing is told. Called before it is taken off the screen. */
  done(write: UnsentWrite, written: W | null): void;
  /** It needs an answer of the person now, and nobody waits for its outcome any more. */
  late(write: UnsentWrite): void;
  /** Something of the list has changed. */
  changed(): void;
  retry_ms?: number;
}

/** Where there is no room for it: neither sent nor kept. */
export class FullError extends Error {}

export interface Making {
  line: string;
  seen: number | null;
  needs?: string | undefined;
  /** The caller shows a refusal itself, in place, and keeps what was typed. */
  inPlace?: boolean;
}
