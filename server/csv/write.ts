import type { Delimiter } from './reading.ts';

export type Cell = string | number | boolean | null;

/** One row as RFC 4180 has it, its line end included; quotes only where they are needed. */
export function csvLine(cells: readonly Cell[], delimiter: Delimiter = ','): string {
  // A single empty cell would be a blank line, which readers skip.
  if (cells.length === 1 && written(cells[0]) === '') return '""\r\n';
  return `${cells.map((cell) => quoted(written(cell), delimiter)).join(delimiter)}\r\n`;
}

/**
 * Spreadsheets run what begins like a formula. One `'` in front makes it a text to them; texts that have such a `'`
 * already get another, so that `rearm` gives back exactly what was there.
 */
export const disarm = (text: string): string => (/^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** Takes away what `disarm` has put in front. */
export const rearm = (text: string): string => (/^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

const written = (cell: Cell | undefined): string => (cell === null || cell === undefined ? '' : String(cell));

/** A byte order mark at the start of a file would be taken for its own, were it not in quotes. */
function quoted(text: string, delimiter: Delimiter): string {
  const plain = !/["\r\n\uFEFF]/.test(text) && !text.includes(delimiter);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}
