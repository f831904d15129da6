import { DELIMITERS, invalid } from '../../shared/protocol/index.ts';
import { cellsOf, isBlank, separatorNoted, type ParsedRow } from './read.ts';
import { decode } from './decode.ts';
import { Look } from './look.ts';
import { refuseOtherKinds } from './otherKinds.ts';
import type { Delimiter, Encoding, Reading } from './reading.ts';

/** How many rows say what separates cells. */
const ROWS = 1_000;
const PIECE = 8_192;

/**
 * How a file is written, as far as it is not `known`. Looks at the whole file, as one odd byte at its end says that it
 * is not UTF-8; holds its beginning only. What is plainly no table of text is refused (ApiError `invalid`).
 */
export const detectReading = async (
  pieces: AsyncIterable<Uint8Array>,
  known: Partial<Reading> = {},
): Promise<Reading> => (await detectLetters(pieces, known)).reading;

/** The same, with the words by which one sees whether the encoding is the right one: where it is `known`, none. */
export async function detectLetters(
  pieces: AsyncIterable<Uint8Array>,
  known: Partial<Reading> = {},
): Promise<{ reading: Reading; letters: string[] }> {
  const look = new Look();
  for await (const piece of pieces) {
    look.at(piece);
    if (look.sampled && (known.encoding ?? look.marked)) break;
  }
  look.end();
  refuseOtherKinds(look.sample);
  const encoding = known.encoding ?? look.encoding;
  refuseOldSeparators(look.sample, encoding);
  const letters = known.encoding ? [] : look.lettersIn(encoding);
  if (known.delimiter) return { reading: { ...known, encoding, delimiter: known.delimiter }, letters };
  const heads = known.heads ?? 0;
  const found = await detectDelimiter(look, encoding, heads);
  const remarks = known.heads === undefined ? await remarksAbove(look, encoding) : 0;
  if (remarks === 0) return { reading: { ...known, encoding, delimiter: found.delimiter }, letters };
  // What is remarked above the heads says nothing of what stands between the columns.
  const { delimiter, columns } = await detectDelimiter(look, encoding, remarks + 1);
  const last = (await rowsOf(look.sample, encoding, delimiter, look.whole)).findLast(
    ({ line }) => line <= remarks,
  );
  const isRemark = (last?.cells?.length ?? 0) < columns;
  const reading = isRemark
    ? { encoding, delimiter, heads: remarks + 1 }
    : { encoding, delimiter: found.delimiter };
  return { reading: { ...known, ...reading }, letters };
}

/** Lines by separators that ASCII has of its own, with no line ends; in UTF-16 these bytes are parts of letters. */
function refuseOldSeparators(sample: Buffer, encoding: Encoding): void {
  if (encoding.startsWith('utf-16') || !sample.includes(0x1f) || !sample.includes(0x1e)) return;
  if (sample.includes(0x0a) || sample.includes(0x0d)) return;
  throw invalid({
    file: 'Its rows are separated by the character ASCII 30 (record separator): save it with a line for each row',
  });
}

/** On how many lines at the top remarks stand, as programs of science and Unix write them: `# exported on …`. */
async function remarksAbove({ sample, whole }: Look, encoding: Encoding): Promise<number> {
  let text = '';
  for await (const piece of decode(piecesOf(sample), encoding)) text += piece;
  const lines = text.split(/\r\n|\r|\n/);
  const first = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  return first < 0 || (!whole && first === lines.length - 1) ? 0 : first;
}

/** Each delimiter is tried: the one wins by which the rows are as wide as the head. */
async function detectDelimiter(
  { sample, whole }: Look,
  encoding: Encoding,
  from: number,
): Promise<{ delimiter: Delimiter; columns: number }> {
  const tries: { delimiter: Delimiter; columns: number; fit: number }[] = [];
  for (const delimiter of DELIMITERS) {
    const all = await rowsOf(sample, encoding, delimiter, whole);
    // Nothing but these, and blanks.
    if (all.length === 0) return { delimiter, columns: 0 };
    const noted = all[0] ? separatorNoted(all[0]) : null;
    const rows = all.slice(noted === null ? 0 : 1).filter(({ line }) => line >= from);
    // A head that cannot be read is told as such: it is no reason to take the file for one column.
    const head = rows.find(({ problem }) => !problem);
    const columns = head?.cells?.length ?? 0;
    if (noted === delimiter) return { delimiter, columns };
    tries.push({ delimiter, columns, fit: head ? fitOf(rows, head, delimiter) : 0 });
  }
  const wide = tries.filter(({ columns, fit }) => columns > 1 && fit >= 0.3);
  const usual = wide.filter(({ delimiter }) => !SELDOM.includes(delimiter));
  const seldom = wide.filter(({ delimiter, fit }) => SELDOM.includes(delimiter) && fit >= 0.95);
  const score = (one: (typeof tries)[number]) => one.fit * Math.log2(1 + one.columns);
  const among = [usual, seldom, tries].find((some) => some.length > 0) ?? tries;
  const [best] = among.toSorted((a, b) => score(b) - score(a));
  return best ?? { delimiter: ',', columns: 0 };
}
/** They stand in texts and times as well: only where nothing else separates, and in every row, are they delimiters. */
const SELDOM: readonly Delimiter[] = [':', '~'];

/** The rows of the sample that are not blank, without one that is cut off (unless there is no other). */
async function rowsOf(
  sample: Buffer,
  encoding: Encoding,
  delimiter: Delimiter,
  whole: boolean,
): Promise<ParsedRow[]> {
  const rows: ParsedRow[] = [];
  for await (const row of cellsOf(decode(piecesOf(sample), encoding), delimiter, whole)) {
    if (row.problem || (row.cells && !isBlank(row.cells))) rows.push(row);
    if (rows.length >= ROWS) return rows;
  }
  return rows.length > 0 || whole ? rows : rowsOf(sample, encoding, delimiter, true);
}

/** So that no more is taken apart than is looked at. */
async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE)
    yield await Promise.resolve(bytes.subarray(at, at + PIECE));
}

/** From 0 to 1: how well the rows fit the head. Fewer or more cells are half as good; spaces behind delimiters speak against them. */
function fitOf(rows: readonly ParsedRow[], head: ParsedRow, delimiter: Delimiter): number {
  const columns = head.cells?.length ?? 0;
  if (columns === 0) return 0;
  const spaces = SELDOM.includes(delimiter) ? 0.5 : 0.02;
  const points = rows.map(({ cells, problem }) => {
    if (!cells || problem) return 0;
    const spaced = cells.slice(1).some((cell) => cell.startsWith(' '));
    return (cells.length === columns ? 1 : cells.length > 1 ? 0.5 : 0) - (spaced ? spaces : 0);
  });
  return points.reduce((sum, point) => sum + point, 0) / points.length;
}
