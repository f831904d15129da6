import { must } from '../../shared/lib/must.ts';
import { DELIMITERS, invalid } from '../../shared/protocol/index.ts';
import type { Delimiter } from './reading.ts';

/** Longest row that is looked at, in characters: nothing above it is held. */
export const ROW_CHARACTERS_MAX = 4_000_000;
/** How far it may look in vain for the ends of quotes, in the whole file. */
const IN_VAIN_MAX = 50_000_000;

/** A row before it is taken apart. */
export interface RawRow {
  /** Line on which it begins, from 1. */
  line: number;
  /** How many lines it takes. */
  lines: number;
  /** In strict RFC 4180 without its line end; null where it is too long to hold. */
  text: string | null;
  /** What is wrong with its quotes or its length, and where (column from 0). */
  problem: string | null;
  column: number | null;
  /** Where it ends is a guess. */
  torn: boolean;
}

/**
 * Finds where rows begin and end, in pieces of text as they come. It takes no row apart, which is the parser's work; it
 * is here for what a parser does not do: it keeps count of lines, holds no more than a row may have, and goes on
 * behind a quote that nobody closed. Then the line with that quote is one bad row, and the next line begins another.
 */
export class RowSplitter {
  private text = '';
  private at = 0;
  private line = 1;
  /** Do not look again before there is as much: what is looked at twice grows by doubling. */
  private enough = 0;
  /** Inside a line that is too long to hold. */
  private skipping = false;
  private inVain = 0;

  constructor(private readonly delimiter: Delimiter) {}

  /** All rows that are whole with this piece; `last` says that nothing follows. */
  *rows(piece: string, last: boolean): Generator<RawRow> {
    this.text = this.text.slice(this.at) + piece;
    this.at = 0;
    if (!last && this.text.length < this.enough) return;
    this.enough = 0;
    while (this.at < this.text.length) {
      if (this.skipping && !this.skipped(last)) return;
      if (this.at >= this.text.length) return;
      const row = this.next(last);
      if (row === 'more') return void (this.enough = 2 * (this.text.length - this.at));
      if (row) yield row;
    }
  }

  private next(last: boolean): RawRow | 'more' | null {
    const start = this.at;
    const line = this.line;
    const plain = findFrom(QUOTE_OR_BREAK, this.text, start);
    const found =
      this.text[plain] === '"'
        ? scanRow(this.text, start, this.delimiter, last)
        : endsAt(this.text, plain, last)
          ? { end: plain, text: this.text.slice(start, plain), problem: null, column: null }
          : null;
    if (!found) {
      if (this.text.length - start <= ROW_CHARACTERS_MAX && !last) return 'more';
      return this.overlong(start, line);
    }
    if ('opened' in found) return this.unclosed(start, found);
    this.passBreaks(start, found.end);
    if (found.end === start) return null; // a blank line
    const { text, problem, column } = found;
    return { line, lines: this.line - line, text, problem, column, torn: false };
  }

  /** A row with a quote that is not closed ends with the line of that quote. */
  private unclosed(start: number, { opened, column, seen, before }: Unclosed): RawRow {
    const line = this.line;
    const end = findFrom(BREAK, this.text, opened);
    this.inVain += seen - end;
    if (this.inVain > IN_VAIN_MAX)
      throw invalid({ file: 'Too many of its quotes are opened and not closed' });
    const cell = this.text.slice(opened + 1, end).replace(/""?/g, '""');
    const text = `${before}"${cell}"`;
    const quoteLine = line + countBreaks(this.text, start, opened);
    this.passBreaks(start, end);
    const lines = this.line - line;
    const where = quoteLine === line ? '' : ` in line ${quoteLine}`;
    return { line, lines, text, problem: `A quote is opened${where} and not closed`, column, torn: true };
  }

  /** Longer than a row may be: one line to be skipped, or a quote that nobody closes. */
  private overlong(start: number, line: number): RawRow {
    const scan = scanQuoted(this.text, start, this.delimiter, true);
    if (scan && 'opened' in scan && findFrom(BREAK, this.text, scan.opened) < this.text.length)
      return this.unclosed(start, scan);
    this.at = this.text.length;
    this.skipping = true;
    const most = ROW_CHARACTERS_MAX.toLocaleString('en');
    return {
      line,
      lines: 1,
      text: null,
      problem: `The row has more than ${most} characters`,
      column: null,
      torn: true,
    };
  }

  /** Whether the end of the line that is skipped has come. */
  private skipped(last: boolean): boolean {
    const end = findFrom(BREAK, this.text, this.at);
    if (!last && !endsAt(this.text, end, last)) {
      this.at = end;
      return false;
    }
    this.skipping = false;
    this.passBreaks(this.at, end);
    return true;
  }

  /** Goes behind the line end at `end`, counting the lines. */
  private passBreaks(start: number, end: number): void {
    this.line += countBreaks(this.text, start, end) + 1;
    this.at = end + (this.text.startsWith('\r\n', end) ? 2 : 1);
  }
}

const QUOTE_OR_BREAK = /["\r\n]/g;
const BREAK = /[\r\n]/g;
const CELL_END = perDelimiter((code) => new RegExp(`[${code}\\r\\n]`, 'g'));
const SPACED = perDelimiter((code) => new RegExp(`( +)("(?:[^"\\r\\n]|"")*") *(?=[${code}\\r\\n]|$)`, 'y'));

/** A pattern for each delimiter, which is given as a code that means nothing else in a pattern. */
function perDelimiter(pattern: (code: string) => RegExp): ReadonlyMap<Delimiter, RegExp> {
  const code = (char: string) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return new Map(DELIMITERS.map((delimiter) => [delimiter, pattern(code(delimiter))]));
}

interface Scanned extends Omit<RawRow, 'line' | 'lines' | 'torn'> {
  text: string;
  end: number;
}
interface Unclosed {
  /** Where the quote stands, its column, and how far was looked for its end. */
  opened: number;
  column: number;
  seen: number;
  /** The cells in front of it, strictly written. */
  before: string;
}

/** How far is looked for the end of a row that only makes sense with backslashes, in characters. */
const ESCAPED_MAX = 200_000;

/**
 * A row with quotes from `start` to the end of its line; null if that has not come yet. Where it is not as RFC 4180 has
 * it, and is well written if a quote behind a backslash is a part of the text (so do MySQL and others), that is meant.
 */
function scanRow(
  text: string,
  start: number,
  delimiter: Delimiter,
  last: boolean,
): Scanned | Unclosed | null {
  const strict = scanQuoted(text, start, delimiter, last);
  if (strict === null || !isBroken(strict)) return strict;
  const near = text.slice(0, start + ESCAPED_MAX);
  const isWhole = near.length === text.length;
  const escaped = near.indexOf('\\"', start);
  if (escaped < 0 || escaped > ('opened' in strict ? strict.seen : strict.end)) return strict;
  const other = scanQuoted(near, start, delimiter, last && isWhole, true);
  if (other === null && isWhole) return null;
  return other === null || isBroken(other) ? strict : other;
}

const isBroken = (scan: Scanned | Unclosed): boolean => 'opened' in scan || scan.problem !== null;

/** The same by one way of writing quotes: doubled, or also behind a backslash. */
function scanQuoted(
  text: string,
  start: number,
  delimiter: Delimiter,
  last: boolean,
  backslashes = false,
): Scanned | Unclosed | null {
  const cellEnd = must(CELL_END.get(delimiter), 'a pattern');
  const edits = new Edits(text, start);
  let problem: string | null = null;
  let problemColumn: number | null = null;
  for (let at = start, column = 0; ; at++, column++) {
    if (text[at] === '"') {
      const cell = scanCell(text, at, delimiter, last, backslashes);
      if (cell === null) return null;
      if (cell.closed === null) return { opened: at, column, seen: cell.seen, before: edits.upTo(at) };
      for (const quote of cell.escaped) edits.cut(quote - 1, quote, '"');
      for (const stray of cell.stray) edits.insert(stray, '"');
      if (cell.stray.length > 0) {
        problem ??= 'A quote inside a quoted cell is not doubled';
        problemColumn ??= column;
      }
      edits.cut(cell.closed + 1, cell.seen);
      at = cell.seen;
    } else {
      const wide = spacedCell(text, at, delimiter);
      if (wide) {
        edits.cut(at, wide.opened);
        edits.cut(wide.closed + 1, wide.seen);
        at = wide.seen;
      } else at = findFrom(cellEnd, text, at);
    }
    if (text[at] === delimiter) continue;
    if (!endsAt(text, at, last)) return null;
    return { end: at, text: edits.upTo(at), problem, column: problemColumn };
  }
}

/** A cell that is quoted behind spaces, if it is well written and ends in its line: where its quotes stand, and its end. */
function spacedCell(text: string, at: number, delimiter: Delimiter) {
  if (text[at] !== ' ') return null;
  const pattern = must(SPACED.get(delimiter), 'a pattern');
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (!found) return null;
  const [{ length: whole }, before = '', quoted = ''] = found;
  const opened = at + before.length;
  return { opened, closed: opened + quoted.length - 1, seen: at + whole };
}

/** A quoted cell: where its last quote stands (null: nowhere), where the cell is over, and which quotes should be doubled. */
function scanCell(text: string, opened: number, delimiter: Delimiter, last: boolean, backslashes: boolean) {
  const stray: number[] = [];
  const escaped: number[] = [];
  let firstBreak: number | null = null;
  for (let from = opened + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return last ? { closed: null, seen: text.length, stray, escaped } : null;
    from = quote + 1;
    if (backslashes && isEscaped(text, opened, quote)) {
      escaped.push(quote);
      continue;
    }
    if (text[from] === '"') {
      from++;
      continue;
    }
    // Spaces behind the quote mean nothing else than that a cell was made wide.
    let seen = from;
    while (text[seen] === ' ' || (text[seen] === '\t' && delimiter !== '\t')) seen++;
    if (seen === text.length && !last) return null;
    const next = text[seen];
    if (next === undefined || next === delimiter || next === '\r' || next === '\n')
      return { closed: quote, seen, stray, escaped };
    // Another cell seems to be opened, lines further on: then this one was never closed.
    if (opensCell(text, quote, delimiter)) {
      firstBreak ??= findFrom(BREAK, text, opened);
      if (firstBreak < quote) return { closed: null, seen: quote, stray, escaped };
    }
    stray.push(quote);
  }
}

/** Behind a backslash that is not itself behind one. */
function isEscaped(text: string, opened: number, quote: number): boolean {
  let before = quote;
  while (before - 1 > opened && text[before - 1] === '\\') before--;
  return (quote - before) % 2 === 1;
}

function opensCell(text: string, quote: number, delimiter: Delimiter): boolean {
  let before = quote - 1;
  while (text[before] === '"') before--;
  const char = text[before];
  return char === delimiter || char === '\r' || char === '\n';
}

/** Whether a row is over here: not so if the other half of a line end may still come. */
function endsAt(text: string, at: number, last: boolean): boolean {
  if (last) return true;
  return at < text.length && (text[at] !== '\r' || at + 1 < text.length);
}

function countBreaks(text: string, start: number, end: number): number {
  let breaks = 0;
  for (let at = findFrom(BREAK, text, start); at < end; at = findFrom(BREAK, text, at + 1))
    if (!text.startsWith('\r\n', at)) breaks++;
  return breaks;
}

/** Where the pattern is first found, or the text's length. */
function findFrom(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

/** A stretch of text with a few changes. */
class Edits {
  private done = '';
  constructor(
    private readonly text: string,
    private from: number,
  ) {}

  insert(at: number, what: string): void {
    this.done += this.text.slice(this.from, at) + what;
    this.from = at;
  }
  /** Takes out a stretch, and puts something else there. */
  cut(start: number, end: number, instead = ''): void {
    if (start === end) return;
    this.done += this.text.slice(this.from, start) + instead;
    this.from = end;
  }
  upTo(end: number): string {
    return this.done + this.text.slice(this.from, end);
  }
}
