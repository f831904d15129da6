import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { NamedRecord } from '../../../shared/protocol/index.ts';
import { valueText } from '../../records/fields/text.ts';
import { lookup } from '../../records/lookup.ts';
import { objectIcon } from '../../records/objectIcon.ts';
import { pathOf } from '../../records/values.ts';
import { can } from '../../stores/session.svelte.ts';
import type { Command } from '../../ui/overlays/commands.ts';
import { w } from './w.ts';

/** A record as a line of the palette. Reactive: names of what it points to come later. */
export function lineOf(object: ObjectDef, record: NamedRecord): Command {
  const { number, active } = record.beside;
  const said = factsOf(object, record)
    .filter(({ name }) => name !== 'number')
    .map(({ text }) => text);
  const title = record.title ?? '—';
  const text = [...said, ...(active === false ? [w.left] : [])].join(' · ');
  return {
    value: `${object.name}-${record.id}`,
    label: typeof number === 'number' ? `#${number} ${title}` : title,
    ...(text === '' ? {} : { text }),
    ...(object.name === 'user'
      ? { person: { id: record.id, name: title } }
      : { icon: objectIcon(object.name) }),
  };
}

/** What is known of a record beside its title, in words; empty values are left out. Reactive. */
export function factsOf(
  object: ObjectDef,
  record: NamedRecord,
): { name: string; label: string; text: string }[] {
  const look = lookup(asRecord(record));
  return Object.entries(record.beside).flatMap(([name, value]) => {
    const field = object.fields[name];
    // A pipeline only tells what stages are called; that somebody is here goes without saying.
    const text =
      field && field.kind !== 'boolean' && name !== 'pipeline' ? valueText(field, value, look) : '';
    return field && text !== '' ? [{ name, label: field.label, text }] : [];
  });
}

/** A record that is here whole, named as if it had been found. */
export function namedOf(object: ObjectDef, record: MaskedRecord): NamedRecord {
  const title = record[object.title];
  const beside = (object.found?.beside ?? []).filter((name) => record[name] !== undefined);
  return {
    id: record.id,
    title: typeof title === 'string' ? title : null,
    beside: Object.fromEntries(beside.map((name) => [name, record[name]])),
  };
}

/** Where a record leads: to its page; a person to what is theirs, as far as one may read it; null: nowhere. */
export function hrefOf(object: string, id: string): string | null {
  if (object !== 'user') return pathOf(object, id);
  if (can.read('deal') && can.field('deal', 'owner') !== 'hidden') return `/deals?look=list&owner=${id}`;
  const list = ['company', 'contact'].find((one) => can.read(one) && can.field(one, 'owner') !== 'hidden');
  return list === undefined ? null : `/${list === 'company' ? 'companies' : 'contacts'}?owner=${id}`;
}

/** The list of an object with a search; null where it has none. */
export function listHref({ name, plural, partition }: ObjectDef, q: string): string | null {
  if (pathOf(name, 'any') === null) return null;
  const look = name === 'ticket' ? 'tab=all&' : partition === null ? '' : 'look=list&';
  return `/${plural}?${look}${new URLSearchParams({ q }).toString()}`;
}

/** What little is known of it, in the form of a record. */
const asRecord = ({ id, beside }: NamedRecord): MaskedRecord => ({
  ...(beside as Partial<MaskedRecord>), // values of fields, as the registry has them
  id,
  version: 0,
  created_at: '',
  may: { actions: [], edit: [] },
});
