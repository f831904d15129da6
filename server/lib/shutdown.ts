import { log } from './log.ts';

/** What has been started, so that it can be stopped in reverse: the last thing built is the first to go. */
export class Shutdown {
  readonly #steps: { name: string; stop: () => Promise<unknown>; limit_ms: number }[] = [];
  #running: Promise<void> | null = null;

  add(name: string, stop: () => Promise<unknown>, limit_ms = STEP_MAX_ms): void {
    // Told to stop while it was still being built: what it stands on may be gone already.
    if (this.#running) stop().catch((err: unknown) => log.debug({ err }, `${name} came too late`));
    else this.#steps.push({ name, stop, limit_ms });
  }

  /** Stops everything once; a step that fails or takes too long (10 s, unless said otherwise) is logged and the next goes on. */
  run(): Promise<void> {
    return (this.#running ??= this.#run());
  }

  async #run(): Promise<void> {
    for (const { name, stop, limit_ms } of this.#steps.reverse()) {
      try {
        await within(limit_ms, stop());
      } catch (err) {
        log.warn({ err }, `${name} did not stop in order`);
      }
    }
  }
}

const STEP_MAX_ms = 10_000;

async function within(limit_ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took over ${limit_ms / 1000} s`)), limit_ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
