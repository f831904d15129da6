import type { Encoding } from './reading.ts';

/**
 * In which of the old encodings words are most likely written that are no UTF-8: each word is a stretch of bytes from
 * 0x40 on, so that no character of two bytes is cut. What cannot be told apart is Windows-1252.
 */
export function guessOldEncoding(words: readonly Uint8Array[]): Encoding {
  const tries = EAST.map((east) => ({ ...east, ...weigh(words, east) }))
    .filter(({ units, share, high, enough }) => units >= enough && share >= 0.8 && high >= 0.3)
    .sort((a, b) => b.share - a.share);
  const [best] = tries;
  return best?.encoding ?? guessWestern(words);
}

/** Characters of two bytes: which stand in nearly every text of that language, and which (signs) say nothing. */
interface East {
  encoding: Encoding;
  /** So many characters must there be. */
  enough: number;
  isPair: (lead: number, trail: number) => boolean;
  isUsual: (lead: number, trail: number) => boolean;
  saysNothing: (lead: number) => boolean;
  /** What stands in this language only: a tenth of the characters. */
  isProof?: (lead: number) => boolean;
}

const between = (byte: number, from: number, to: number): boolean => byte >= from && byte <= to;
const isHigh = (byte: number): boolean => between(byte, 0xa1, 0xfe);
const isSign = (lead: number): boolean => between(lead, 0xa1, 0xa3);
const isTrail = (byte: number): boolean => between(byte, 0x40, 0x7e) || between(byte, 0x80, 0xfc);

/** The first of equals wins: Korean syllables fill a part of what common Chinese characters fill. */
const EAST: readonly East[] = [
  {
    encoding: 'euc-jp',
    enough: 10,
    isPair: (lead, trail) => isHigh(lead) && isHigh(trail),
    isUsual: (lead) => lead === 0xa4 || lead === 0xa5 || between(lead, 0xb0, 0xcf),
    saysNothing: isSign,
    isProof: (lead) => lead === 0xa4 || lead === 0xa5,
  },
  {
    encoding: 'euc-kr',
    enough: 10,
    isPair: (lead, trail) => isHigh(lead) && isHigh(trail),
    isUsual: (lead) => between(lead, 0xb0, 0xc8),
    saysNothing: isSign,
  },
  {
    encoding: 'gb18030',
    enough: 2,
    isPair: (lead, trail) => between(lead, 0x81, 0xfe) && between(trail, 0x40, 0xfe),
    isUsual: (lead, trail) => between(lead, 0xb0, 0xd7) && trail >= 0xa1,
    saysNothing: isSign,
  },
  {
    encoding: 'big5',
    enough: 2,
    isPair: (lead, trail) => isHigh(lead) && (between(trail, 0x40, 0x7e) || isHigh(trail)),
    isUsual: (lead) => between(lead, 0xa4, 0xc6),
    saysNothing: isSign,
  },
  {
    encoding: 'shift_jis',
    enough: 2,
    isPair: (lead, trail) => (between(lead, 0x81, 0x9f) || between(lead, 0xe0, 0xfc)) && isTrail(trail),
    isUsual: (lead) => lead === 0x82 || lead === 0x83 || between(lead, 0x88, 0x97),
    // Katakana of half the width are single bytes.
    saysNothing: (lead) => lead === 0x81 || between(lead, 0xa1, 0xdf),
  },
];

/** How many of the characters are usual ones, and how many have no ASCII in them, of those that say something. */
function weigh(words: readonly Uint8Array[], { isPair, isUsual, saysNothing, isProof }: East) {
  let units = 0;
  let usual = 0;
  let high = 0;
  let proof = 0;
  for (const word of words) {
    /** Right behind an ASCII letter, as accented letters in the middle of a word are. */
    let inWord = false;
    for (let i = 0; i < word.length; i++) {
      const [lead = 0, trail = 0] = [word[i], word[i + 1]];
      const behind = inWord;
      inWord = isSmall(lead);
      if (lead < 0x80) continue;
      const pair = isPair(lead, trail);
      if (pair) i++;
      if (saysNothing(lead)) continue;
      units++;
      if (pair && !behind && isUsual(lead, trail)) usual++;
      if (pair && trail >= 0x80) high++;
      if (isProof?.(lead)) proof++;
    }
  }
  const none = units === 0 || (isProof && proof < 0.1 * units);
  return none ? { units, share: 0, high: 0 } : { units, share: usual / units, high: high / units };
}

/** Of scripts with a byte for a letter: what stands where only one of them has a letter. */
function guessWestern(words: readonly Uint8Array[]): Encoding {
  let letters = 0;
  let inRuns = 0;
  let polish = 0;
  let macintosh = 0;
  let surely = 0;
  for (const word of words) {
    let run = 0;
    for (let i = 0; i <= word.length; i++) {
      const byte = word[i] ?? 0;
      if (byte >= 0xc0 || byte === 0xa8 || byte === 0xb8) run++;
      else {
        if (run >= 3) inRuns += run;
        run = 0;
      }
      if (byte < 0x80) continue;
      letters++;
      const [before = 0, after = 0] = [word[i - 1], word[i + 1]];
      if (isSmall(before) && isSmall(after) && POLISH.has(byte)) polish++;
      if (!isSmall(before | 0x20) || between(after, 0x41, 0x5a)) continue;
      if (MACINTOSH.has(byte)) surely++;
      if (MACINTOSH.has(byte) || byte === 0x9a) macintosh++;
    }
  }
  if (inRuns > 0.6 * letters) return 'windows-1251';
  if (surely > 0 && macintosh > 0.5 * letters) return 'macintosh';
  return polish > 1 && polish > 0.1 * letters ? 'windows-1250' : 'windows-1252';
}

const isSmall = (byte: number): boolean => between(byte, 0x61, 0x7a);
/** ł, ą and ż, which in Western Europe are signs that stand in no word. */
const POLISH = new Set([0xb3, 0xb9, 0xbf]);
/** É, á, à, â, ä, å, ç, é, è, ê and ü, where Windows has signs, capitals, or nothing. Its ö is a letter there too. */
const MACINTOSH = new Set([0x83, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x9f]);
