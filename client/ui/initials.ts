/** The one or two letters of a face: "Anna Sørensen" → "AS", "田中 次郎" → "田", "" → "?". */
export function initials(name: string): string {
  const parts = name
    .trim()
    .split(/[\s·,]+/u)
    .filter(Boolean);
  const first = letter(parts[0]);
  if (!first) return '?';
  // Two ideographs do not fit a face and one is how such names are shortened.
  if (/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(first)) return first;
  return first + (parts.length > 1 ? letter(parts.at(-1)) : '');
}

/** Hues far enough apart to tell neighbors by; all of them carry white text at 4.5:1 (see initials.test.ts). */
const HUES = [25, 55, 80, 125, 150, 175, 195, 235, 265, 290, 320, 350] as const;

/** Lightness and chroma of every face, the same in both schemes. */
const FACE = { lightness: 0.525, chroma: 0.105 };

/** A color that stays with the id for life, as CSS. */
export function avatarColor(id: string): string {
  const hue = HUES[hash(id) % HUES.length] ?? HUES[0];
  return `oklch(${FACE.lightness} ${FACE.chroma} ${hue})`;
}

function letter(word: string | undefined): string {
  const match = word?.match(/[\p{L}\p{N}]/u);
  return match ? match[0].toLocaleUpperCase() : '';
}

/** FNV-1a: ids made in the same second differ only at their end, and this spreads them. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return (value ^ (value >>> 15)) >>> 0;
}
