import { countryCode } from '../lib/countries.ts';
import { valueSchema } from './kinds.ts';
import { readDay, readMoment, type DateOrder } from './parseDate.ts';
import { readNumber } from './parseNumber.ts';
import type { Field, Value } from './types.ts';

export { areAmbiguous, dateOrders, type DateOrder } from './parseDate.ts';

/** How the texts of a column are written. */
export interface Writing {
  /** Order of day, month and year. */
  dates?: DateOrder | undefined;
  /** What stands before the decimals. */
  decimal?: '.' | ',' | undefined;
  /** Numbers are multiplied by this. */
  factor?: number | undefined;
}

export type Parsed = { value: Value } | { problem: string };

/**
 * The value that a text of a file has for a field, or why it has none, in a sentence for people. Nothing at all is null,
 * also where the field must have a value. Relations, stages and what leads elsewhere are not for this function.
 */
export function parseText(field: Field, text: string, how: Writing = {}): Parsed {
  const said = text.trim();
  if (said === '') return { value: null };
  const read = readers[field.kind]?.(said, field, how) ?? { problem: 'Cannot be read from a text' };
  if ('problem' in read) return read;
  const checked = valueSchema(field).safeParse(read.value);
  if (checked.success) return { value: checked.data };
  return { problem: checked.error.issues[0]?.message ?? 'Not a value of this field' };
}

type Reader = (said: string, field: Field, how: Writing) => Parsed;

const readers: Partial<Record<Field['kind'], Reader>> = {
  text: (said, field) => {
    const line = said.replace(/\s*[\r\n]+\s*/g, ' ');
    const code = field.codes === 'country' ? countryCode(line) : line;
    return code === null ? { problem: 'Not a country we know' } : { value: code };
  },
  longtext: (said) => ({ value: said.replace(/\r\n?/g, '\n') }),
  email: (said) => ({
    value: said
      .replace(/^mailto:/i, '')
      .replace(/^<(.*)>$/, '$1')
      .trim(),
  }),
  phone: (said) => ({
    value: said
      .replace(/^tel:/i, '')
      .replace(/[\u2010-\u2015\u2212]/g, '-')
      .replace(/\s+/g, ' '),
  }),
  url: (said) => ({
    value: /^[a-z][a-z0-9+.-]*:/i.test(said) && !/^[^:/]+:\d+/.test(said) ? said : bareAddress(said),
  }),
  integer: (said, _, how) => readNumber(said, { ...how, decimals: 0 }),
  money: (said, _, how) => readNumber(said, { ...how, decimals: 2 }),
  percent: (said, _, how) => readNumber(said, { ...how, decimals: 2 }),
  boolean: (said) => {
    const word = said.toLowerCase();
    if (YES.has(word)) return { value: true };
    if (NO.has(word)) return { value: false };
    return { problem: 'Must be yes or no' };
  },
  date: (said, _, { dates }) => readDay(said, dates),
  instant: (said, _, { dates }) => readMoment(said, dates),
  choice: (said, field) => {
    const word = plain(said);
    const choice =
      field.choices.find(({ value }) => value === said) ??
      field.choices.find(({ value, label }) => plain(value) === word || plain(label) === word);
    if (choice) return { value: choice.value };
    return { problem: `Must be one of: ${field.choices.map(({ label }) => label).join(', ')}` };
  },
};

const YES = new Set(['yes', 'y', 'true', 't', '1', 'x', 'on', '✓', 'ja', 'wahr', '是']);
const NO = new Set(['no', 'n', 'false', 'f', '0', '-', 'off', 'nein', 'falsch', '否']);

const plain = (text: string): string => text.toLowerCase().replace(/[\s_]+/g, '');

const bareAddress = (said: string): string =>
  /^[\p{L}\d-]+(\.[\p{L}\d-]+)+([:/?#].*)?$/u.test(said) ? `https://${said}` : said;
