import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { Field, Value } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type {
  ColumnMap,
  ImportMap,
  ImportProblem,
  ImportResult,
  ImportTarget,
  ProblemKind,
} from '../../../shared/protocol/index.ts';
import type { Values } from '../../records/columns.ts';
import type { PartKey } from '../../imports/targets.ts';

// What the steps of an import hand to each other.

/** An import under way, as one process holds it. Everything that must outlive the process is in the store as well. */
export interface Job {
  id: string;
  owner: string;
  object: ObjectDef;
  /** Only to see what would become of it: nothing stays. */
  dry: boolean;
  map: ImportMap;
  heads: string[];
  columns: Column[];
  found: Found;
  /** Fingerprint of the rights under which the map was last found to be one that may be followed. */
  rights: string;
  /** Of a check: the texts by which records would be found that it has only tried to add. */
  made: Set<string>;
}

/** What is told in the end beside counts and problems. */
export interface Found {
  rows: ImportResult['rows'];
  along: Record<string, number>;
  /** Problems, by what rows have in common. */
  kinds: Map<string, ProblemKind>;
  /** Texts that name nothing, by column, target and text. */
  unknown: Map<string, { column: string; to: string; text: string; rows: number }>;
}

export const copyOf = ({ rows, along, unknown, kinds }: Found): Found => ({
  rows: [...rows],
  along: { ...along },
  kinds: new Map([...kinds].map(([key, one]) => [key, { ...one, lines: [...one.lines] }])),
  unknown: new Map([...unknown].map(([key, one]) => [key, { ...one }])),
});

/** Something that every row says: a column of the file, or what the map sets for new records. */
export interface Column extends ColumnMap {
  /** Null for what is set. */
  head: string | null;
  index: number;
  template: string | null;
  /** The field of the object; null for what stands beside the fields. */
  field: Field | null;
  target: ImportTarget;
}

/** A row on its way to a record. */
export interface Draft {
  line: number;
  cells: string[];
  /** What the file says, by field; what it leaves empty is absent. */
  values: Values;
  /** What the map sets, for a new record only. */
  set: Values;
  told: Values;
  createdAt: string | null;
  /** Text of the `id` column. */
  foreignId: string | null;
  parts: { key: PartKey; text: string }[];
  roles: string[];
  wanted: Wanted[];
  /** Relations to records of the same object that may come later in the file. */
  links: Wanted[];
  stage: { column: Column; text: string } | null;
  /** Of an activity: what it belongs to, of whichever kind that is. */
  belongsTo: { column: Column; text: string } | null;
  /** Of an activity: whether it is done, where the file says no more than that. */
  isDone: boolean | null;
  problems: ImportProblem[];
  key: string | null;
  digest: string;
  existing: MaskedRecord | null;
  outcome: Outcome;
  recordId: string | null;
  /** As people would read it, by target. */
  shown: Record<string, string>;
}
export type Outcome = 'create' | 'update' | 'same' | 'skip' | 'refuse';

/** A record that a row names by a text. */
export interface Wanted {
  column: string;
  /** Target of the column. */
  to: string;
  /** Name of the object. */
  object: string;
  text: string;
  /** Fields by which it is found; empty: by what such are usually called. */
  find: readonly string[];
  missing: 'refuse' | 'empty' | 'create';
  /** Texts of further fields, should it be created; those among `find` must agree with what is found. */
  given: Record<string, string>;
  many: boolean;
  /** For new records only. */
  isSet: boolean;
}

/** What was written for a row. */
export interface Trace {
  line: number;
  object: string;
  id: string;
  version: number;
  /** Of an updated record: its fields as they were. */
  before: Values | null;
}

/** Small and capital letters are alike, and so are forms of one character. */
export const normal = (text: string): string => text.normalize('NFC').trim().toLowerCase();

export const keyOfWanted = ({ object, text, find, given }: Wanted): string =>
  JSON.stringify([
    object,
    // Ids of elsewhere may differ in small and capital letters alone.
    find.includes('external_id') ? text.normalize('NFC').trim() : normal(text),
    find,
    find.flatMap((name) => (name in given ? [normal(given[name] ?? '')] : [])),
  ]);

export const problem = (
  line: number,
  column: string | null,
  reason: string,
  taken = false,
): ImportProblem => ({
  line,
  column,
  reason,
  taken,
});

export function refuse(draft: Draft, column: string | null, reason: string): void {
  draft.problems.push(problem(draft.line, column, reason));
  draft.outcome = 'refuse';
}

export const isRefused = ({ outcome }: Draft): boolean => outcome === 'refuse';

/** Of one row. */
export const PROBLEMS_KEPT = 20;

/** Counts a problem, so that a frequent one does not hide the others. */
export function noteProblem({ kinds }: Found, { line, ...common }: ImportProblem): void {
  const { column, reason, taken } = common;
  const key = keyOfKind(common);
  const known = kinds.get(key);
  if (known && known.reason !== reason) known.reason = kindOf(reason);
  if (!known) {
    if (kinds.size < 500) kinds.set(key, { column, reason, taken, rows: 1, lines: [line] });
    return;
  }
  known.rows += 1;
  if (known.lines.length < 10) known.lines.push(line);
}

export const keyOfKind = ({ column, reason, taken }: Omit<ImportProblem, 'line'>): string =>
  JSON.stringify([column, kindOf(reason), taken]);

/** A reason without the lines it names: the same one in many places. */
const kindOf = (reason: string): string => reason.replace(/\b(lines?) \d+( to \d+)?/g, '$1 …');

/** Notes a text that names nothing, so that another one can be offered for it. */
export function noteUnknown({ unknown }: Found, column: string, to: string, text: string): void {
  const key = JSON.stringify([column, to, text]);
  const known = unknown.get(key);
  if (known) known.rows += 1;
  else if (unknown.size < 1_000) unknown.set(key, { column, to, text: text.slice(0, 300), rows: 1 });
}

export const isValue = (value: Value | undefined): value is Exclude<Value, null> =>
  value !== undefined && value !== null;
