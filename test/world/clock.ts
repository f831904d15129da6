import type { Clock } from '../../server/lib/clock.ts';

export interface FakeClock extends Clock {
  /** Lets time pass: calls what has fallen due, in order of time, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Sets the time of day forward (or back, below 0), as an administrator or NTP does; no timer falls due. */
  jump(ms: number): void;
  /** How many timers are waiting: 0 when everything was ended properly. */
  waiting(): number;
}

/** Time that passes only when the test says so. It starts at `start`, with the monotonic clock at 1,000,000 ms. */
export function fakeClock(start: Date | string = '2026-03-02T09:00:00Z'): FakeClock {
  let wall_ms = new Date(start).getTime();
  let monotonic_ms = 1_000_000;
  const timers = new Set<{ at_ms: number; act: () => void }>();

  const pass = (ms: number) => {
    wall_ms += ms;
    monotonic_ms += ms;
  };
  return {
    now_ms: () => wall_ms,
    monotonic_ms: () => monotonic_ms,
    after(delay_ms, act) {
      const timer = { at_ms: monotonic_ms + Math.max(0, delay_ms), act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const end_ms = monotonic_ms + ms;
      await settle();
      for (let next = earliest(timers); next && next.at_ms <= end_ms; next = earliest(timers)) {
        pass(next.at_ms - monotonic_ms);
        timers.delete(next);
        next.act();
        await settle();
      }
      pass(end_ms - monotonic_ms);
    },
    jump: (ms) => void (wall_ms += ms),
    waiting: () => timers.size,
  };
}

function earliest<T extends { at_ms: number }>(timers: Set<T>): T | undefined {
  return [...timers].reduce<T | undefined>(
    (first, timer) => (first && first.at_ms <= timer.at_ms ? first : timer),
    undefined,
  );
}

/** A real turn of the event loop, so that everything that needs no further waiting has been done. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
