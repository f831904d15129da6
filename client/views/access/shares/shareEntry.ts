import Share2 from '@lucide/svelte/icons/share-2';
import type { MaskedRecord } from '../../../../shared/access/index.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import { session } from '../../../stores/session.svelte.ts';
import { ids, mayDo } from '../../../stores/values.ts';
import { isRuled } from '../rules/ruledObjects.ts';
import { w } from './w.ts';

interface ShareEntry {
  label: string;
  icon: typeof Share2;
  disabledReason?: string;
  run: () => void;
}

/** The line of a menu that opens the sharing of a record; null for what is not shared. */
export function shareEntry(object: ObjectDef, record: MaskedRecord, run: () => void): ShareEntry | null {
  if (!isRuled(object)) return null;
  const entry = { label: w.share, icon: Share2, run };
  return mayShare(object, record) ? entry : { ...entry, disabledReason: w.needs };
}

/** As the server decides it: whoever may hand it over, or whose own it is and who may change it. */
function mayShare(object: ObjectDef, record: MaskedRecord): boolean {
  if (mayDo(record, 'assign')) return true;
  const mine = [object.facts.owner, object.facts.participants].some(
    (field) => field !== undefined && ids(record, field).includes(session.actor.userId),
  );
  return mine && mayDo(record, 'update');
}
