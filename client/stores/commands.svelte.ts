import type { MaskedRecord } from '../../shared/access/index.ts';
import type { Value } from '../../shared/fields/index.ts';
import { newId } from '../../shared/lib/ids.ts';
import { ApiError, readOnly } from '../../shared/protocol/errors.ts';
import { looksAs } from '../net/seeAs.ts';
import { t } from '../words/index.ts';
import { notify } from './notice.ts';
import { replica } from './pool.svelte.ts';
import { session } from './session.svelte.ts';
import { browserLocks } from './unsent/locks.ts';
import { FullError, type Making } from './unsent/outside.ts';
import { WriteQueue } from './unsent/queue.ts';
import { Ready } from './unsent/ready.ts';
import { sendAct, type Written } from './unsent/send.ts';
import { LocalShelf, sweepShelves } from './unsent/shelf.ts';
import { fieldsOf, needsAnswer, type Act, type UnsentWrite } from './unsent/write.ts';

/**
 * `waiting`: there is no connection; it is shown as if it were done, and sent once there is.
 * `record` is null while waiting, and where the write moved the record out of one's own reach.
 */
export type Outcome =
  { ok: true; record: MaskedRecord | null; waiting?: true; key: string } | { ok: false; error: ApiError };

export interface ChangeOptions {
  /** Offers to take it back; a text says what was done. */
  undo?: boolean | string;
  /** Further values to show until the answer is here, where the server will set them. */
  preview?: Values;
  /** The caller shows a refusal itself, in place. */
  quiet?: boolean;
}

type Values = Record<string, Value>;

/** Who draws messages that are not in the thread yet (outgoing.svelte.ts). */
interface Messages {
  show(write: UnsentWrite): () => void;
  arrived(write: UnsentWrite, id: string | null): void;
}

class Commands {
  /** Reactive: all that the server has not answered, oldest first. */
  list = $state.raw<readonly UnsentWrite[]>([]);
  /** What goes by itself once there is a connection. */
  waiting: readonly UnsentWrite[] = $derived(this.list.filter(({ state }) => state === 'waiting'));
  /** What the person has to decide about. */
  asking: readonly UnsentWrite[] = $derived(this.list.filter(needsAnswer));
  /** Both: what would be lost if the person left for good. */
  unsent: readonly UnsentWrite[] = $derived(this.list.filter(({ state }) => state !== 'sending'));
  /** The list of it all is on the screen. */
  looking = $state(false);
  /** So many stay in this browser for whoever's session has run out. */
  left = $state(0);

  #queue: WriteQueue<Written> | null = null;
  #ready: Ready | null = null;
  #user = '';
  #messages: Messages | null = null;
  #notices: (() => void)[] = [];

  drawMessages(by: Messages): void {
    this.#messages = by;
  }

  /** This person has signed in: what they left unsent in this browser goes on. */
  begin(user: string): void {
    if (looksAs() !== null || (this.#queue && this.#user === user)) return;
    this.#queue?.leave(true);
    sweepShelves(Date.now());
    const ready = new Ready(user, () => location.reload());
    this.#user = user;
    this.#ready = ready;
    this.left = 0;
    this.#queue = new WriteQueue<Written>({
      shelf: new LocalShelf(user),
      locks: browserLocks(),
      ready: () => ready.now(),
      send: sendAct,
      show: (write) => this.#show(write),
      done: (write, written) => this.#done(write, written),
      late: (write) => this.#late(write),
      changed: () => (this.list = this.#queue?.list() ?? []),
    });
    this.list = this.#queue.list();
    void this.flush();
  }

  /** Reactive: something of this record waits to be sent. */
  isWaiting(object: string, id: string): boolean {
    return this.waiting.some(({ line }) => line === `${object}/${id}`);
  }

  async change(object: string, id: string, values: Values, options: ChangeOptions = {}): Promise<Outcome> {
    const former = replica.told(object, id);
    const line = `${object}/${id}`;
    // A reply that waits will change the status itself: what is said after it is no conflict with it.
    const answered =
      'status' in values && this.list.some((one) => one.line === line && one.act.kind === 'say');
    const outcome = await this.write(
      { kind: 'change', object, id, values, shows: { ...sinceNow(object, values), ...options.preview } },
      { line, seen: answered ? null : (former?.version ?? null), inPlace: options.quiet ?? false },
    );
    if (outcome.ok && options.undo && former)
      this.#offerUndo(object, id, values, former, options.undo, outcome.key);
    if (!outcome.ok && !options.quiet) this.#tell(object, outcome.error, Object.keys(values));
    return outcome;
  }

  async create(
    object: string,
    values: Values,
    { quiet = false }: { quiet?: boolean } = {},
  ): Promise<Outcome> {
    const line = `${object}/${newId()}`;
    const outcome = await this.write(
      { kind: 'create', object, values },
      { line, seen: null, inPlace: quiet },
    );
    if (!outcome.ok && !quiet) this.#tell(object, outcome.error);
    return outcome;
  }

  async remove(object: string, id: string): Promise<Outcome> {
    const seen = replica.told(object, id)?.version ?? null;
    const outcome = await this.write({ kind: 'remove', object, id }, { line: `${object}/${id}`, seen });
    if (!outcome.ok) this.#tell(object, outcome.error);
    else {
      const back = (): void => void this.restore(object, id);
      notify({
        title: t.commands.deleted(session.registry.get(object).label),
        tone: 'good',
        action: { label: t.commands.undo, run: () => void this.takeBack(outcome.key, back) },
      });
    }
    return outcome;
  }

  /** Takes a record out of the bin again. */
  async restore(object: string, id: string): Promise<Outcome> {
    const outcome = await this.write(
      { kind: 'restore', object, id },
      { line: `${object}/${id}`, seen: null },
    );
    if (!outcome.ok) this.#tell(object, outcome.error);
    return outcome;
  }

  /** Undoes a write: one that was certainly not sent is not sent at all, any other is followed by what `back` does. */
  async takeBack(key: string, back: () => void): Promise<void> {
    if (!(await this.#queue?.cancel(key))) back();
  }

  /** A write of any shape, in its line. Never rejects. */
  async write(act: Act, making: Making): Promise<Outcome> {
    if (!this.#queue) return { ok: false, error: readOnly() };
    const { key, outcome } = this.#queue.add(act, making);
    try {
      const written = await outcome;
      if (written === 'waiting') return { ok: true, record: null, waiting: true, key };
      return { ok: true, record: written && !('gone' in written) ? written : null, key };
    } catch (error) {
      return { ok: false, error: asRefusal(error) };
    }
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    await this.#queue?.flush();
  }

  /** The connection broke, or the machine slept: who this is has to be asked before more is sent. */
  lost(): void {
    this.#ready?.lost();
  }

  /** Shows the list of it all; what spoke of it in the corner has been heard. */
  look(): void {
    for (const dismiss of this.#notices.splice(0)) dismiss();
    this.looking = true;
  }

  /** Sends one again that needed an answer: upon the version that the person has seen by now. */
  retry(key: string, seen?: number): void {
    this.#queue?.retry(key, seen);
  }

  discard(key: string): void {
    this.#queue?.discard(key);
  }

  /** The session is over. `keep`: what is unsent stays here for its person. Answers how many were thrown away. */
  leave(keep: boolean): number {
    let count = this.#queue?.leave(keep) ?? 0;
    if (!keep && !this.#queue && this.#user !== '') {
      // The reason came after the end: what was kept until it was known goes too.
      const shelf = new LocalShelf(this.#user);
      const kept = shelf.all();
      for (const { key } of kept) shelf.drop(key);
      count = kept.length;
    }
    this.#queue = null;
    this.#ready = null;
    this.list = [];
    this.looking = false;
    this.left = keep ? count || this.left : 0;
    if (!keep) this.#user = '';
    return keep ? 0 : count;
  }

  // —— what the queue tells ——

  #show(write: UnsentWrite): () => void {
    const { act } = write;
    if (act.kind === 'say') return this.#messages?.show(write) ?? (() => undefined);
    if (act.kind === 'create') return () => undefined;
    const { object, id } = act;
    // What stands in a write of ours are values, by the registry.
    const values = act.kind === 'change' ? ({ ...act.shows, ...act.values } as Values) : {};
    const gone = act.kind === 'change' ? undefined : act.kind === 'remove';
    const token = replica.overlay(object, id, values, gone, write.at);
    return () => replica.settle(object, id, token);
  }

  #done({ act, ...write }: UnsentWrite, written: Written | null): void {
    if (act.kind === 'say') this.#messages?.arrived({ act, ...write }, written?.id ?? null);
    else if (written && 'gone' in written)
      replica.apply([['leave', act.object, written.id, written.version, {}]]);
    else if (written) replica.learned(act.object, written);
  }

  /** Nobody looked on any more when it was refused. */
  #late(write: UnsentWrite): void {
    const { act, state, why } = write;
    const object = act.kind === 'say' ? (act.as === 'note' ? 'note' : 'message') : act.object;
    if (state === 'conflict') this.#tellConflict(object, fieldsOf(write));
    else {
      const reason = why ? [t.errors.say(new ApiError(why.code, why.message)), ...fieldReasons(object, why.fields)] : [t.unsent.reasons[state === 'old' ? 'old' : 'unsure']]; // prettier-ignore
      this.#notify(t.commands.refused(session.registry.get(object).label), reason.join(' · '), 'bad');
    }
  }

  #offerUndo(
    object: string,
    id: string,
    values: Values,
    former: MaskedRecord,
    undo: true | string,
    key: string,
  ): void {
    const back: Values = {};
    // What is in a record beside `may` are values, by the registry.
    for (const name of Object.keys(values)) if (name in former) back[name] = (former[name] ?? null) as Value;
    const title = undo === true ? t.commands.changed(session.registry.get(object).label) : undo;
    const run = (): void => void this.takeBack(key, () => void this.change(object, id, back));
    notify({ title, tone: 'good', action: { label: t.commands.undo, run } });
  }

  #tell(object: string, error: ApiError, fields: readonly string[] = []): void {
    if (error.code === 'unauthenticated' || error.code === 'session_ended') return;
    if (error.code === 'version_conflict') return this.#tellConflict(object, fields);
    notify({
      title: t.commands.refused(session.registry.get(object).label),
      text: [t.errors.say(error), ...fieldReasons(object, error.details.fields)].join(' · '),
      tone: 'bad',
      timeout_ms: 10_000,
    });
  }

  #tellConflict(object: string, fields: readonly string[]): void {
    const { label } = session.registry.get(object);
    const labels = fields.map((name) => labelOf(object, name));
    this.#notify(t.commands.conflict(labels.length > 0 ? labels : [label]), t.commands.conflict_text, 'warn');
  }

  #notify(title: string, text: string, tone: 'warn' | 'bad'): void {
    const action = { label: t.unsent.look, run: () => this.look() };
    this.#notices.push(notify({ title, text, tone, timeout_ms: 0, action }));
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

function asRefusal(error: unknown): ApiError {
  if (error instanceof FullError) return new ApiError('too_large', t.unsent.full);
  return error instanceof ApiError ? error : new ApiError('internal', t.errors.internal);
}

const labelOf = (object: string, field: string): string =>
  session.registry.get(object).fields[field]?.label ?? field;

const fieldReasons = (object: string, fields: Record<string, string> = {}): string[] =>
  Object.entries(fields).map(([name, why]) => `${labelOf(object, name)}: ${why}`);

/** A stage that is entered now has been entered now: so that the card stands at its place before the answer comes. */
function sinceNow(object: string, values: Values): Values {
  const { fields } = session.registry.get(object);
  const since = Object.keys(values).filter(
    (name) => fields[name]?.kind === 'stage' && fields[`${name}_since`],
  );
  return Object.fromEntries(since.map((name) => [`${name}_since`, new Date().toISOString()]));
}
