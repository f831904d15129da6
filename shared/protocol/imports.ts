import { isStorable, wording } from '../fields/index.ts';
import { z } from '../lib/zod.ts';

/** Bringing files of rows in: how a file is read, what its columns mean, and what is answered on the way. */

export const IMPORT_LIMITS = {
  bytes: 104_857_600,
  rows: 1_000_000,
  columns: 500,
  cellCharacters: 100_000,
  unfinished: 1_000,
  keptBytes: 1_073_741_824,
};

/** By their names in the Encoding Standard, as browsers know them. */
// prettier-ignore
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'windows-1250', 'windows-1251', 'windows-1253', 'windows-1254',
  'windows-1255', 'windows-1256', 'macintosh', 'gb18030', 'big5', 'shift_jis', 'euc-jp', 'euc-kr'] as const;
/** What may stand between columns; the last two are the separators that ASCII has of its own. */
export const DELIMITERS = [',', ';', '\t', '|', '^', ':', '~', '\u001f', '\u001e'] as const;
export const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const;

/** No title has more lines. */
const HEADS_LINE_MAX = 1_000;

const storable = (max: number) =>
  z.string().max(max).refine(isStorable, 'Contains characters that cannot be stored');
const fieldName = storable(80).min(1);
const cell = storable(2_000);

/** How a file is written; what is absent is as it looks. */
export const readingSchema = z.strictObject({
  encoding: z.enum(ENCODINGS).optional(),
  delimiter: z.enum(DELIMITERS).optional(),
  /** Line on which the heads stand, from 1: what is above is no row. 0: there are none, the first line is a row. */
  heads: z.int().min(0).max(HEADS_LINE_MAX).optional(),
});
export const readingQuerySchema = readingSchema.extend({
  heads: z.coerce.number().int().min(0).max(HEADS_LINE_MAX).optional(),
});

/** What a column of the file means. */
export const columnMapSchema = z.strictObject({
  /** Key of a target, see `ImportTarget`: a field, or something beside the fields. */
  to: fieldName,
  /** Texts that mean another one: `{"GTXPro": "GTX Pro"}`, `{"Critical": "urgent"}`. `""` stands for an empty cell. */
  values: z.record(cell, cell).optional(),
  /** Order of day, month and year in dates written with digits. */
  dates: z.enum(DATE_ORDERS).optional(),
  /** What stands before the decimals. */
  decimal: z.enum(['.', ',']).optional(),
  /** Numbers are multiplied by this (a file in millions: 1000000). */
  factor: z.number().positive().max(1_000_000_000).optional(),
  /** For relations: fields of the other object by which it is found, any of them; absent: its title (and e-mail). */
  find: z.array(fieldName).min(1).max(3).optional(),
  /** For relations: what becomes of a row that names something that is not there. Absent: the row is refused. */
  missing: z.enum(['refuse', 'empty', 'create']).optional(),
  /** For relations that are created: further fields of theirs, as templates: `{"team": "{regional_office}"}`. */
  create: z.record(fieldName, cell).optional(),
});
export type ColumnMap = z.infer<typeof columnMapSchema>;

/** What becomes of a file's columns. */
export const importMapSchema = z.strictObject({
  read: readingSchema.optional(),
  /** Columns by their heads, a second one of the same head as `Head (2)`; what is not named is left out. */
  columns: z.record(storable(300), columnMapSchema),
  /** Values for new records, as templates in which `{Head}` stands for the row's own text: `{"title": "{product} · {account}"}`. */
  set: z.record(fieldName, cell).optional(),
  /** Targets by which a row is known as a record that is there already, all of them; absent or empty: every row is new. */
  match: z.array(fieldName).max(4).optional(),
  /** What becomes of a row whose record is there: `update` (by default) or left alone. */
  existing: z.enum(['update', 'skip']).optional(),
});
export type ImportMap = z.infer<typeof importMapSchema>;

export const uploadQuerySchema = z.strictObject({
  object: z.string().min(1).max(60),
  name: wording(200).min(1),
});

// —— answers ——

/** Something a column can be mapped to. */
export const importTargetSchema = z.object({
  /** A field's name; `id`, `created_at`; or what stands beside the fields: `message.customer`, `activity.note`, `roles`. */
  key: z.string(),
  label: z.string(),
  /** Kind of field. */
  kind: z.string(),
  required: z.boolean(),
  /** May be among those by which records are known. */
  matches: z.boolean(),
  /** Object that a relation names, and whether this person may add such. */
  target: z.string().nullable(),
  creates: z.boolean(),
  choices: z.array(z.object({ value: z.string(), label: z.string() })),
});
export type ImportTarget = z.infer<typeof importTargetSchema>;

/** What a file looks like, and what its columns may mean. */
export const importPreviewSchema = z.object({
  reading: readingSchema.required({ encoding: true, delimiter: true }),
  columns: z.array(
    z.object({
      head: z.string(),
      /** Different texts from the first rows, at most 5. */
      samples: z.array(z.string()),
      /** Its dates can be read in more than one way: which one has to be said. */
      ambiguousDates: z.boolean(),
    }),
  ),
  /** The first line does not look like heads: a title or a remark stands above them. */
  linesAbove: z.boolean(),
  /** Words whose letters may be others: nothing in the file says how they are written, or some cannot be read. At most 5. */
  letters: z.array(z.string()),
  /** The first rows, as they stand, at most 20. */
  rows: z.array(z.object({ line: z.int(), cells: z.array(z.string()) })),
  targets: z.array(importTargetSchema),
  /** The map that was kept with the file; else the best guess. */
  map: importMapSchema,
  /** Whether `map` is one that somebody has saved: then it is no guess. */
  kept: z.boolean(),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

/** A row that was not taken, or something of it that was not. */
export const importProblemSchema = z.object({
  /** Line of the file on which the row begins, from 1. */
  line: z.int(),
  /** Head of the column, where one is to blame. */
  column: z.string().nullable(),
  reason: z.string(),
  /** The row came in all the same, without this (a parent that is nowhere). */
  taken: z.boolean(),
});
export type ImportProblem = z.infer<typeof importProblemSchema>;

/** A problem that rows have in common, with the lines of the first 10 of them. */
export const problemKindSchema = importProblemSchema.omit({ line: true }).extend({
  rows: z.int(),
  lines: z.array(z.int()),
});
export type ProblemKind = z.infer<typeof problemKindSchema>;

/** Texts of a column that name nothing we have: with the likeliest, to be accepted with one click. */
export const unknownValueSchema = z.object({
  column: z.string(),
  to: z.string(),
  text: z.string(),
  rows: z.int(),
  /** Both texts empty: the cell says nothing, as `N/A` does. */
  suggestion: z.object({ text: z.string(), label: z.string() }).nullable(),
});
export type UnknownValue = z.infer<typeof unknownValueSchema>;

/** What a check has found, or a run has done. */
export const importResultSchema = z.object({
  /** What it does or did last; a stopped one does not tell otherwise whether anything has come in. */
  doing: z.enum(['check', 'run', 'undo']).nullable(),
  /** Heads of columns that nothing became of. */
  ignored: z.array(z.string()),
  /** The first problems, at most 500; the refused rows are all in `GET /api/imports/ID/refused`. */
  problems: z.array(importProblemSchema),
  /** How many rows have which problem, the most frequent first; of different ones the first 500 are told apart. */
  kinds: z.array(problemKindSchema),
  unknown: z.array(unknownValueSchema),
  /** What the first rows will become, as people would read it: at most 20. */
  rows: z.array(
    z.object({
      line: z.int(),
      act: z.enum(['create', 'update', 'same', 'refuse', 'skip']),
      values: z.record(z.string(), z.string()),
    }),
  ),
  /** Records of other objects that are created along, by object. */
  along: z.record(z.string(), z.int()),
  /** Of an undone import: records kept because they were changed since, at most 500. */
  kept: z.array(z.object({ object: z.string(), id: z.uuid(), title: z.string(), reason: z.string() })),
});
export type ImportResult = z.infer<typeof importResultSchema>;
