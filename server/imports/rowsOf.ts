import type { ImportMap } from '../../shared/protocol/index.ts';
import { alreadyDone } from '../../shared/protocol/index.ts';
import { detectLetters, detectReading } from '../csv/detect.ts';
import { headsOf } from '../csv/heads.ts';
import { readRows, type CsvRow } from '../csv/read.ts';
import type { Reading } from '../csv/reading.ts';
import type { App } from '../lib/app.ts';
import { piecesOf } from './pieces.ts';
import type { Plan } from './own.ts';

/** Columns of a file of refused rows, beside the file's own: nothing becomes of them. */
export const REFUSED_HEADS = ['Import line', 'Import column', 'Import reason'] as const;

/** How the file of an import is written: as somebody said, else as it looks. */
export const readingOf = (
  app: Pick<App, 'sql'>,
  id: string,
  said: ImportMap['read'] = {},
): Promise<Reading> =>
  said.encoding && said.delimiter
    ? Promise.resolve({ ...said, encoding: said.encoding, delimiter: said.delimiter })
    : detectReading(piecesOf(app, id), said);

/** The same, with words that look wrong where the encoding is another; of what was said there are none. */
export const seenOf = async (
  app: Pick<App, 'sql'>,
  id: string,
  said: ImportMap['read'] = {},
): Promise<{ reading: Reading; letters: string[] }> =>
  said.encoding
    ? { reading: await readingOf(app, id, said), letters: [] }
    : detectLetters(piecesOf(app, id), said);

/** A file opened: its heads, and its rows one after the other. @throws ApiError `invalid`, `too_large` */
export async function openRows(
  app: Pick<App, 'sql'>,
  id: string,
  reading: Reading,
): Promise<{ heads: string[]; rows: AsyncGenerator<CsvRow> }> {
  const rows = readRows(piecesOf(app, id), reading);
  const first = await rows.next();
  return { heads: first.done ? [] : headsOf(first.value.cells ?? []), rows };
}

/** @throws ApiError `already_done` */
export function mustBeKept({ forgotten_at }: Plan): void {
  if (forgotten_at !== null) throw alreadyDone('The file is not kept any more: send it again');
}
