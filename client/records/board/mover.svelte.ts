import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { Field, StageDef, Value } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { change } from '../../stores/commands.svelte.ts';
import { announce } from '../../ui/overlays/announcer.svelte.ts';
import { fieldsToAsk } from '../stages.ts';
import { mayEdit, text, titleOf } from '../values.ts';
import { w } from '../w.ts';

/** A move that waits for answers. */
export interface Asking {
  record: MaskedRecord;
  stage: StageDef;
  fields: Field[];
}

/** Moves the records of an object from stage to stage, asking first for what the stage wants to know. One per page. */
export class Mover {
  asking = $state.raw<Asking | null>(null);
  readonly object: ObjectDef;
  #moved: (record: MaskedRecord, stage: StageDef) => void;

  /** @param moved called as soon as a move is made, before the server has answered */
  constructor(object: ObjectDef, moved: (record: MaskedRecord, stage: StageDef) => void = () => {}) {
    this.object = object;
    this.#moved = moved;
  }

  /** Moves, or asks first. Does nothing where the person may not, or the record is there already. */
  move(record: MaskedRecord, stage: StageDef): void {
    if (!mayEdit(record, 'stage') || text(record, 'stage') === stage.key) return;
    const fields = fieldsToAsk(this.object, record, stage);
    if (fields.length > 0) this.asking = { record, stage, fields };
    else this.#go(record, stage, {});
  }

  /** The answers are here. */
  answer(values: Record<string, Value>): void {
    const asking = this.asking;
    this.asking = null;
    if (asking) this.#go(asking.record, asking.stage, values);
  }

  cancel(): void {
    this.asking = null;
  }

  #go(record: MaskedRecord, stage: StageDef, values: Record<string, Value>): void {
    this.#moved(record, stage);
    const done = w.board_words.moved_to(titleOf(this.object, record), stage.name);
    announce(done);
    void change(this.object.name, record.id, { stage: stage.key, ...values }, { undo: done });
  }
}
