import { parse } from 'csv-parse/sync';
import { IMPORT_LIMITS, invalid, tooLarge } from '../../shared/protocol/index.ts';
import { decode } from './decode.ts';
import type { Delimiter, Reading } from './reading.ts';
import { RowSplitter, type RawRow } from './split.ts';

/** A row of a file, from its line (from 1); with `problem` it cannot be taken, for the sake of `column` (from 0). */
export type CsvRow =
  | { line: number; cells: string[] }
  | { line: number; problem: string; column: number | null; cells?: string[] };

/**
 * All rows, the head first (of blanks, where a file has none): as many cells as the head has, or a problem that says why
 * not. Rows of nothing but blank cells are left out. A file without a readable head, or above IMPORT_LIMITS, is an ApiError: `invalid` or `too_large`.
 * Holds one row and one piece at a time.
 */
export async function* readRows(
  pieces: AsyncIterable<Uint8Array>,
  { encoding, delimiter, heads }: Reading,
): AsyncGenerator<CsvRow> {
  let head: number[] | null = null;
  let rows = 0;
  for await (const row of cellsOf(decode(pieces, encoding), delimiter)) {
    if (!row.problem && row.cells && isBlank(row.cells)) continue;
    if (head === null) {
      if (separatorNoted(row) !== null || row.line < (heads ?? 0)) continue;
      const cells = headCells(row);
      head = [lengthWithoutBlanks(cells), cells.length];
      yield { line: row.line, cells: heads === 0 ? cells.map(() => '') : cells };
      if (heads !== 0) continue;
    }
    if (++rows > IMPORT_LIMITS.rows) throw tooLarge(`The file has more than ${most('rows')} rows`);
    yield checked(row, head[0] ?? 0, head[1] ?? 0);
  }
  if (head === null) throw invalid({ file: 'There is nothing in this file' });
}

/** A row taken apart. */
export interface ParsedRow extends RawRow {
  cells: string[] | null;
}

/** Takes text apart, some rows at a time; what has no end yet is left out if the text is not `whole`. */
export async function* cellsOf(
  texts: AsyncIterable<string>,
  delimiter: Delimiter,
  whole = true,
): AsyncGenerator<ParsedRow> {
  const splitter = new RowSplitter(delimiter);
  for await (const text of texts) yield* parsed(splitter.rows(text, false), delimiter);
  if (whole) yield* parsed(splitter.rows('', true), delimiter);
}

/** How much is given to the parser at once, in characters. */
const BATCH = 65_536;

function* parsed(rows: Iterable<RawRow>, delimiter: Delimiter): Generator<ParsedRow> {
  let batch: RawRow[] = [];
  let characters = 0;
  for (const row of rows) {
    batch.push(row);
    characters += row.text?.length ?? 0;
    if (characters < BATCH) continue;
    yield* parseBatch(batch, delimiter);
    batch = [];
    characters = 0;
  }
  yield* parseBatch(batch, delimiter);
}

function* parseBatch(batch: readonly RawRow[], delimiter: Delimiter): Generator<ParsedRow> {
  if (batch.length === 0) return;
  const texts = batch.flatMap(({ text }) => (text === null ? [] : [text]));
  const all: string[][] = parse(texts.join('\n'), {
    delimiter,
    record_delimiter: '\n',
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: 0,
  });
  if (all.length !== texts.length) throw new Error('The parser sees other rows than were found');
  let next = 0;
  for (const row of batch) yield { ...row, cells: row.text === null ? null : (all[next++] ?? null) };
}

function headCells({ line, cells, problem, torn }: ParsedRow): string[] {
  if (!cells || torn) throw invalid({ file: `The heads in line ${line} cannot be read: ${problem}` });
  if (cells.length > IMPORT_LIMITS.columns)
    throw tooLarge(`The file has ${cells.length.toLocaleString('en')} columns, more than ${most('columns')}`);
  return cells;
}

/** The row with `columns` cells, of which at least `least` must be there. */
function checked(row: ParsedRow, least: number, columns: number): CsvRow {
  const { line, lines } = row;
  const cells = row.cells ? fitted(row.cells, least, columns) : [];
  const wrong = row.problem ? { problem: row.problem, column: row.column } : problemOf(row, cells, columns);
  if (!wrong) return { line, cells };
  const where = lines > 1 ? ` (lines ${line} to ${line + lines - 1})` : '';
  const refused = { line, problem: wrong.problem + where, column: wrong.column };
  if (cells.length === 0 || cells.length > IMPORT_LIMITS.columns) return refused;
  return { ...refused, cells: cells.map(presentable) };
}

/** Cells that only commas at the end make, or that stand under no head, may be missing or too many. */
function fitted(cells: string[], least: number, columns: number): string[] {
  if (cells.length > columns) return cells.slice(0, Math.max(columns, lengthWithoutBlanks(cells)));
  if (cells.length === columns || cells.length < least) return cells;
  return [...cells, ...Array<string>(columns - cells.length).fill('')];
}

function problemOf({ text }: RawRow, cells: readonly string[], columns: number) {
  if (cells.length !== columns) {
    const has = `${cells.length.toLocaleString('en')} ${cells.length === 1 ? 'cell' : 'cells'}`;
    return { problem: `The row has ${has}, the head has ${columns}`, column: null };
  }
  if (text === null) return null;
  if (text.includes('\0')) {
    const column = cells.findIndex((cell) => cell.includes('\0'));
    return { problem: 'Contains a NUL character, which no text may have', column };
  }
  if (text.length <= IMPORT_LIMITS.cellCharacters) return null;
  const column = cells.findIndex((cell) => cell.length > IMPORT_LIMITS.cellCharacters);
  return column < 0
    ? null
    : { problem: `The cell has more than ${most('cellCharacters')} characters`, column };
}

/** A cell as it can be kept to be mended. */
const presentable = (cell: string): string =>
  cell.slice(0, IMPORT_LIMITS.cellCharacters).replaceAll('\0', '\uFFFD');

/** Blanks, or the mark with which old programs end a file. */
export const isBlank = (cells: readonly string[]): boolean =>
  cells.every((cell) => /^[\s\u001a]*$/.test(cell));

const lengthWithoutBlanks = (cells: readonly string[]): number =>
  cells.findLastIndex((cell) => cell.trim() !== '') + 1;

/** `sep=;` in front of the head: what Excel is told about the delimiter; null where this row is none. */
export const separatorNoted = ({ line, text }: RawRow): string | null =>
  line === 1
    ? (/^(?:sep=(.)|"sep=(.)")$/i
        .exec(text ?? '')
        ?.slice(1)
        .find(Boolean) ?? null)
    : null;

const most = (limit: keyof typeof IMPORT_LIMITS): string => IMPORT_LIMITS[limit].toLocaleString('en');
