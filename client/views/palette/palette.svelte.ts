import { untrack } from 'svelte';
import { session } from '../../stores/session.svelte.ts';
import type { Command } from '../../ui/overlays/commands.ts';

/** A line of the page one is on, and what it does. */
export type Line = Command & { run: () => void };

/** Where somebody has been; what is there is asked for when it is shown, as far as it may still be seen. */
interface Visited {
  object: string;
  id: string;
}

const RECENT_MAX = 8;

/** The palette of the whole product: whether it is open, what the page adds to it, and where one has just been. */
class Palette {
  open = $state(false);
  recent = $state.raw<readonly Visited[]>([]);
  #offers = $state.raw<readonly Offer[]>([]);

  /** What pages offer now. Reactive. */
  groups(): { title: string; lines: Line[] }[] {
    return this.#offers.map(({ title, lines }) => ({ title, lines: lines() }));
  }

  /** Adds lines while a page is there: call it in an effect, and return what it returns. */
  offer(title: string, lines: () => Line[]): () => void {
    const own = { title, lines };
    // The effect is to be done again for what is offered, not for what others offer.
    untrack(() => (this.#offers = [...this.#offers, own]));
    return () => untrack(() => (this.#offers = this.#offers.filter((offer) => offer !== own)));
  }

  visited(object: string, id: string): void {
    const others = untrack(() => this.recent).filter((one) => one.id !== id);
    this.recent = [{ object, id }, ...others].slice(0, RECENT_MAX);
  }

  /** When the session is over. */
  clear(): void {
    this.open = false;
    this.recent = [];
  }
}

interface Offer {
  title: string;
  lines: () => Line[];
}

export const palette = new Palette();

session.onLeave(() => {
  palette.clear();
  return 0;
});
