import type { MaskedRecord } from '../../../../shared/access/index.ts';
import { REACHED_ACTIONS, type ObjectDef, type ReachedAction } from '../../../../shared/objects/index.ts';
import type { Wanted } from '../../../stores/asking.svelte.ts';
import { session } from '../../../stores/session.svelte.ts';
import { mayDo } from '../../../stores/values.ts';
import { w } from './w.ts';

interface What {
  object: string;
  title: string | null;
  field: string | null;
  action: ReachedAction;
}

/** "Zebu licence: see amount". */
export function whatIs({ object: name, title, field, action }: What): string {
  const object = session.registry.find(name);
  const called = title ?? w.a_record(object?.label ?? name);
  if (field === null) return w.wants(called, w.actions[action]);
  return w.wants_field(called, object?.fields[field]?.label ?? field, action);
}

const ALWAYS: readonly ReachedAction[] = ['read', 'update', 'delete', 'assign', 'export'];
/** Where nothing is known of a record but its address. */
const UNSEEN: ReachedAction[] = ['read', 'update'];

/** What somebody may want to do with it that they may not: all of it where they do not even see it. */
export function lackedOf(
  object: ObjectDef | null,
  { field }: Wanted,
  record: MaskedRecord | null,
): ReachedAction[] {
  if (object === null || record === null) return UNSEEN;
  if (field !== undefined) return Object.hasOwn(record, field) ? ['update'] : ['read', 'update'];
  return REACHED_ACTIONS.filter(
    (action) =>
      (ALWAYS.includes(action) || object.actions.some((own) => own === action)) && !mayDo(record, action),
  );
}
