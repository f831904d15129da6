import { performance } from 'node:perf_hooks';

/** Time as the program sees it. Everything that waits or expires takes a `Clock`, so that tests give it the time. */
export interface Clock {
  /** Wall time in ms since 1970. It may jump: for what people read, never for measuring a wait. */
  now_ms(): number;
  /** Milliseconds that only ever grow and know no time of day: for leases, waits and durations. */
  monotonic_ms(): number;
  /** Calls `act` once, `delay_ms` from now, unless the returned function is called before. */
  after(delay_ms: number, act: () => void): () => void;
}

export const systemClock: Clock = {
  now_ms: () => Date.now(),
  monotonic_ms,
  after(delay_ms, act) {
    const timer = setTimeout(act, delay_ms);
    return () => clearTimeout(timer);
  },
};

/** Milliseconds since the process began, with fractions, never going back. */
export function monotonic_ms(): number {
  return performance.now();
}
