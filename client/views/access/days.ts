import { isoDate } from '../../../shared/lib/time.ts';
import { dateShort, time } from '../../ui/format.ts';

// Rights begin and end at moments; people think in days: "until Friday" is until Friday is over, where they are.

/** The moment a day `YYYY-MM-DD` begins here. */
export const startOf = (day: string): string => midnight(day, 0);
/** The moment a day is over here. */
export const endOf = (day: string): string => midnight(day, 1);

/** The day so many days from now, here. */
export function dayFrom(now: Date, days: number): string {
  return isoDate(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
}

/** The last day that something lasts which ends at that moment, here. */
export const lastDay = (end: string): string => isoDate(new Date(new Date(end).getTime() - 1));
export const firstDay = (start: string): string => isoDate(new Date(start));

/** "27 Nov", or "27 Nov, 14:30" where the day is not over then. */
export function sayEnd(end: string): string {
  const day = dateShort(lastDay(end));
  return isMidnight(end) ? day : `${day}, ${time(end)}`;
}
/** "27 Nov", or "27 Nov, 14:30" where it does not begin with the day. */
export function sayStart(start: string): string {
  const day = dateShort(firstDay(start));
  return isMidnight(start) ? day : `${day}, ${time(start)}`;
}

function isMidnight(moment: string): boolean {
  const at = new Date(moment);
  return at.getHours() === 0 && at.getMinutes() === 0;
}

function midnight(day: string, later: number): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
