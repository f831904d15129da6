import { LIKENESSES } from '../../../shared/protocol/healthChecks.ts';
import type { HealthCheck } from '../../../shared/protocol/health.ts';
import { readDuplicates, readHealth } from '../../stores/reads.ts';
import { can, session } from '../../stores/session.svelte.ts';

/** How many groups of likely duplicates there are of an object. */
interface Alike {
  object: string;
  total: number;
}

/** Asks in a row for what is to be mended: first the checks, then the duplicates of each object. */
export class Report {
  checks = $state.raw<readonly HealthCheck[]>([]);
  alike = $state.raw<readonly Alike[]>([]);
  state = $state<'checking' | 'ready' | 'failed'>('checking');
  /** When it was last asked for; null before the first answer. */
  at = $state<number | null>(null);
  #round = 0;

  async check(): Promise<void> {
    const round = ++this.#round;
    this.state = 'checking';
    try {
      const { checks } = await readHealth();
      if (round !== this.#round) return;
      this.checks = checks;
      const alike: Alike[] = [];
      for (const object of lookedThrough()) {
        const { total } = await readDuplicates(object, { limit: 1 });
        alike.push({ object, total });
      }
      if (round !== this.#round) return;
      this.alike = alike;
      this.at = Date.now();
      this.state = 'ready';
    } catch {
      if (round === this.#round) this.state = 'failed';
    }
  }
}

/** Objects among which this person may look for duplicates. */
export const lookedThrough = (): string[] =>
  Object.keys(LIKENESSES).filter(
    (name) => session.registry.find(name) && (name === 'user' ? can.update(name) : can.read(name)),
  );
