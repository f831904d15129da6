import type { Choice, Field, FieldOptions, KindName } from './types.ts';

const LONGEST: Partial<Record<KindName, number>> = { text: 200, longtext: 20_000, relations: 50 };

const make = (kind: KindName, label: string, options: FieldOptions = {}): Omit<Field, 'name'> => ({
  kind,
  label,
  sensitivity: 'normal',
  required: false,
  system: false,
  assigns: false,
  custom: false,
  max: LONGEST[kind] ?? 0,
  choices: [],
  initial: null,
  codes: null,
  target: null,
  computedFrom: null,
  inputs: [],
  ...options,
});

/** Builders for the registry: `f.text('Title', { required: true })`. The name is the key it stands under. */
export const f = {
  text: (label: string, options?: FieldOptions) => make('text', label, options),
  longtext: (label: string, options?: FieldOptions) => make('longtext', label, options),
  email: (label: string, options?: FieldOptions) => make('email', label, options),
  phone: (label: string, options?: FieldOptions) => make('phone', label, options),
  url: (label: string, options?: FieldOptions) => make('url', label, options),
  integer: (label: string, options?: FieldOptions) => make('integer', label, options),
  money: (label: string, options?: FieldOptions) => make('money', label, options),
  percent: (label: string, options?: FieldOptions) => make('percent', label, options),
  boolean: (label: string, options?: FieldOptions) => make('boolean', label, options),
  date: (label: string, options?: FieldOptions) => make('date', label, options),
  instant: (label: string, options?: FieldOptions) => make('instant', label, options),
  stage: (label: string, options?: FieldOptions) => make('stage', label, options),
  stages: (label: string, options?: FieldOptions) => make('stages', label, options),
  choice: (label: string, choices: Record<string, string>, options?: FieldOptions) =>
    make('choice', label, { ...options, choices: toChoices(choices) }),
  relation: (label: string, target: string, options?: FieldOptions) =>
    make('relation', label, { ...options, target }),
  /** The id of something that is no object, and so leads nowhere; `ids`: several. */
  id: (label: string, options?: FieldOptions) => make('relation', label, options),
  ids: (label: string, options?: FieldOptions) => make('relations', label, options),
  relations: (label: string, target: string, options?: FieldOptions) =>
    make('relations', label, { ...options, target }),
};

const toChoices = (choices: Record<string, string>): Choice[] =>
  Object.entries(choices).map(([value, label]) => ({ value, label }));
