import { z } from 'zod';

const personSchema = z.strictObject({
  user: z.uuid(),
  kind: z.enum(['person', 'customer']),
  state: z.enum(['here', 'away']),
  /** What they are writing in: `reply`, `note` or a field's name. */
  field: z.string().max(60).optional(),
  /** Whether they may answer the customer, so that the customer may hear of them. */
  replies: z.boolean(),
});
/** Somebody on a record, before it is asked who may know. By id: names are looked up by whoever shows them. */
export type PersonThere = z.infer<typeof personSchema>;

/** More waiting than this while Redis stands still is left out; who is there is told again every few seconds. */
export const RECORDS_MAX = 500;
export const PEOPLE_MAX = 100;

const presenceSchema = z.strictObject({
  kind: z.literal('presence'),
  node: z.string().max(120),
  /** Everyone who is on these records at that node; nobody any more where the list is empty. */
  on: z.array(z.tuple([z.uuid(), z.array(personSchema).max(PEOPLE_MAX)])).max(RECORDS_MAX),
});
export type PresencePoke = z.infer<typeof presenceSchema>;

/**
 * "Look now": what was just committed. Never a record. It may be lost, come twice or out of order; whoever gets it
 * reads the store, as its poll would have done a quarter of a second later. `presence` alone says it all itself: it is
 * in no store, and repeated until it is over.
 */
export const pokeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('log'),
    epoch: z.string().max(64).optional(),
    head: z.number().optional(),
  }),
  z.strictObject({ kind: z.literal('access') }),
  z.strictObject({ kind: z.literal('sessions') }),
  presenceSchema,
]);
export type BusPoke = z.infer<typeof pokeSchema>;

/** One poke that says all that two of a kind, the first of which has not been sent, would have said. */
export function merged(first: BusPoke, then: BusPoke): BusPoke {
  if (first.kind !== 'presence' || then.kind !== 'presence') return then;
  const on = [...new Map([...first.on, ...then.on])].slice(-RECORDS_MAX);
  return { ...then, on };
}

/** For `coalesce`. */
export const POKES = { kind: ({ kind }: BusPoke): string => kind, merged };
