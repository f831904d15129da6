import { readRows, type CsvRow } from '../../../server/csv/read.ts';
import type { Encoding, Reading } from '../../../server/csv/reading.ts';
import { detectReading } from '../../../server/csv/detect.ts';

/** A file in pieces of a few bytes, so that every character is split somewhere. */
export async function* inPieces(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  const little = Buffer.from(text, encoding === 'windows-1252' ? 'latin1' : 'utf16le');
  return encoding === 'utf-16be' ? little.swap16() : little;
}

export async function readAll(
  file: string | Uint8Array,
  reading: Partial<Reading> = {},
  size?: number,
): Promise<CsvRow[]> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const rows: CsvRow[] = [];
  const how: Reading = { encoding: 'utf-8', delimiter: ',', ...reading };
  for await (const row of readRows(inPieces(bytes, size), how)) rows.push(row);
  return rows;
}

export const detect = (file: string | Uint8Array): Promise<Reading> =>
  detectReading(inPieces(typeof file === 'string' ? Buffer.from(file) : file, 1_000));

/** As an import would read it: what it looks like, then its rows. */
export async function readAsItLooks(file: string | Uint8Array): Promise<CsvRow[]> {
  return readAll(file, await detect(file), 101);
}

/** The cells of rows that all are good. */
export function cells(rows: readonly CsvRow[]): string[][] {
  return rows.map((row) => {
    if ('problem' in row) throw new Error(`line ${row.line}: ${row.problem}`);
    return row.cells;
  });
}
