import type { MaskedRecord } from '../../../shared/access/index.ts';
import { names } from '../../stores/names.svelte.ts';
import { findRecords } from '../../stores/reads.ts';
import { can, session } from '../../stores/session.svelte.ts';
import type { Search } from '../../ui/fields/search.svelte.ts';
import type { Option } from '../../ui/types.ts';
import { text, titleOf } from '../values.ts';

const OFFERED = 20;
/** Held open whole by the names store, so they are searched without asking the server. */
type Whole = 'user' | 'team' | 'pipeline';
const isWhole = (object: string): object is Whole => ['user', 'team', 'pipeline'].includes(object);

/**
 * Finds records of an object by what is typed, for a Combobox. `prefer` is a filter for what to offer before anything
 * is typed: the contacts of the deal's company, for one. `toUse`: not what is out of use, a product no longer sold.
 */
export function searchFor(target: string, prefer?: Record<string, unknown>, toUse = false): Search {
  return async (typed, signal) => {
    if (isWhole(target)) return searchWhole(target, typed);
    const first = typed === '' ? prefer : undefined;
    const used = toUse ? inUse(target) : undefined;
    const filter = first || used ? { ...first, ...used } : undefined;
    const rows = await findRecords(target, { q: typed || undefined, filter, limit: OFFERED });
    if (first && rows.length === 0) return searchFor(target, undefined, toUse)(typed, signal);
    return rows.map((row) => optionOf(target, row));
  };
}

/** The option that stands for a record. */
function optionOf(target: string, record: MaskedRecord): Option {
  const label = titleOf(session.registry.get(target), record);
  if (target === 'user') {
    const title = text(record, 'title');
    return {
      value: record.id,
      label,
      person: { id: record.id, name: label },
      ...(title ? { text: title } : {}),
    };
  }
  const more = text(record, TELLING[target] ?? '');
  return { value: record.id, label, ...(more ? { text: more } : {}) };
}

/** Tells one from another of the same name. */
const TELLING: Readonly<Record<string, string>> = { contact: 'job_title', company: 'city', product: 'code' };

/** A filter for what is in use, where an object knows of that. */
const inUse = (target: string): Record<string, unknown> | undefined =>
  session.registry.get(target).fields['active'] && can.field(target, 'active') !== 'hidden'
    ? { active: true }
    : undefined;

/** The option for an id that is chosen already, once its name is here. */
export function chosenOption(target: string, id: string | null): Option | null {
  const record = id === null ? null : names.get(target, id);
  return record ? optionOf(target, record) : null;
}

function searchWhole(target: Whole, typed: string): Promise<Option[]> {
  const object = session.registry.get(target);
  const wanted = typed.toLocaleLowerCase();
  const found = names
    .all(target)
    .filter((record) => record['active'] !== false)
    .filter((record) => titleOf(object, record).toLocaleLowerCase().includes(wanted))
    .sort((a, b) => titleOf(object, a).localeCompare(titleOf(object, b)))
    .map((record) => optionOf(target, record));
  return Promise.resolve(found);
}
