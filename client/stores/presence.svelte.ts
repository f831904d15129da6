import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Present, PresenceNews } from '../../shared/protocol/index.ts';
import { looksAs } from '../net/seeAs.ts';
import { connection } from '../net/socket.ts';
import { Announcer } from './announcer.ts';
import { attention } from './attention.ts';

const NOBODY: readonly Present[] = [];

/** Who else is on which record, and saying so of oneself. What comes is masked already: all of it may be shown. */
class Presence {
  readonly #others = new SvelteMap<string, readonly Present[]>();
  readonly #announcer = new Announcer({
    send: (message) => connection.presence(message),
    looking: () => untrack(() => attention.here),
  });
  #listening = false;

  /** Reactive: the others on this record; nobody, unless it is on the screen as `here`. */
  on(record: string): readonly Present[] {
    return this.#others.get(record) ?? NOBODY;
  }

  /**
   * Tells the others that this person has the record on the screen, until the returned function is called. It must be
   * open as a view with `record` meanwhile.
   */
  here(record: string): () => void {
    // Whoever looks as somebody else is there for nobody.
    if (looksAs() !== null) return () => undefined;
    if (!this.#listening) attention.onchange(() => this.#announcer.again());
    this.#listening = true;
    return this.#announcer.here(record);
  }

  /** A key was pressed in a field of a record that is `here`: `reply`, `note`, or a field's name. */
  writing(record: string, field: string): void {
    this.#announcer.writing(record, field);
  }

  /** It was sent, emptied or left. */
  stopped(record: string): void {
    this.#announcer.stopped(record);
  }

  heard({ record, people }: PresenceNews): void {
    if (people.length === 0) this.#others.delete(record);
    else this.#others.set(record, people);
  }

  connected(): void {
    this.#announcer.again();
  }

  /** Who is there is not known any more, and must not be claimed. */
  lost(): void {
    this.#others.clear();
  }

  clear(): void {
    this.#announcer.clear();
    this.#others.clear();
  }
}

export const presence = new Presence();
