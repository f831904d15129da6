import { z } from '../../../shared/lib/zod.ts';
import { ERROR_STATUS, type ErrorCode } from '../../../shared/protocol/errors.ts';

/** One write, as it waits in this browser: what the person did, in their own words, and nothing the server told. */
export type Act =
  | { kind: 'change'; object: string; id: string; values: Values; shows?: Values | undefined }
  | { kind: 'create'; object: string; values: Values }
  | { kind: 'remove'; object: string; id: string }
  | { kind: 'restore'; object: string; id: string }
  | { kind: 'say'; ticket: string; as: 'reply' | 'note'; body: string; mentions: string[]; after: string };
export type Values = Record<string, unknown>;

/**
 * `sending`: on its way for the first time. `waiting`: sent once there is a connection. The others wait for the person:
 * `conflict`: someone else changed the same field; `refused`: the server does not take it; `unsure`: it may have been done,
 * but so long ago that the server would not know it again; `old`: too old to be sent without asking.
 */
export type WriteState = 'sending' | 'waiting' | 'conflict' | 'refused' | 'unsure' | 'old';

export interface UnsentWrite {
  /** Its Idempotency-Key: the same at every try. */
  key: string;
  /** Writes of one line are sent one after the other, in the order of `at`: `object/id`. */
  line: string;
  act: Act;
  /** The version the person was looking at; null where there was none. */
  seen: number | null;
  /** When it was made: milliseconds since 1970, later than that of every write before it. */
  at: number;
  /** When it was first sent; null: certainly never. */
  tried: number | null;
  state: WriteState;
  /** Goes only if that one, before it in its line, was done. */
  needs?: string | undefined;
  /** What the server had against it. */
  why?: Refusal | undefined;
}
export interface Refusal {
  code: ErrorCode;
  message: string;
  fields?: Record<string, string> | undefined;
}

export const LIMITS = {
  /** So many may wait at once … */
  writes: 200,
  /** … which take so many characters of the browser's storage. */
  chars: 1_000_000,
  /** What is older is not sent without asking: the world has moved on. */
  age_ms: 7 * 24 * 3_600_000,
  /** What nobody came back for is forgotten. */
  kept_ms: 14 * 24 * 3_600_000,
  /** The server knows a key for 24 hours; an hour is left for clocks that differ. */
  key_ms: 23 * 3_600_000,
} as const;

const values = z.record(z.string(), z.unknown());
const target = { object: z.string(), id: z.string() };
const actSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('change'), ...target, values, shows: values.optional() }),
  z.strictObject({ kind: z.literal('create'), object: z.string(), values }),
  z.strictObject({ kind: z.literal('remove'), ...target }),
  z.strictObject({ kind: z.literal('restore'), ...target }),
  z.strictObject({
    kind: z.literal('say'),
    ticket: z.string(),
    as: z.enum(['reply', 'note']),
    body: z.string(),
    mentions: z.array(z.string()),
    after: z.string(),
  }),
]);

/** What is read from storage: another version of this program may have written it. */
export const unsentSchema = z.strictObject({
  key: z.string(),
  line: z.string(),
  act: actSchema,
  seen: z.number().nullable(),
  at: z.number(),
  tried: z.number().nullable(),
  state: z.enum(['sending', 'waiting', 'conflict', 'refused', 'unsure', 'old']),
  needs: z.string().optional(),
  why: z
    .strictObject({
      code: z.string().transform((code): ErrorCode => (isCode(code) ? code : 'internal')),
      message: z.string(),
      fields: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});

const isCode = (code: string): code is ErrorCode => code in ERROR_STATUS;

/** Whether it goes by itself once there is a connection. */
export const isDue = ({ state }: UnsentWrite): boolean => state === 'sending' || state === 'waiting';

/** Whether the person has to say what becomes of it. */
export const needsAnswer = (write: UnsentWrite): boolean => !isDue(write);

/** The fields it sets. */
export const fieldsOf = ({ act }: UnsentWrite): string[] =>
  act.kind === 'change' || act.kind === 'create' ? Object.keys(act.values) : [];

export const inOrder = (a: UnsentWrite, b: UnsentWrite): number =>
  a.at - b.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
