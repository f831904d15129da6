import type { PolicyChange, PreviewAnswer } from '../../../../shared/protocol/preview.ts';
import { previewChange } from '../../../stores/policyChanges.ts';

/** A pause in typing after which is asked. */
const PAUSE_ms = 400;

/** Asks what a change would come to, once it has not been touched for a moment; older answers are dropped. */
export class Preview {
  answer = $state.raw<PreviewAnswer | null>(null);
  /** What was refused, as the change itself would be. */
  error = $state.raw<Error | null>(null);
  state = $state<'idle' | 'asking' | 'ready' | 'failed'>('idle');
  #asked: string | null = null;
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Null: there is nothing to ask about. The answer before stays until the next one is there. */
  ask(change: PolicyChange | null): void {
    const text = change === null ? null : JSON.stringify(change);
    if (text === this.#asked) return;
    this.#asked = text;
    this.stop();
    this.state = change === null ? 'idle' : 'asking';
    this.error = null;
    if (change === null) this.answer = null;
    else this.#timer = setTimeout(() => void this.#read(change), PAUSE_ms);
  }

  again(change: PolicyChange | null): void {
    this.#asked = null;
    this.ask(change);
  }

  /** Drops what is on its way. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#round += 1;
  }

  async #read(change: PolicyChange): Promise<void> {
    const round = this.#round;
    try {
      const answer = await previewChange(change);
      if (round !== this.#round) return;
      this.answer = answer;
      this.state = 'ready';
    } catch (error) {
      if (round !== this.#round) return;
      this.answer = null;
      this.error = error instanceof Error ? error : new Error(String(error));
      this.state = 'failed';
    }
  }
}
