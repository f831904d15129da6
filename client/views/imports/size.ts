import { number } from '../../ui/format.ts';

const UNITS = ['B', 'kB', 'MB', 'GB'];

/** "640 B", "1.2 MB": sizes as file managers write them. */
export function sizeWords(bytes: number): string {
  let unit = 0;
  let size = bytes;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${number(unit === 0 || size >= 100 ? Math.round(size) : Math.round(size * 10) / 10)} ${UNITS[unit] ?? ''}`;
}
