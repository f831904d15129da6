import { SEARCH_LIMITS, type SearchAnswer } from '../../../shared/protocol/index.ts';

const PAUSE_ms = 160;

/** Asks for records as one types: after a pause, and what was overtaken counts no more. */
export class Finding {
  groups = $state.raw<SearchAnswer['groups']>([]);
  /** What the groups were found by; '' while nothing was. */
  q = $state('');
  state = $state<'idle' | 'searching' | 'failed'>('idle');
  #wanted = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #ask: (q: string) => Promise<SearchAnswer>;

  constructor(ask: (q: string) => Promise<SearchAnswer>) {
    this.#ask = ask;
  }

  /** Whether so little was typed that nothing is looked for. */
  static short(typed: string): boolean {
    return typed.trim().length < SEARCH_LIMITS.shortest;
  }

  type(typed: string): void {
    clearTimeout(this.#timer);
    this.#wanted = Finding.short(typed) ? '' : typed.trim();
    if (this.#wanted === '') return this.#show('', []);
    if (this.#wanted === this.q) return void (this.state = 'idle');
    this.state = 'searching';
    this.#timer = setTimeout(() => void this.now(), PAUSE_ms);
  }

  /** Asks at once for what was typed last. */
  async now(): Promise<void> {
    const q = this.#wanted;
    this.state = 'searching';
    try {
      const { groups } = await this.#ask(q);
      if (q === this.#wanted) this.#show(q, groups);
    } catch {
      if (q === this.#wanted) this.state = 'failed';
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#wanted = '';
  }

  #show(q: string, groups: SearchAnswer['groups']): void {
    this.q = q;
    this.groups = groups;
    this.state = 'idle';
  }
}
