/** In which order day, month and year stand. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

type Read<T> = { value: T } | { problem: string };

const ORDERS: readonly DateOrder[] = ['ymd', 'dmy', 'mdy'];

/** The orders in which all of the texts (blank ones aside) can be read; none where one is no date at all. */
export function dateOrders(texts: readonly string[]): DateOrder[] {
  const said = texts.map((text) => text.trim()).filter((text) => text !== '');
  return ORDERS.filter((order) => said.every((text) => 'value' in readDay(text, order)));
}

/** Whether some of the texts are other days in another order, and nothing among them says which one is meant. */
export function areAmbiguous(texts: readonly string[]): boolean {
  const [first, ...others] = dateOrders(texts);
  if (first === undefined) return false;
  const dayIn = (text: string, order: DateOrder) => JSON.stringify(readDay(text.trim(), order));
  return others.some((order) =>
    texts.some((text) => text.trim() !== '' && dayIn(text, order) !== dayIn(text, first)),
  );
}

/** `YYYY-MM-DD`; of a moment the day it is written with. */
export function readDay(said: string, order?: DateOrder): Read<string> {
  const parts = split(said);
  return parts ? dayOf(parts.day, order) : { problem: 'Must be a date' };
}

/** ISO 8601 in UTC, which is taken where no zone is said; of a day its beginning. */
export function readMoment(said: string, order?: DateOrder): Read<string> {
  const parts = split(said);
  if (!parts) return { problem: 'Must be a moment: a date and a time' };
  const day = dayOf(parts.day, order);
  if ('problem' in day) return day;
  const time = timeOf(parts.time);
  if (time === null) return { problem: 'There is no such time' };
  const at = new Date(`${day.value}T${time}${zoneOf(parts.zone)}`);
  return Number.isNaN(at.getTime()) ? { problem: 'There is no such moment' } : { value: at.toISOString() };
}

/** Day, time and zone of a text; null if it does not look like any of it. */
function split(said: string): { day: string; time: string; zone: string } | null {
  const match =
    /^(?:[a-z]{3,9}\.?,?\s+)??(.+?)(?:(?:[T,]\s*|\s+(?:at\s+)?)(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s*[ap]\.?m\.?)?)\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?|(?:UTC|GMT)[+-]\d{2}:?\d{2})?)?$/i.exec(
      said,
    );
  if (!match) return null;
  return { day: match[1] ?? '', time: match[2] ?? '', zone: match[3] ?? '' };
}

function dayOf(said: string, order: DateOrder | undefined): Read<string> {
  const named = namedMonth(said);
  if (named) return day(named.year, named.month, named.day);
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(said);
  const digits = compact ?? /^(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?$/.exec(said);
  if (!digits) return { problem: 'Must be a date' };
  const [a = '', b = '', c = ''] = compact ? digits.slice(1) : [digits[1], digits[3], digits[4]];
  // A year of four digits in front is never anything else.
  if (a.length === 4) return c.length <= 2 ? day(a, b, c) : { problem: 'Must be a date' };
  if (a.length > 2 || c.length === 3 || c.length === 1) return { problem: 'Must be a date' };
  const readings = (order ? [order] : ORDERS.slice(c.length === 4 ? 1 : 0)).map((one) =>
    ordered(one, a, b, c),
  );
  const possible = new Set(readings.flatMap((one) => ('value' in one ? [one.value] : [])));
  if (possible.size > 1)
    return { problem: 'May be more than one day: say in which order its dates are written' };
  const [only] = possible;
  return only === undefined ? (readings[0] ?? { problem: 'Must be a date' }) : { value: only };
}

function ordered(order: DateOrder, a: string, b: string, c: string): Read<string> {
  if (order === 'dmy') return day(c, b, a);
  if (order === 'mdy') return day(c, a, b);
  return c.length === 4 ? { problem: 'The year does not stand in front' } : day(a, b, c);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `3 March 2024`, `Mar 3, 2024`, `03-Mar-24`, `2024-Mar-03`. */
function namedMonth(said: string): { year: string; month: string; day: string } | null {
  const match =
    /^(?<d>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]*(?<m>[a-z]{3,9})\.?,?[\s-]*(?<y>\d{4}|'?\d{2})$/i.exec(said) ??
    /^(?<m>[a-z]{3,9})\.?[\s-]*(?<d>\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(?<y>\d{4}|'?\d{2})$/i.exec(said) ??
    /^(?<y>\d{4})[\s-]*(?<m>[a-z]{3,9})\.?[\s-]*(?<d>\d{1,2})$/i.exec(said);
  const { y = '', m = '', d = '' } = match?.groups ?? {};
  const month = MONTHS.indexOf(m.slice(0, 3).toLowerCase()) + 1;
  return month > 0 && LONG_MONTHS.test(m) ? { year: y.replace("'", ''), month: String(month), day: d } : null;
}

const LONG_MONTHS =
  /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)$/i;

function day(year: string, month: string, date: string): Read<string> {
  const y = year.length === 2 ? (Number(year) < 70 ? 2000 : 1900) + Number(year) : Number(year);
  const iso = `${String(y).padStart(4, '0')}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const at = new Date(`${iso}T00:00:00Z`);
  const exists = y > 0 && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso);
  return exists ? { value: iso } : { problem: 'There is no such day' };
}

/** `HH:MM:SS.mmm`; null for a time that does not exist. */
function timeOf(said: string): string | null {
  if (said === '') return '00:00:00.000';
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([ap])?/i.exec(said);
  if (!match) return null;
  const [, hour = '', minute = '', second = '00', fraction = '', half] = match;
  let hours = Number(hour);
  if (half) {
    if (hours < 1 || hours > 12) return null;
    hours = (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hours > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return `${String(hours).padStart(2, '0')}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}`;
}

function zoneOf(said: string): string {
  const match = /([+-]\d{2}):?(\d{2})?$/.exec(said);
  return match ? `${match[1]}:${match[2] ?? '00'}` : 'Z';
}
