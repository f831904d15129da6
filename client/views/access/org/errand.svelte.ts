import type { ErrandAnswer } from '../../../../shared/protocol/organisation.ts';
import { api } from '../../../net/http.ts';

const PAUSE_ms = 700;

/** Work in the background and how far it is; asked again and again while it runs. */
export class Errand {
  now = $state.raw<ErrandAnswer | null>(null);
  readonly #path: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  /** For the life of the component that calls it; `mayAsk`: whether it is this person's to know. */
  constructor(path: string, mayAsk: () => boolean = () => true) {
    this.#path = path;
    $effect(() => {
      this.#over = false;
      if (mayAsk()) void this.look();
      return () => {
        this.#over = true;
        clearTimeout(this.#timer);
      };
    });
  }

  /** From 0 to 1; null while it is not counted. */
  get share(): number | null {
    const { done, total } = this.now ?? { done: 0, total: null };
    return total === null ? null : total === 0 ? 1 : Math.min(1, done / total);
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.now = (await api.get<{ progress: ErrandAnswer | null }>(this.#path)).progress;
    } catch {
      return;
    }
    if (this.now?.status === 'running' && !this.#over)
      this.#timer = setTimeout(() => void this.look(), PAUSE_ms);
  }
}
