import type { Option } from '../types.ts';

export type Search = (text: string, signal: AbortSignal) => Promise<Option[]>;

const WAIT_MS = 150;
const OPTIONS_MAX = 50;

/** Asks for options as one types: waits for a pause, drops answers that were overtaken, keeps the old list meanwhile. */
export class OptionSearch {
  options = $state.raw<Option[]>([]);
  state = $state<'idle' | 'searching' | 'failed'>('idle');
  /** Counts answers. */
  round = $state(0);
  #search: () => Search;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | null = null;

  constructor(search: () => Search) {
    this.#search = search;
  }

  /** Searches after a pause in typing. */
  later(text: string): void {
    clearTimeout(this.#timer);
    this.state = 'searching';
    this.#timer = setTimeout(() => void this.now(text), WAIT_MS);
  }

  async now(text: string): Promise<void> {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.state = 'searching';
    try {
      const found = await this.#search()(text.trim(), running.signal);
      if (running.signal.aborted) return;
      this.options = found.slice(0, OPTIONS_MAX);
      this.round += 1;
      this.state = 'idle';
    } catch {
      if (!running.signal.aborted) this.state = 'failed';
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
  }
}
