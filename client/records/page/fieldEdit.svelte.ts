import type { MaskedRecord } from '../../../shared/access/index.ts';
import { sameValue, type Field, type Value } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { change } from '../../stores/commands.svelte.ts';
import { t } from '../../words/index.ts';
import { cleaned, problemWith } from '../fields/check.ts';
import { valueOf } from '../values.ts';
import { w } from '../w.ts';

interface Props {
  object: ObjectDef;
  record: MaskedRecord;
  field: Field;
}

/**
 * One field of a record being edited in its place. What is typed stays whatever arrives meanwhile; a refusal opens the
 * editor again, with what was typed and why it was refused.
 */
export class FieldEdit {
  #props: () => Props;
  #open = $state(false);
  value = $state.raw<Value>(null);
  error = $state<string | null>(null);
  /** The value that the edit began from. */
  #base = $state.raw<Value>(null);
  #now: Value = $derived.by(() => valueOf(this.#props().record, this.#props().field.name) ?? null);
  /** Someone changed it since: what to is in `theirs`. */
  overtaken: boolean = $derived(this.#open && !sameValue(this.#now, this.#base));

  constructor(props: () => Props) {
    this.#props = props;
  }

  get open(): boolean {
    return this.#open;
  }
  /** Opening starts from the record; closing throws away what was typed – but not while there is a choice to make. */
  set open(open: boolean) {
    if (!open && this.overtaken) return;
    if (open && !this.#open) {
      this.value = this.#now;
      this.#base = this.#now;
      this.error = null;
    }
    this.#open = open;
  }

  /** Closes in any case: what the record holds stands. */
  cancel(): void {
    this.#open = false;
  }

  /** Goes on with one's own value in spite of theirs. */
  keepMine(): void {
    this.#base = this.#now;
  }

  /** Saves and closes; false where the value is not right, which then stays open with the reason. */
  save(): boolean {
    if (!this.#open) return true;
    const { field, record } = this.#props();
    const value = cleaned(field, this.value);
    const problem = problemWith(field, value, false, w);
    this.error = problem;
    if (problem !== null) return false;
    this.#open = false;
    // Left as it was: then theirs stands, if there is any.
    if (!sameValue(value, this.#base)) void this.#send(record.id, value);
    return true;
  }

  async #send(id: string, value: Value): Promise<void> {
    const { object, field } = this.#props();
    const base = this.#base;
    const outcome = await change(object.name, id, { [field.name]: value }, { quiet: true });
    if (outcome.ok || this.#props().record.id !== id) return;
    const { error } = outcome;
    this.value = value;
    this.#base = base;
    this.error =
      error.code === 'version_conflict' ? null : (error.details.fields?.[field.name] ?? t.errors.say(error));
    this.#open = true;
  }
}
