import { createSubscriber } from 'svelte/reactivity';
import { isoDate, MINUTE_ms } from '../../shared/lib/time.ts';

/** The time as screens show it: steps once a minute, and only while something on screen reads it. */
class Clock {
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, MINUTE_ms / 2);
    return () => clearInterval(timer);
  });

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
  /** `YYYY-MM-DD` where the reader is. */
  get today(): string {
    return isoDate(new Date(this.now));
  }
}

export const clock = new Clock();
