/** How a number is written, and how many decimals it may have. */
interface NumberWriting {
  decimal?: '.' | ',' | undefined;
  factor?: number | undefined;
  decimals: number;
}

/**
 * A number as people write it: with a currency or a percent sign, thousands set apart, in parentheses if negative. It
 * is rounded to what the field has where a factor makes more decimals; otherwise more decimals are the field's to refuse.
 */
export function readNumber(
  said: string,
  { decimal, factor, decimals }: NumberWriting,
): { value: number } | { problem: string } {
  const digits = bare(said);
  const written = digits && plainDigits(digits.text, decimal);
  if (!digits || written === null || written === '') return { problem: 'Must be a number' };
  const value = Number(written) * (digits.negative ? -1 : 1);
  if (factor === undefined || factor === 1) return { value: value === 0 ? 0 : value };
  const scale = 10 ** decimals;
  return { value: Math.round(Number((value * factor * scale).toPrecision(15))) / scale };
}

const SIGN = /^(?:(?:US|C|A|NZ|HK|S)?\p{Sc}|kr\.?|zł|Fr\.?|R)$/iu;
let codes: ReadonlySet<string> | null = null;

function isCurrency(said: string): boolean {
  codes ??= new Set(Intl.supportedValuesOf('currency'));
  return SIGN.test(said) || codes.has(said.toUpperCase());
}

/** Digits and what stands between them, without signs and currencies. */
function bare(said: string): { text: string; negative: boolean } | null {
  let text = said.replace(/[\u2010-\u2015\u2212]/g, '-').trim();
  let negative = false;
  const bracketed = /^\((.*)\)$/.exec(text) ?? /^(\p{Sc})?\s*\((.*)\)$/u.exec(text);
  if (bracketed) {
    text = (bracketed[2] ?? bracketed[1] ?? '').trim();
    negative = true;
  }
  const parts = /^([^\d.,]*)([\d.,][\d.,'’\s\u00a0\u202f]*?)([^\d.,]*)(?:\.-)?$/u.exec(text);
  const scientific = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d{1,2}$/i.test(text);
  if (scientific) return { text: String(Number(text.replace(',', '.'))), negative };
  if (!parts) return null;
  const [, before = '', middle = '', after = ''] = parts;
  for (const side of [before, after]) {
    const minuses = side.split('-').length - 1;
    const rest = side.replace(/[-+%\s\u00a0\u202f]/g, '');
    if (rest !== '' && !isCurrency(rest)) return null;
    if (minuses > 1 || (minuses === 1 && negative)) return null;
    negative ||= minuses === 1;
  }
  return { text: middle.trim(), negative };
}

/** The number as a program writes it; null if it is none. */
function plainDigits(text: string, decimal: '.' | ',' | undefined): string | null {
  const joined = text.replace(/(?<=\d)['’\s\u00a0\u202f](?=\d{3}(?!\d))/g, '');
  if (!/^[\d.,]+$/.test(joined) || !/\d/.test(joined)) return null;
  const mark = decimal ?? guessDecimal(joined);
  const group = mark === '.' ? ',' : '.';
  const [whole = '', fraction, more] = joined.split(mark);
  if (more !== undefined || fraction?.includes(group)) return null;
  const groups = whole.split(group);
  const grouped =
    groups.length === 1 || (/^\d{1,3}$/.test(groups[0] ?? '') && groups.slice(1).every(isGroup));
  return grouped ? `${groups.join('') || '0'}${fraction ? `.${fraction}` : ''}` : null;
}

/** Thousands, or two digits as in India where three end it. */
const isGroup = (digits: string, i: number, all: readonly string[]): boolean =>
  /^\d{3}$/.test(digits) || (i < all.length - 1 && /^\d{2}$/.test(digits));

/** Both marks: the last one. One of them twice: it sets thousands apart. A comma alone, before other than three digits: decimals. */
function guessDecimal(text: string): '.' | ',' {
  const point = text.lastIndexOf('.');
  const comma = text.lastIndexOf(',');
  if (point >= 0 && comma >= 0) return point > comma ? '.' : ',';
  if (point >= 0) return text.indexOf('.') === point ? '.' : ',';
  if (comma >= 0 && text.indexOf(',') === comma && !/^\d{1,3},\d{3}$/.test(text)) return ',';
  return '.';
}
