import { guessOldEncoding } from './oldEncodings.ts';
import type { Encoding } from './reading.ts';

/** How much of a file is looked at for its delimiter, in bytes. */
const SAMPLE = 65_536;
/** How many bytes of words are kept that are more than ASCII, and of such that are no UTF-8. */
const WORDS = 16_384;
/** Smaller bytes are no part of a letter in any encoding but UTF-16: digits, signs, line ends. */
const BETWEEN_WORDS = 0x40;
/** Of so many characters one may be broken: such files are UTF-8 with a flaw, and no other encoding. */
const FLAWLESS = 10;

/** What has been seen of a file: its beginning, and words anywhere whose letters say how it is written. */
export class Look {
  sample = Buffer.alloc(0);
  private bytes = 0;
  private good = 0;
  private bad = 0;
  /** A word whose end has not come yet. */
  private begun: Uint8Array = new Uint8Array();
  private readonly words = new Words();
  private readonly broken = new Words();

  at(piece: Uint8Array): void {
    this.bytes += piece.length;
    if (this.sample.length < SAMPLE)
      this.sample = Buffer.concat([this.sample, piece.subarray(0, SAMPLE - this.sample.length)]);
    const text = this.begun.length > 0 ? Buffer.concat([this.begun, piece]) : piece;
    let end = text.length;
    while (end > 0 && (text[end - 1] ?? 0) >= BETWEEN_WORDS) end--;
    if (text.length - end > WORDS) end = text.length;
    this.count(text.subarray(0, end));
    this.begun = text.slice(end);
  }

  /** Nothing comes any more. */
  end(): void {
    this.count(this.begun);
    this.begun = new Uint8Array();
  }

  get sampled(): boolean {
    return this.sample.length >= SAMPLE;
  }

  /** Nothing of the file is outside the sample. */
  get whole(): boolean {
    return this.bytes === this.sample.length;
  }

  /** What the first bytes say beyond doubt. */
  get marked(): Encoding | null {
    const [a, b, c] = this.sample;
    if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
    if (a === 0xff && b === 0xfe) return 'utf-16le';
    if (a === 0xfe && b === 0xff) return 'utf-16be';
    return unmarkedUtf16(this.sample);
  }

  get encoding(): Encoding {
    if (this.marked) return this.marked;
    const isUtf8 = this.bad === 0 || this.good > FLAWLESS * this.bad;
    return isUtf8 ? 'utf-8' : guessOldEncoding(this.words.kept);
  }

  /** Words by which one sees whether it is that encoding; none where there is no doubt. */
  lettersIn(encoding: Encoding): string[] {
    if (this.marked || (encoding === 'utf-8' && this.bad === 0)) return [];
    const decoder = new TextDecoder(encoding);
    const { kept } = encoding === 'utf-8' ? this.broken : this.words;
    // Decoded at one stroke, Node takes Windows-1252 for Latin-1.
    const texts = kept.map((word) => decoder.decode(word, { stream: true }) + decoder.decode());
    const words = texts.map((text) => text.replace(/^[^\p{L}\uFFFD]+|[^\p{L}\uFFFD]+$/gu, ''));
    return [...new Set(words)].filter((word) => word.length > 1);
  }

  /** One pass over whole words: characters of UTF-8 and such that are none, and the words that have some. */
  private count(text: Uint8Array): void {
    let from = 0;
    let isOdd = false;
    let badBefore = this.bad;
    /** Bytes that must still follow of a character. */
    let need = 0;
    for (let i = 0; i <= text.length; i++) {
      const byte = text[i] ?? 0;
      if (need > 0 && (byte & 0xc0) === 0x80) {
        if (--need === 0) this.good++;
        continue;
      }
      if (need > 0) this.bad++;
      need = 0;
      if (byte >= 0x80) {
        isOdd = true;
        need = followers(byte);
        if (need < 0) this.bad++;
      } else if (byte < BETWEEN_WORDS) {
        if (isOdd) this.words.keep(text.subarray(from, i));
        if (this.bad > badBefore) this.broken.keep(text.subarray(from, i));
        [from, isOdd, badBefore] = [i + 1, false, this.bad];
      }
    }
  }
}

/** Words up to a limit. */
class Words {
  readonly kept: Uint8Array[] = [];
  private bytes = 0;

  keep(word: Uint8Array): void {
    if (this.bytes >= WORDS) return;
    // The pieces of a file do not outlive the look at it.
    this.kept.push(word.slice(0, WORDS));
    this.bytes += word.length;
  }
}

/** How many bytes follow the first one of a character in UTF-8; below 0: none begins so. */
function followers(byte: number): number {
  if (byte >= 0xc2 && byte <= 0xdf) return 1;
  if (byte >= 0xe0 && byte <= 0xef) return 2;
  return byte >= 0xf0 && byte <= 0xf4 ? 3 : -1;
}

/** Every second byte of commas, digits and line ends is 0 in UTF-16: which one says the order. */
function unmarkedUtf16(sample: Buffer): Encoding | null {
  let first = 0;
  let second = 0;
  const isPlain = (byte: number | undefined) => byte !== undefined && byte >= 9 && byte < 127;
  for (let i = 0; i + 1 < sample.length; i += 2) {
    if (sample[i] === 0 && isPlain(sample[i + 1])) first++;
    if (sample[i + 1] === 0 && isPlain(sample[i])) second++;
  }
  // Some NULs in a file of UTF-8 are no reason; texts that are no UTF-8 may be Chinese.
  const enough = (sample.length / 2) * (isUtf8(sample) ? 0.4 : 0.05);
  if (second > enough && second > 8 * first) return 'utf-16le';
  if (first > enough && first > 8 * second) return 'utf-16be';
  return null;
}

function isUtf8(sample: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}
