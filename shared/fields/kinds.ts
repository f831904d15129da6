import { z } from '../lib/zod.ts';
import type { Field, KindName, StageDef, Value } from './types.ts';

/** What the program knows of a kind of field: how it is checked, stored, compared and filtered. */
export interface Kind {
  /** Column type in Postgres. */
  sqlType: string;
  /** Operators a filter may use on it. */
  operators: readonly Operator[];
  sortable: boolean;
  /** Checks one non-empty value. */
  schema(field: Field): z.ZodType<Value>;
}

export const OPERATORS = [
  'eq',
  'ne',
  'in',
  'nin',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'starts',
  'has',
  'empty',
] as const;
export type Operator = (typeof OPERATORS)[number];

const EQUALITY = ['eq', 'ne', 'in', 'nin', 'empty'] as const;
const ORDER = [...EQUALITY, 'gt', 'gte', 'lt', 'lte'] as const;
const TEXT = [...EQUALITY, 'contains', 'starts'] as const;

/** Largest amount in major units: its cents stay exact in a double, and in numeric(15,2). */
export const MONEY_MAX = 9_999_999_999_999;

// C0 controls but tab and line break never belong in a value; Postgres refuses NUL outright. Lone surrogates
// cannot be stored as UTF-8.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
/** Whether a text can be in the store at all. */
export const isStorable = (s: string): boolean => !CONTROL.test(s) && s.isWellFormed();

/** A text beside the fields of records, such as a name or a reason: without blanks around it, and fit to be kept. */
export const wording = (max: number) =>
  z.string().trim().max(max).refine(isStorable, 'Contains characters that cannot be stored');

const plain = (max: number, multiline: boolean) =>
  z
    .string()
    .max(max, `At most ${max} characters`)
    .refine(isStorable, 'Contains characters that cannot be stored')
    .refine((s) => multiline || !/[\r\n]/.test(s), 'Must be one line')
    .refine((s) => s.trim() !== '', 'Must not be blank');

const twoDecimals = (n: number) => Math.abs(Math.round(n * 100) - n * 100) < 1e-6;
const id = z.uuid({ message: 'Must be an id' }).toLowerCase();
const key = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'Must be a key: small letters, digits, _');

export const stageSchema: z.ZodType<StageDef> = z.strictObject({
  key,
  name: plain(60, false),
  probability: z.number().int().min(0).max(100),
  kind: z.enum(['open', 'won', 'lost']),
  color: z.enum(['slate', 'blue', 'amber', 'violet', 'green', 'red']),
  requires: z.array(key).max(20),
});

export const KINDS: Record<KindName, Kind> = {
  text: { sqlType: 'text', operators: TEXT, sortable: true, schema: (f) => plain(f.max, false) },
  longtext: {
    sqlType: 'text',
    operators: ['empty', 'contains'],
    sortable: false,
    schema: (f) => plain(f.max, true),
  },
  email: {
    sqlType: 'text',
    operators: TEXT,
    sortable: true,
    schema: () => z.email('Must be an e-mail address').max(254),
  },
  phone: {
    sqlType: 'text',
    operators: TEXT,
    sortable: true,
    schema: () => z.string().regex(/^\+?[0-9 ()./-]{3,40}$/, 'Must be a phone number'),
  },
  url: {
    sqlType: 'text',
    operators: TEXT,
    sortable: true,
    // Only addresses that are safe behind a link: javascript: and data: never become an href.
    schema: () => z.url({ protocol: /^https?$/, message: 'Must be an http or https address' }).max(2000),
  },
  integer: {
    sqlType: 'integer',
    operators: ORDER,
    sortable: true,
    schema: () => z.number().int('Must be a whole number').min(-2_000_000_000).max(2_000_000_000),
  },
  money: {
    sqlType: 'numeric(15,2)',
    operators: ORDER,
    sortable: true,
    schema: () => z.number().min(-MONEY_MAX).max(MONEY_MAX).refine(twoDecimals, 'At most two decimals'),
  },
  percent: {
    sqlType: 'numeric(5,2)',
    operators: ORDER,
    sortable: true,
    schema: () => z.number().min(-100).max(100).refine(twoDecimals, 'At most two decimals'),
  },
  boolean: { sqlType: 'boolean', operators: EQUALITY, sortable: false, schema: () => z.boolean() },
  date: {
    sqlType: 'date',
    operators: ORDER,
    sortable: true,
    schema: () => z.iso.date('Must be a date: YYYY-MM-DD').refine((d) => d >= '0001-01-01', 'Must be a date'),
  },
  instant: {
    sqlType: 'timestamp(3) with time zone',
    operators: ORDER,
    sortable: true,
    schema: () =>
      z.iso
        .datetime({ offset: true, message: 'Must be a moment: ISO 8601 with zone' })
        .transform((s) => new Date(s).toISOString())
        .refine((s) => /^[0-9]{4}-/.test(s) && s >= '0001', 'Must be a moment'),
  },
  choice: {
    sqlType: 'text',
    operators: EQUALITY,
    sortable: true,
    schema: (f) =>
      z.string().refine((v) => f.choices.some((c) => c.value === v), {
        message: `Must be one of: ${f.choices.map((c) => c.value).join(', ')}`,
      }),
  },
  relation: { sqlType: 'uuid', operators: EQUALITY, sortable: false, schema: () => id },
  relations: {
    sqlType: 'uuid[]',
    operators: ['has', 'empty'],
    sortable: false,
    schema: (f) =>
      z
        .array(id)
        .max(f.max)
        .transform((ids) => [...new Set(ids)]),
  },
  stage: { sqlType: 'text', operators: EQUALITY, sortable: false, schema: () => key },
  stages: {
    sqlType: 'jsonb',
    operators: [],
    sortable: false,
    schema: () =>
      z
        .array(stageSchema)
        .min(1)
        .max(20)
        .refine((all) => new Set(all.map((s) => s.key)).size === all.length, 'Stage keys must differ'),
  },
};

/** Schema of a field's value in a request: the kind's own, or null where the field may be empty. */
export function valueSchema(field: Field): z.ZodType<Value> {
  const made = schemas.get(field);
  if (made) return made;
  const kind = KINDS[field.kind].schema(field);
  const schema = field.required ? kind : kind.nullable();
  schemas.set(field, schema);
  return schema;
}
/** Made once for each field, which never changes: making one takes a hundred times as long as using it. */
const schemas = new WeakMap<Field, z.ZodType<Value>>();
