import { ApiError } from '../../../../shared/protocol/errors.ts';
import type { ShareAnswer, ShareInput } from '../../../../shared/protocol/policy.ts';
import { api } from '../../../net/http.ts';
import { session } from '../../../stores/session.svelte.ts';

/** A share as it is shown: at once, and marked while the server has not said yes. */
export interface ShownShare extends ShareAnswer {
  sign: 'none' | 'sending' | 'taking';
}

/** The shares of one record. */
export class Shares {
  #known = $state.raw<readonly ShareAnswer[] | null>(null);
  /** Asked for and not answered yet, by what they are to. */
  #sending = $state.raw<readonly ShareInput[]>([]);
  #taking = $state.raw<readonly string[]>([]);
  failed = $state(false);
  readonly #object: string;
  readonly #record: string;

  readonly list: readonly ShownShare[] | null = $derived.by(() => {
    if (this.#known === null) return null;
    const coming = this.#sending.map((share): ShownShare => ({ ...this.#drawn(share), sign: 'sending' }));
    const there = this.#known
      .filter(({ to }) => !coming.some((share) => share.to.id === to.id))
      .map((share): ShownShare => ({ ...share, sign: this.#taking.includes(share.id) ? 'taking' : 'none' }));
    return [...coming, ...there];
  });

  constructor(object: string, record: string) {
    this.#object = object;
    this.#record = record;
  }

  async load(): Promise<void> {
    try {
      const { rows } = await api.get<{ rows: ShareAnswer[] }>('/api/shares', {
        object: this.#object,
        id: this.#record,
      });
      this.#known = rows;
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  /** Shares it, or shares it otherwise with whom it is shared already. Answers the error where it was refused. */
  async give(share: Pick<ShareInput, 'to' | 'level' | 'ends_at'>): Promise<Error | null> {
    const whole: ShareInput = { object: this.#object, id: this.#record, ...share };
    this.#sending = [whole, ...this.#sending];
    try {
      const given = await api.post<ShareAnswer>('/api/shares', whole);
      this.#known = [given, ...(this.#known ?? []).filter(({ to }) => to.id !== given.to.id)];
      return null;
    } catch (error) {
      return asError(error);
    } finally {
      this.#sending = this.#sending.filter((one) => one !== whole);
    }
  }

  /** Takes one back. Answers the error where it stays; gone already is gone. */
  async take(id: string): Promise<Error | null> {
    this.#taking = [...this.#taking, id];
    try {
      await api.delete(`/api/shares/${id}`);
      this.#known = (this.#known ?? []).filter((share) => share.id !== id);
      return null;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'not_found')) return asError(error);
      await this.load();
      return null;
    } finally {
      this.#taking = this.#taking.filter((one) => one !== id);
    }
  }

  #drawn({ to, level, ends_at = null }: ShareInput): ShareAnswer {
    return {
      id: `sending ${to.id}`,
      object: this.#object,
      record: this.#record,
      to,
      level,
      ends_at,
      given_by: session.actor.userId,
      created_at: '',
    };
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
