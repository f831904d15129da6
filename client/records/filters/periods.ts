import { isoDate } from '../../../shared/lib/time.ts';

const PERIODS = ['overdue', 'today', 'last_7_days', 'last_30_days', 'this_month', 'next_month', 'this_quarter', 'next_quarter', 'this_year'] as const; // prettier-ignore
export type Period = (typeof PERIODS)[number];

export const isPeriod = (text: string): text is Period => PERIODS.some((period) => period === text);

/** First and last day, both included, as `YYYY-MM-DD`; an open end is null. */
export interface Span {
  from: string | null;
  to: string | null;
}

/** The days a named period means on the day `today` (`YYYY-MM-DD`). */
export function spanOf(period: Period, today: string): Span {
  const [year, month, day] = parts(today);
  const quarter = Math.floor(month / 3) * 3;
  switch (period) {
    case 'overdue':
      return { from: null, to: at(year, month, day - 1) };
    case 'today':
      return { from: today, to: today };
    case 'last_7_days':
      return { from: at(year, month, day - 6), to: today };
    case 'last_30_days':
      return { from: at(year, month, day - 29), to: today };
    case 'this_month':
      return { from: at(year, month, 1), to: at(year, month + 1, 0) };
    case 'next_month':
      return { from: at(year, month + 1, 1), to: at(year, month + 2, 0) };
    case 'this_quarter':
      return { from: at(year, quarter, 1), to: at(year, quarter + 3, 0) };
    case 'next_quarter':
      return { from: at(year, quarter + 3, 1), to: at(year, quarter + 6, 0) };
    case 'this_year':
      return { from: at(year, 0, 1), to: at(year, 12, 0) };
  }
}

/** The moments a span of days means in the reader's own time zone, `to` being where the day after begins. */
export function instantsOf(span: Span): Span {
  return {
    from: span.from === null ? null : midnight(span.from, 0),
    to: span.to === null ? null : midnight(span.to, 1),
  };
}

const at = (year: number, month: number, day: number): string => isoDate(new Date(year, month, day));

function midnight(day: string, later: number): string {
  const [year, month, date] = parts(day);
  return new Date(year, month, date + later).toISOString();
}

function parts(day: string): [year: number, month: number, day: number] {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return [year, month - 1, date];
}
