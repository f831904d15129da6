import { z } from 'zod';
import { pokeSchema } from '../redis/messages.ts';

const metricSchema = z.strictObject({
  name: z.string(),
  help: z.string(),
  type: z.enum(['gauge', 'counter']),
  value: z.number(),
});

/** For all siblings: the primary passes it on without a look inside. */
const toSiblings = [
  z.strictObject({ kind: z.literal('poke'), poke: pokeSchema }),
  z.strictObject({ kind: z.literal('metrics'), worker: z.string(), metrics: z.array(metricSchema) }),
] as const;
export const siblingWordSchema = z.discriminatedUnion('kind', toSiblings);
export type SiblingWord = z.infer<typeof siblingWordSchema>;

/** What a worker says over the channel that Node gives it to the process that started it. */
export const wordSchema = z.discriminatedUnion('kind', [
  ...toSiblings,
  z.strictObject({ kind: z.literal('ready') }),
  /** It ends with 1; the words are for the operator, who shall not read them from each. */
  z.strictObject({ kind: z.literal('failed'), words: z.string() }),
]);
export type Word = z.infer<typeof wordSchema>;
