import type { MaskedRecord } from '../../shared/access/index.ts';
import type { Value } from '../../shared/fields/index.ts';
import { newId } from '../../shared/lib/ids.ts';
import { ApiError } from '../../shared/protocol/errors.ts';
import { api } from '../net/http.ts';
import { t } from '../words/index.ts';
import { notify } from './notice.ts';
import { replica } from './pool.svelte.ts';
import { session } from './session.svelte.ts';
import { Writes, type Write } from './writes.ts';

/**
 * `waiting`: there is no connection; it is shown as if it were done, and sent once there is.
 * `record` is null while waiting, and where the write moved the record out of one's own reach.
 */
export type Outcome =
  { ok: true; record: MaskedRecord | null; waiting?: true } | { ok: false; error: ApiError };

export interface ChangeOptions {
  /** Offers to take it back; a text says what was done. */
  undo?: boolean | string;
  /** Further values to show until the answer is here, where the server will set them. */
  preview?: Record<string, Value>;
  /** The caller shows a refusal itself, in place. */
  quiet?: boolean;
}

type Values = Record<string, Value>;
/** The record after a write, or a note that it is out of reach now. */
export type Written = MaskedRecord | { id: string; version: number; gone: true };

class Commands {
  readonly #writes = new Writes({ waiting: (keys) => (this.waiting = keys) });

  /** Records (as `object/id`) with writes that wait for a connection. */
  waiting = $state.raw<readonly string[]>([]);

  /** Reactive: something of this record waits to be sent. */
  isWaiting(object: string, id: string): boolean {
    return this.waiting.includes(`${object}/${id}`);
  }

  async change(object: string, id: string, values: Values, options: ChangeOptions = {}): Promise<Outcome> {
    const former = replica.told(object, id);
    const token = replica.overlay(object, id, { ...sinceNow(object, values), ...values, ...options.preview });
    const outcome = await this.write(`${object}/${id}`, {
      fields: Object.keys(values),
      seen: former?.version ?? null,
      send: async (version, idempotencyKey) => {
        const written = await api.patch<Written>(
          path(object, id),
          { ...values, ...(version === null ? {} : { version }) },
          { idempotencyKey },
        );
        learn(object, written);
        return written;
      },
      settled: () => replica.settle(object, id, token),
      refusedLate: (error) => this.#refused(object, id, values, asRefusal(error), options),
    });
    if (outcome.ok && options.undo && former) this.#offerUndo(object, id, values, former, options.undo);
    if (!outcome.ok) this.#refused(object, id, values, outcome.error, options);
    return outcome;
  }

  async create(
    object: string,
    values: Values,
    { quiet = false }: { quiet?: boolean } = {},
  ): Promise<Outcome> {
    const outcome = await this.write(`${object}/${newId()}`, {
      fields: Object.keys(values),
      seen: null,
      send: (_, idempotencyKey) => api.post<Written>(path(object), values, { idempotencyKey }),
      refusedLate: (error) => this.#tell(object, asRefusal(error)),
    });
    if (!outcome.ok && !quiet) this.#tell(object, outcome.error);
    return outcome;
  }

  async remove(object: string, id: string): Promise<Outcome> {
    const outcome = await this.write(`${object}/${id}`, {
      fields: [],
      seen: replica.told(object, id)?.version ?? null,
      send: async (version, idempotencyKey) => {
        await api.delete(path(object, id), { version }, { idempotencyKey });
        return null;
      },
      refusedLate: (error) => this.#tell(object, asRefusal(error)),
    });
    if (!outcome.ok) this.#tell(object, outcome.error);
    else if (!outcome.waiting) {
      notify({
        title: t.commands.deleted(session.registry.get(object).label),
        tone: 'good',
        action: { label: t.commands.undo, run: () => void this.restore(object, id) },
      });
    }
    return outcome;
  }

  /** Takes a record out of the bin again. */
  async restore(object: string, id: string): Promise<Outcome> {
    const outcome = await this.write(`${object}/${id}`, {
      fields: [],
      seen: null,
      send: (_, idempotencyKey) => api.post<Written>(`${path(object, id)}/restore`, {}, { idempotencyKey }),
    });
    if (!outcome.ok) this.#tell(object, outcome.error);
    return outcome;
  }

  /** Sends what waits. */
  flush(): Promise<void> {
    return this.#writes.flush();
  }

  /** Throws away what waits, and says how much that was. */
  clear(): number {
    return this.#writes.clear();
  }

  /** A write of any other shape, in the line of a record (`object/id`): after what was done to it before. */
  async write(key: string, write: Write<Written | null>): Promise<Outcome> {
    try {
      const written = await this.#writes.add(key, write);
      if (written === 'waiting') return { ok: true, record: null, waiting: true };
      return { ok: true, record: written && !('gone' in written) ? (written as MaskedRecord) : null }; // not gone: the record
    } catch (error) {
      return { ok: false, error: asRefusal(error) };
    }
  }

  #offerUndo(object: string, id: string, values: Values, former: MaskedRecord, undo: true | string): void {
    const back: Values = {};
    // What is in a record beside `may` are values, by the registry.
    for (const name of Object.keys(values)) if (name in former) back[name] = (former[name] ?? null) as Value;
    const title = undo === true ? t.commands.changed(session.registry.get(object).label) : undo;
    const action = { label: t.commands.undo, run: () => void this.change(object, id, back) };
    notify({ title, tone: 'good', action });
  }

  #refused(object: string, id: string, values: Values, error: ApiError, options: ChangeOptions): void {
    if (error.code === 'version_conflict') {
      // `current` is the record as this person may see it now (shared/protocol/errors.ts).
      if (error.details.current) learn(object, error.details.current as MaskedRecord);
      if (options.quiet) return;
      const fields = Object.keys(values).map((name) => labelOf(object, name));
      notify({
        title: t.commands.conflict(fields),
        text: t.commands.conflict_text,
        tone: 'warn',
        timeout_ms: 0,
        action: { label: t.commands.use_mine, run: () => void this.change(object, id, values, options) },
      });
    } else if (!options.quiet) this.#tell(object, error);
  }

  #tell(object: string, error: ApiError): void {
    if (error.code === 'unauthenticated' || error.code === 'session_ended') return;
    const fields = Object.entries(error.details.fields ?? {}).map(
      ([name, why]) => `${labelOf(object, name)}: ${why}`,
    );
    notify({
      title: t.commands.refused(session.registry.get(object).label),
      text: [t.errors.say(error), ...fields].join(' · '),
      tone: 'bad',
      timeout_ms: 10_000,
    });
  }
}

export const commands = new Commands();

/**
 * Changes fields of a record. Shown at once; comes back with words if the server refuses. Resolves with the outcome,
 * never rejects.
 */
export const change = (
  object: string,
  id: string,
  values: Values,
  options?: ChangeOptions,
): Promise<Outcome> => commands.change(object, id, values, options);

/** Creates a record; the outcome carries it. Never rejects. */
export const create = (object: string, values: Values, options?: { quiet?: boolean }): Promise<Outcome> =>
  commands.create(object, values, options);

/** Puts a record into the bin, and offers to take it out again. Never rejects. */
export const remove = (object: string, id: string): Promise<Outcome> => commands.remove(object, id);

const asRefusal = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError('internal', t.errors.internal);

const path = (object: string, id?: string): string =>
  `/api/${session.registry.get(object).plural}${id === undefined ? '' : `/${id}`}`;

const labelOf = (object: string, field: string): string =>
  session.registry.get(object).fields[field]?.label ?? field;

const learn = (object: string, written: Written): void => {
  if (!('gone' in written)) replica.learned(object, written as MaskedRecord); // not gone: the record
};

/** A stage that is entered now has been entered now: so that the card stands at its place before the answer comes. */
function sinceNow(object: string, values: Values): Values {
  const { fields } = session.registry.get(object);
  const since = Object.keys(values).filter(
    (name) => fields[name]?.kind === 'stage' && fields[`${name}_since`],
  );
  return Object.fromEntries(since.map((name) => [`${name}_since`, new Date().toISOString()]));
}
