/**
 * Reads a number as people type it: "1,234.50", "1.234,50", "€ 12", "8 %" and "1 200" all work. The last separator
 * is the decimal one, unless it is alone and three digits follow ("12,500" is twelve thousand five hundred).
 * `null` for empty or only a sign; `NaN` for what is no number.
 */
export function readNumber(text: string): number | null {
  const bare = text.replace(/[\s\u00a0\u202f'’€$£¥%]/g, '').replace(/[−–]/g, '-');
  if (bare === '' || bare === '-') return null;
  if (!/^[-+]?[\d.,]*\d[\d.,]*$/.test(bare)) return Number.NaN;
  const decimal = decimalMark(bare);
  const plain = decimal === null ? bare.replace(/[.,]/g, '') : splitAt(bare, decimal);
  return Number(plain);
}

/** Keeps a value between its bounds and at so many decimals. */
export function fit(value: number, bounds: { min?: number; max?: number; decimals: number }): number {
  const scale = 10 ** bounds.decimals;
  const rounded = Math.round((value + Number.EPSILON * Math.sign(value)) * scale) / scale;
  return Math.min(bounds.max ?? Infinity, Math.max(bounds.min ?? -Infinity, rounded));
}

/** Where the decimal separator stands, or null when every mark groups thousands. */
function decimalMark(bare: string): number | null {
  const at = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
  if (at < 0) return null;
  const mark = bare.charAt(at);
  const many = bare.indexOf(mark) !== at;
  const other = bare.includes(mark === '.' ? ',' : '.');
  if (many) return null;
  if (!other && bare.length - at - 1 === 3 && at > 0 && !/^[-+]?0/.test(bare)) return null;
  return at;
}

function splitAt(bare: string, at: number): string {
  return `${bare.slice(0, at).replace(/[.,]/g, '')}.${bare.slice(at + 1)}`;
}
