/** How much a field gives away. `normal` follows the object's right; the others must be given by a role, field by field. */
export type Sensitivity = 'normal' | 'sensitive' | 'secret';

export const KIND_NAMES = [
  'text', 'longtext', 'email', 'phone', 'url', 'integer', 'money', 'percent', 'boolean',
  'date', 'instant', 'choice', 'relation', 'relations', 'stage', 'stages',
] as const; // prettier-ignore
export type KindName = (typeof KIND_NAMES)[number];

export interface Choice {
  value: string;
  label: string;
}

/** One field of an object, as the registry describes it. */
export interface Field {
  name: string;
  kind: KindName;
  label: string;
  sensitivity: Sensitivity;
  required: boolean;
  /** Kept by the program itself (a behaviour, or a parent's facts); never accepted from outside. */
  system: boolean;
  /** Kept by the program, and a record brought in from elsewhere may tell it (when a deal was closed). */
  told?: true;
  /** Changing it moves the record to other hands: asks for `assign` instead of `update`. */
  assigns: boolean;
  /** Stored as a key of the table's `custom` column rather than as a column of its own. */
  custom: boolean;
  /** Longest text in characters (text kinds), longest list (relations). */
  max: number;
  choices: readonly Choice[];
  /** What a new record has in it where nothing is said of it; null: nothing. */
  initial: string | number | boolean | null;
  /** Texts that are codes: files may say the names of what they stand for. */
  codes: 'country' | null;
  /** Object that a relation points to. */
  target: string | null;
  /** Object whose records this value is computed from: readable only where those are too. */
  computedFrom: string | null;
  /** Fields of those records that it shows: it is as sensitive as they are. */
  inputs: readonly string[];
}

export type FieldOptions = Partial<Omit<Field, 'name' | 'kind' | 'custom'>>;

/** A value as JSON carries it. Absent = not readable; null = empty. */
export type Value = string | number | boolean | null | string[] | StageDef[];

export interface StageDef {
  key: string;
  name: string;
  /** Likelihood of winning, 0–100. */
  probability: number;
  kind: 'open' | 'won' | 'lost';
  color: 'slate' | 'blue' | 'amber' | 'violet' | 'green' | 'red';
  /** Fields that must have a value before a deal may enter. */
  requires: string[];
}
