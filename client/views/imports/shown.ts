import { w as records } from '../../records/w.ts';
import { date, dateTime, money, number, percent } from '../../ui/format.ts';

/** A value as it will be, written as lists write it. What could not be read stays as it stands in the file. */
export function shownValue(kind: string | undefined, text: string): string {
  if (kind === 'instant') return /^\d{4}-\d{2}-\d{2}T/.test(text) ? dateTime(text) : text;
  if (kind === 'date') return /^\d{4}-\d{2}-\d{2}$/.test(text) ? date(text) : text;
  if (kind === 'boolean') return text === 'true' ? records.yes : text === 'false' ? records.no : text;
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  if (kind === 'money') return money(Number(text));
  if (kind === 'percent') return percent(Number(text));
  return kind === 'integer' ? number(Number(text)) : text;
}
