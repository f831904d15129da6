import { en, type Words } from './en.ts';
import { zh } from './zh.ts';

/** How this visitor reads. */
export interface Language {
  t: Words;
  /** BCP 47, for dates and for `lang`. */
  locale: string;
}

/**
 * The language to speak: the one asked for; Chinese on a Chinese page; else the first of the browser's that we know.
 * A page in English decides nothing, since many say `lang="en"` whatever they are written in.
 */
export function chooseLanguage(
  asked: string | undefined,
  page: string,
  browser: readonly string[],
): Language {
  const candidates = [asked ?? '', /^zh\b/i.test(page) ? page : '', ...browser, 'en'];
  const locale = candidates.find((tag) => /^(en|zh)(-[a-z0-9]{2,8})*$/i.test(tag)) ?? 'en';
  return { t: /^zh/i.test(locale) ? zh : en, locale };
}

/** "09:43" where the reader is. */
export const clockTime = (at: Date, { locale }: Language): string =>
  at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });

/** "Today", "Yesterday", "Saturday, 21 November", with the year where it is another one. */
export function dayName(at: Date, { t, locale }: Language, now = new Date()): string {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  // Days of 23 and 25 hours round to one.
  const ago = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (ago === 0) return t.today;
  if (ago === 1) return t.yesterday;
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return at.toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}
