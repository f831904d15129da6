import { DELIMITERS, invalid } from '../../shared/protocol/index.ts';
import { cellsOf, isBlank, separatorNoted, type ParsedRow } from './read.ts';
import { decode } from './decode.ts';
import type { Delimiter, Encoding, Reading } from './reading.ts';

/** How much of a file is looked at for its delimiter, in bytes. */
const SAMPLE = 65_536;

/**
 * How a file is written, as far as it is not `known`. Looks at the whole file, as one odd byte at its end says that it
 * is not UTF-8; holds its beginning only. What is plainly no text is refused (ApiError `invalid`).
 */
export async function detectReading(
  pieces: AsyncIterable<Uint8Array>,
  known: Partial<Reading> = {},
): Promise<Reading> {
  const look = new Look();
  for await (const piece of pieces) {
    look.at(piece);
    if (look.sample.length >= SAMPLE && (known.encoding ?? look.marked)) break;
  }
  refuseOtherKinds(look.sample);
  const encoding = known.encoding ?? look.encoding;
  refuseOldSeparators(look.sample, encoding);
  const delimiter = known.delimiter ?? (await detectDelimiter(look, encoding, known.heads ?? 0));
  return { ...known, encoding, delimiter };
}

/** What has been seen of a file. */
class Look {
  sample = Buffer.alloc(0);
  private bytes = 0;
  private isUtf8 = true;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });

  at(piece: Uint8Array): void {
    this.bytes += piece.length;
    if (this.sample.length < SAMPLE)
      this.sample = Buffer.concat([this.sample, piece.subarray(0, SAMPLE - this.sample.length)]);
    this.decode(piece);
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
    this.decode();
    return this.isUtf8 ? 'utf-8' : 'windows-1252';
  }

  private decode(piece?: Uint8Array): void {
    if (!this.isUtf8) return;
    try {
      this.decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      this.isUtf8 = false;
    }
  }
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

/** What is no text says so by its first bytes. */
function refuseOtherKinds(sample: Buffer): void {
  const begins = (bytes: readonly number[]) => bytes.every((byte, i) => sample[i] === byte);
  if (WORKBOOKS.some(begins))
    throw invalid({ file: 'This is a workbook, not a text: save it as CSV, and bring that in' });
  if (UTF_32.some(begins)) throw invalid({ file: 'Its text is UTF-32: save it as UTF-8' });
  if (NO_TEXTS.some(begins)) throw invalid({ file: 'This is no text: save it as CSV, and bring that in' });
}
const latin = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];
const WORKBOOKS = ['PK\u0003\u0004', '\u00d0\u00cf\u0011\u00e0'].map(latin);
const UTF_32 = ['\u00ff\u00fe\u0000\u0000', '\u0000\u0000\u00fe\u00ff'].map(latin);
/** PDF, gzip, bzip2, 7z, PNG, JPEG, GIF, Parquet, SQLite. */
// prettier-ignore
const NO_TEXTS = ['%PDF-', '\u001f\u008b', 'BZh', '7z\u00bc\u00af', '\u0089PNG', '\u00ff\u00d8\u00ff', 'GIF8', 'PAR1', 'SQLite format 3\u0000'].map(latin);

/** Separators that ASCII has of its own, between the heads; in UTF-16 these bytes are parts of letters. */
function refuseOldSeparators(sample: Buffer, encoding: Encoding): void {
  const end = sample.findIndex((byte) => byte === 0x0a || byte === 0x0d || byte === 0x1e);
  const head = sample.subarray(0, end < 0 ? sample.length : end);
  if (encoding.startsWith('utf-16') || !head.includes(0x1f)) return;
  throw invalid({
    file: 'Its cells are separated by the character ASCII 31 (unit separator): save it with commas, semicolons or tabs, and a line for each row',
  });
}

/** Each delimiter is tried: the one wins by which the rows are as wide as the head. */
async function detectDelimiter(
  { sample, whole }: Look,
  encoding: Encoding,
  from: number,
): Promise<Delimiter> {
  const tries: { delimiter: Delimiter; columns: number; fit: number }[] = [];
  for (const delimiter of DELIMITERS) {
    const all = await rowsOf(sample, encoding, delimiter, whole);
    const noted = all[0] ? separatorNoted(all[0]) : null;
    if (noted === delimiter) return delimiter;
    const rows = all.slice(noted === null ? 0 : 1).filter(({ line }) => line >= from);
    const [head] = rows;
    tries.push({ delimiter, columns: head?.cells?.length ?? 0, fit: head ? fitOf(rows, head) : 0 });
  }
  const wide = tries.filter(({ columns, fit }) => columns > 1 && fit >= 0.3);
  const score = (one: (typeof tries)[number]) => one.fit * Math.log2(1 + one.columns);
  const [best] = (wide.length > 0 ? wide : tries).toSorted((a, b) => score(b) - score(a));
  return best?.delimiter ?? ',';
}

/** The rows of the sample that are not blank, without one that is cut off (unless there is no other). */
async function rowsOf(
  sample: Buffer,
  encoding: Encoding,
  delimiter: Delimiter,
  whole: boolean,
): Promise<ParsedRow[]> {
  const rows: ParsedRow[] = [];
  for await (const row of cellsOf(decode(pieceOf(sample), encoding), delimiter, whole))
    if (row.problem || (row.cells && !isBlank(row.cells))) rows.push(row);
  return rows.length > 0 || whole ? rows : rowsOf(sample, encoding, delimiter, true);
}

async function* pieceOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** From 0 to 1: how well the rows fit the head. Fewer or more cells are half as good; spaces behind delimiters speak against them. */
function fitOf(rows: readonly ParsedRow[], head: ParsedRow): number {
  const columns = head.cells?.length ?? 0;
  if (columns === 0 || head.problem) return 0;
  const points = rows.map(({ cells, problem }) => {
    if (!cells || problem) return 0;
    const spaced = cells.slice(1).some((cell) => cell.startsWith(' '));
    return (cells.length === columns ? 1 : cells.length > 1 ? 0.5 : 0) - (spaced ? 0.02 : 0);
  });
  return points.reduce((sum, point) => sum + point, 0) / points.length;
}
