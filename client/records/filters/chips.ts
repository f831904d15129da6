import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { dateShort } from '../../ui/format.ts';
import { valueText, type Lookup } from '../fields/text.ts';
import type { RecordWords } from '../words.ts';
import { NONE, readRange, type Condition } from './conditions.ts';
import { isPeriod } from './periods.ts';

/** A condition as one would say it: "Owner: my reports", "Closes: this quarter", "Amount: at least € 1,000". */
export function chipText(
  object: ObjectDef,
  { field: name, value }: Condition,
  look: Lookup,
  w: RecordWords,
): string {
  const field = object.fields[name];
  return field ? `${field.label}: ${operandText(field, value, look, w)}` : name;
}

function operandText(field: Field, value: string, look: Lookup, w: RecordWords): string {
  const words = w.filter;
  if (value === NONE) return words.none;
  if (field.kind === 'relation') {
    if (value === 'me') return words.me;
    if (value === 'reports') return words.my_reports;
    if (value === 'team') return words.my_team;
  }
  if (isPeriod(value) && (field.kind === 'date' || field.kind === 'instant')) return words.periods[value];
  if (field.kind === 'boolean') return value === 'true' ? w.yes : w.no;
  const range = ['date', 'instant', 'integer', 'money', 'percent'].includes(field.kind)
    ? readRange(value)
    : null;
  if (range) return rangeText(field, range, look, w);
  if (['relation', 'choice', 'stage'].includes(field.kind)) {
    return value.split(',').map((one) => valueText(field, one, look)).join(', '); // prettier-ignore
  }
  return `“${value}”`;
}

function rangeText(
  field: Field,
  { from, to }: { from: string; to: string },
  look: Lookup,
  w: RecordWords,
): string {
  const days = field.kind === 'date' || field.kind === 'instant';
  const say = (end: string) => (days ? dateShort(end) : valueText(field, Number(end), look));
  if (from && to) return `${say(from)} – ${say(to)}`;
  if (from) return days ? w.filter.since(say(from)) : w.filter.at_least_of(say(from));
  return days ? w.filter.until(say(to)) : w.filter.at_most_of(say(to));
}
