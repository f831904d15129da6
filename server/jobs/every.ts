import type { Clock } from '../lib/clock.ts';
import { log } from '../lib/log.ts';

/** Runs `work` again and again, `pause_ms` after it was last done; a failure is logged and the next turn comes. */
export function every(
  clock: Clock,
  pause_ms: number,
  name: string,
  work: () => Promise<unknown>,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  let cancel = (): void => undefined;
  const turn = (): void => {
    running = work()
      .catch((err: unknown) => log.warn({ err }, `${name} failed; it is tried again`))
      .then(() => {
        if (!stopped) cancel = clock.after(pause_ms, turn);
      });
  };
  cancel = clock.after(pause_ms, turn);
  return async () => {
    stopped = true;
    cancel();
    await running;
  };
}
