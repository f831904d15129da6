import type { ImportPreview, ImportTarget } from '../../../shared/protocol/index.ts';
import type { Actor } from '../../../shared/access/index.ts';
import { areAmbiguous } from '../../../shared/fields/parse.ts';
import { guessMap } from '../../../shared/imports/guess.ts';
import { rearm } from '../../csv/write.ts';
import type { Reading } from '../../csv/reading.ts';
import type { App } from '../../lib/app.ts';
import { findOwnImport } from '../../imports/own.ts';
import { mustBeKept, openRows, REFUSED_HEADS, seenOf } from '../../imports/rowsOf.ts';
import { targetsOf } from '../../imports/targets.ts';

const ROWS_READ = 200;
const ROWS_SHOWN = 20;
const SAMPLES = 5;
/** Of a cell, to look at. */
const CHARACTERS = 300;
/** Of a word. */
const LETTERS = 40;

/**
 * What a file looks like, read as said or as it seems, and what its columns can become for this person: the map that
 * was kept, else a guess.
 * @throws ApiError `not_found`, `not_allowed`, `already_done` (the file is forgotten), `invalid`, `too_large`
 */
export async function previewImport(
  app: App,
  actor: Actor,
  id: string,
  asked: Partial<Reading>,
): Promise<ImportPreview> {
  const { object, plan } = await findOwnImport(app, actor, id);
  mustBeKept(plan);
  const isAsked = Object.values(asked).some((value) => value !== undefined);
  // Heads read in another way are others: what was said of them says nothing here.
  const kept = isAsked ? null : plan.map;
  const { reading, letters } = await seenOf(app, id, isAsked ? asked : plan.map?.read);
  const { heads, first } = await firstRows(app, id, reading);
  const columns = heads.map((head, i) => {
    const texts = first.map(({ cells }) => cells[i] ?? '').filter((text) => text.trim() !== '');
    return {
      head,
      samples: [...new Set(texts)].map(short),
      ambiguousDates: texts.length > 0 && areAmbiguous(texts),
    };
  });
  const targets = await targetsOf(app.sql, actor, app.registry, object);
  return {
    reading,
    columns: columns.map((column) => ({ ...column, samples: column.samples.slice(0, SAMPLES) })),
    letters: letters.slice(0, SAMPLES).map((word) => word.slice(0, LETTERS)),
    rows: first.slice(0, ROWS_SHOWN).map(({ line, cells }) => ({ line, cells: cells.map(short) })),
    linesAbove: hasLinesAbove(heads, first, reading),
    targets,
    map: kept ?? guess(targets, columns),
    kept: kept !== null,
  };
}

async function firstRows(app: App, id: string, reading: Reading) {
  const { heads, rows } = await openRows(app, id, reading);
  const first: { line: number; cells: string[] }[] = [];
  for await (const { line, cells } of rows) {
    if (cells) first.push({ line, cells: cells.map(rearm) });
    if (first.length >= ROWS_READ) break;
  }
  return { heads, first };
}

const guess = (targets: ImportTarget[], columns: ImportPreview['columns']) =>
  guessMap(
    targets,
    columns.filter(({ head }) => !REFUSED_HEADS.some((own) => own === head)),
  );

const short = (text: string): string =>
  text.length > CHARACTERS ? `${text.slice(0, CHARACTERS - 1)}…` : text;

/** Whether a title or a remark stands where the heads should: one cell, and under it rows of several. */
function hasLinesAbove(
  heads: readonly string[],
  rows: readonly { cells: string[] }[],
  reading: Reading,
): boolean {
  if (reading.heads === 0) return false;
  const [head = '', ...others] = heads;
  if (head.startsWith('#') && rows.length > 0) return true;
  if (others.some((name) => !/^Column \d+$/.test(name)) || rows.length < 2) return false;
  const texts = rows.map(({ cells }) => cells[0] ?? '');
  if (rows.filter(({ cells }) => cells.slice(1).some((cell) => cell !== '')).length > rows.length / 2)
    return true;
  // What a cell has of the delimiter itself is quoted, and so a part of its text.
  return [',', ';', '\t', '|'].some((delimiter) => {
    if (delimiter === reading.delimiter) return false;
    // Behind it stands a space where it belongs to a text: `Doe, John`.
    if (texts.some((text) => text.includes(`${delimiter} `))) return false;
    const counts = texts.map((text) => text.split(delimiter).length - 1);
    const alike = counts.filter((count) => count > 0 && count === counts.at(-1));
    return alike.length >= 0.8 * counts.length && !head.includes(delimiter);
  });
}
