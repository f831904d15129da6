import { words } from './words.ts';

/** How this person reads: BCP 47 locale, IANA time zone, ISO 4217 currency. */
export type Format = { locale: string; timeZone: string | undefined; currency: string };

const format: Format = { locale: 'en', timeZone: undefined, currency: 'EUR' };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NBSP = '\u00a0';

/** Sets locale, time zone and currency for all of the functions below; call it once, before mounting. */
export function useFormat(patch: Partial<Format>): void {
  Object.assign(format, patch);
  dateFormats.clear();
  numberFormats.clear();
}

/** How long ago, as short as it goes: "now", "4 m", "3 h", "3 d". The future counts as now. */
export function age(at: string | number | Date, now: number | Date = Date.now()): string {
  const minutes = Math.floor((Number(now) - ms(at)) / MINUTE_MS);
  if (minutes < 1) return words.ago_now;
  if (minutes < 60) return words.ago_minutes(minutes);
  if (minutes < 60 * 24) return words.ago_hours(Math.floor(minutes / 60));
  return words.ago_days(Math.floor(minutes / (60 * 24)));
}

/** Whole days between two instants, for ages that turn amber and red. */
export function daysSince(at: string | number | Date, now: number | Date = Date.now()): number {
  return Math.max(0, Math.floor((Number(now) - ms(at)) / DAY_MS));
}

/** When, as one would say it: "now", "10:12", "yesterday", "18 Nov", and with the year when it is another. */
export function when(at: string | number | Date, now: number | Date = Date.now()): string {
  const passed = Number(now) - ms(at);
  if (passed >= 0 && passed < MINUTE_MS) return words.ago_now;
  const days = dayNumber(now) - dayNumber(at);
  if (days === 0) return time(at);
  if (days === 1) return words.yesterday;
  if (days === -1) return words.tomorrow;
  return sameYear(at, now) ? day(at) : dayAndYear(at);
}

/** The head of a day in a timeline: "Today", "Yesterday", "18 November", "18 November 2025". */
export function dayName(at: string | number | Date, now: number | Date = Date.now()): string {
  const days = dayNumber(now) - dayNumber(at);
  if (days === 0) return capital(words.today);
  if (days === 1) return capital(words.yesterday);
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long' };
  return dates(sameYear(at, now) ? options : { ...options, year: 'numeric' }).format(new Date(at));
}

/** "10:12", always 24 hours and two digits, so that times line up under one another. */
export function time(at: string | number | Date): string {
  return dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));
}

/** "18 Nov 2026, 10:12". */
export function dateTime(at: string | number | Date): string {
  return `${dayAndYear(at)}, ${time(at)}`;
}

/** A calendar date `YYYY-MM-DD` written out: "18 December 2026". Dates have no time zone. */
export function date(value: string): string {
  return dates({ day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    calendarDay(value),
  );
}

/** A calendar date in short: "18 Dec", and with the year when it is not the current one. */
export function dateShort(value: string, now: number | Date = Date.now()): string {
  const here = new Date(now).getFullYear() === calendarDay(value).getUTCFullYear();
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', timeZone: 'UTC' };
  return dates(here ? options : { ...options, year: 'numeric' }).format(calendarDay(value));
}

/** "€ 18,400"; cents only when there are any. `amount` in major units. */
export function money(amount: number, currency = format.currency): string {
  const digits = Number.isInteger(amount) ? 0 : 2;
  return spaced(
    numbers({ style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }),
    amount,
  );
}

/** "€ 186k", "€ 1.2m": for heads of columns and totals. */
export function moneyShort(amount: number, currency = format.currency): string {
  const fine = Math.abs(amount) >= 1e6 || Math.abs(amount) < 1e4 ? 1 : 0;
  return spaced(
    numbers({
      style: 'currency',
      currency,
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: Math.abs(amount) < 1000 ? 0 : fine,
    }),
    amount,
  );
}

/** "€" of EUR, as this locale writes it. */
export function currencySign(currency = format.currency): string {
  const parts = numbers({ style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(0);
  return parts.find((part) => part.type === 'currency')?.value ?? currency;
}

/** "1,284"; at most two decimals. */
export function number(value: number): string {
  return numbers({ maximumFractionDigits: 2 }).format(value);
}

/** "60 %" from 60. */
export function percent(value: number): string {
  return `${number(value)}${NBSP}%`;
}

/** Intl puts the sign against the digits ("€18,400"); we set a space between them, and k for thousands. */
function spaced(formatter: Intl.NumberFormat, amount: number): string {
  const parts = formatter.formatToParts(amount);
  return parts
    .map((part, i) => {
      if (part.type === 'compact' && /^[KMBT]$/.test(part.value)) return part.value.toLowerCase();
      const next = parts[i + 1]?.type;
      return part.type === 'currency' && next === 'integer' ? part.value + NBSP : part.value;
    })
    .join('');
}

function day(at: string | number | Date): string {
  return dates({ day: 'numeric', month: 'short' }).format(new Date(at));
}
function dayAndYear(at: string | number | Date): string {
  return dates({ day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(at));
}
function sameYear(a: string | number | Date, b: string | number | Date): boolean {
  const year = dates({ year: 'numeric' });
  return year.format(new Date(a)) === year.format(new Date(b));
}

/** The number of the calendar day in the reader's zone, so that midnight there makes "yesterday". */
function dayNumber(at: string | number | Date): number {
  const iso = dates({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA').format(new Date(at));
  return Math.floor(Date.parse(`${iso}T00:00:00Z`) / DAY_MS);
}

function calendarDay(value: string): Date {
  return new Date(`${value}T00:00:00Z`);
}
function ms(at: string | number | Date): number {
  return new Date(at).getTime();
}
function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(format.locale) + text.slice(1);
}

/** Making an Intl formatter costs more than using it a thousand times: each kind is made once. */
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const numberFormats = new Map<string, Intl.NumberFormat>();

function dates(options: Intl.DateTimeFormatOptions, locale = dateLocale()): Intl.DateTimeFormat {
  return kept(dateFormats, locale + JSON.stringify(options), () => {
    return new Intl.DateTimeFormat(locale, { timeZone: format.timeZone, ...options });
  });
}
function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numberFormats, JSON.stringify(options), () => new Intl.NumberFormat(format.locale, options));
}

/** Plain "en" would write "Nov 18"; the house writes the day first. */
function dateLocale(): string {
  return format.locale === 'en' ? 'en-GB' : format.locale;
}

function kept<T>(pool: Map<string, T>, key: string, make: () => T): T {
  const known = pool.get(key);
  if (known) return known;
  const fresh = make();
  pool.set(key, fresh);
  return fresh;
}
