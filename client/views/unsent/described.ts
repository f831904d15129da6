import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { valueText } from '../../records/fields/text.ts';
import { lookup } from '../../records/lookup.ts';
import { pathOf, titleOf } from '../../stores/values.ts';
import { names } from '../../stores/names.svelte.ts';
import { session } from '../../stores/session.svelte.ts';
import type { Act, UnsentWrite } from '../../stores/unsent/write.ts';
import { w } from './w.ts';

/** One field of an unsent write. */
export interface Line {
  name: string;
  /** Null where the registry does not know it any more. */
  field: Field | null;
  label: string;
  mine: string;
  /** What the record holds; null where that is the same, or not to be seen. */
  theirs: string | null;
}

/** An unsent write as its person reads it. */
export interface Described {
  object: ObjectDef;
  /** Undefined: on its way; null: gone, out of reach, or not made yet. */
  record: MaskedRecord | null | undefined;
  title: string;
  /** The page of the record it is about. */
  href: string | null;
  lines: Line[];
  /** All that was typed, to be copied. */
  text: string;
}

/** Reactive. */
export function describe(write: UnsentWrite): Described {
  const { act } = write;
  const object = session.registry.get(act.kind === 'say' ? 'ticket' : act.object);
  const id = idOf(act);
  const record = id === null ? null : names.get(object.name, id);
  const lines = act.kind === 'change' || act.kind === 'create' ? linesOf(object, act.values, record) : [];
  return {
    object,
    record,
    title: titled(act, object, record),
    href: id === null || !record ? null : pathOf(object.name, id),
    lines,
    text: act.kind === 'say' ? act.body : lines.length === 1 ? (lines[0]?.mine ?? '') : lines.map(({ label, mine }) => `${label}: ${mine}`).join('\n'), // prettier-ignore
  };
}

const idOf = (act: Act): string | null =>
  act.kind === 'say' ? act.ticket : act.kind === 'create' ? null : act.id;

function titled(act: Act, object: ObjectDef, record: MaskedRecord | null | undefined): string {
  if (act.kind === 'create') return w.create(object.label);
  const what = record ? titleOf(object, record) : record === undefined ? '…' : w.unknown(object.label);
  if (act.kind === 'say') return act.as === 'note' ? w.note(what) : w.reply(what);
  if (act.kind === 'remove') return w.remove(what);
  return act.kind === 'restore' ? w.restore(what) : what;
}

function linesOf(
  object: ObjectDef,
  values: Readonly<Record<string, unknown>>,
  record: MaskedRecord | null | undefined,
): Line[] {
  // What is not made yet is looked up by its own values.
  const look = lookup(record ?? ({ ...values } as MaskedRecord));
  const say = (field: Field | null, value: unknown): string =>
    field ? valueText(field, value, look) : String(value ?? '');
  return Object.entries(values).map(([name, value]) => {
    const field = object.fields[name] ?? null;
    const mine = say(field, value);
    const theirs = record && name in record ? say(field, record[name]) : null;
    return { name, field, label: field?.label ?? name, mine, theirs: theirs === mine ? null : theirs };
  });
}
