import type { MaskedRecord } from '../../shared/access/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { seeing } from './seeing.ts';
import { session } from './session.svelte.ts';
import { ids, mayDo } from './values.ts';

/** The record whose sharing is open; any part of a page asks for it, and the frame around all pages shows it. */
class Sharing {
  record = $state.raw<{ object: string; record: MaskedRecord } | null>(null);

  ask(object: string, record: MaskedRecord): void {
    this.record = { object, record };
  }

  close(): void {
    this.record = null;
  }
}

export const sharing = new Sharing();

session.onLeave(() => {
  sharing.close();
  return 0;
});

/** Whether records of that kind are shared at all: parts go with what they belong to. Nobody shares as somebody else. */
export const isShared = (object: ObjectDef): boolean =>
  object.facts.policies !== undefined && object.parents.length === 0 && !seeing.on;

/** As the server decides it: whoever may hand it over, or whose own it is and who may change it. */
export function mayShare(object: ObjectDef, record: MaskedRecord): boolean {
  if (mayDo(record, 'assign')) return true;
  const mine = [object.facts.owner, object.facts.participants].some(
    (field) => field !== undefined && ids(record, field).includes(session.actor.userId),
  );
  return mine && mayDo(record, 'update');
}
