import type { IconType, Tone } from '../types.ts';

export type ToastInput = {
  title: string;
  text?: string;
  tone?: Tone;
  icon?: IconType;
  /** One thing to do about it, such as Undo; pressing it also puts the toast away. */
  action?: { label: string; run: () => void };
  /** How long it stays while nobody points at it; 0 stays until dismissed. */
  timeout_ms?: number;
};
export type Toast = ToastInput & { id: number };

const TIMEOUT_MS = 6000;
const LEFT_MS_MIN = 1000;
const TOASTS_MAX = 4;

/** What is left of a notice's time, and the timer while it runs. */
type Clock = { id: number; left_ms: number; since: number; timer: ReturnType<typeof setTimeout> | null };

/** The notices on screen, newest last. Pointing at them or focusing into them stops their clocks. */
export class Toasts {
  list = $state.raw<Toast[]>([]);
  #ids = 0;
  #clocks: Clock[] = [];

  add(input: ToastInput): () => void {
    const id = ++this.#ids;
    for (const old of this.list.slice(0, 1 - TOASTS_MAX)) this.dismiss(old.id);
    this.list = [...this.list, { ...input, id }];
    const left_ms = input.timeout_ms ?? TIMEOUT_MS;
    if (left_ms > 0) this.#clocks.push(this.#run({ id, left_ms, since: 0, timer: null }));
    return () => this.dismiss(id);
  }

  dismiss(id: number): void {
    const timer = this.#clocks.find((clock) => clock.id === id)?.timer;
    if (timer) clearTimeout(timer);
    this.#clocks = this.#clocks.filter((clock) => clock.id !== id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  pause(): void {
    for (const clock of this.#clocks) {
      if (clock.timer === null) continue;
      clearTimeout(clock.timer);
      clock.timer = null;
      // A notice one has just looked at does not vanish the moment one looks away.
      clock.left_ms = Math.max(LEFT_MS_MIN, clock.left_ms - (Date.now() - clock.since));
    }
  }

  resume(): void {
    for (const clock of this.#clocks) if (clock.timer === null) this.#run(clock);
  }

  #run(clock: Clock): Clock {
    clock.since = Date.now();
    clock.timer = setTimeout(() => this.dismiss(clock.id), clock.left_ms);
    return clock;
  }
}

export const toasts = new Toasts();

/** Shows a notice at the corner and returns how to put it away. Needs `<Root>` on the page. */
export function toast(input: ToastInput): () => void {
  return toasts.add(input);
}
