import { expect, test } from 'vitest';
import { avatarColor, initials } from '../../../client/ui/initials.ts';

test.each([
  ['Anna Sørensen', 'AS'],
  ['Kofi Kwame Owusu', 'KO'],
  ['Oda', 'O'],
  ['øyvind æsir', 'ØÆ'],
  ['田中 次郎', '田'],
  ['(Web) form', 'WF'],
  ['  ', '?'],
  ['', '?'],
])('%s is "%s"', (name, letters) => {
  expect(initials(name)).toBe(letters);
});

test('an id keeps its color, and ids of one second spread over many', () => {
  const ids = Array.from(
    { length: 60 },
    (_, i) => `01935a7c-0000-7000-8000-0000000000${String(i).padStart(2, '0')}`,
  );
  expect(ids.map(avatarColor)).toEqual(ids.map(avatarColor));
  expect(new Set(ids.map(avatarColor)).size).toBeGreaterThan(9);
});

test('white letters read at 4.5:1 on every face', () => {
  const colors = new Set(Array.from({ length: 500 }, (_, i) => avatarColor(`id ${i}`)));
  expect(colors.size).toBe(12);
  for (const color of colors) {
    expect(1.05 / (luminance(color) + 0.05), color).toBeGreaterThanOrEqual(4.5);
  }
});

/** WCAG relative luminance of an `oklch(L C H)`, by the matrices of the CSS Color specification. */
function luminance(color: string): number {
  const [l = NaN, c = NaN, h = NaN] = (color.match(/[\d.]+/g) ?? []).map(Number);
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const red = clamp(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short);
  const green = clamp(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short);
  const blue = clamp(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
