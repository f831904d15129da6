export const SECOND_ms = 1_000;
export const MINUTE_ms = 60 * SECOND_ms;
export const HOUR_ms = 60 * MINUTE_ms;
export const DAY_ms = 24 * HOUR_ms;

/** `YYYY-MM-DD` of a moment in the viewer's (or the process's) own time zone. */
export function isoDate(moment: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
