import type { Image } from '../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import type { Tx } from '../../db/transaction.ts';
import type { Values } from '../columns.ts';

/**
 * Where an object is more than its fields: it completes and checks what is about to be written, and has other records
 * follow. Everything is in the transaction of the write; a throw undoes it all.
 */
export interface Behaviour {
  /** Before an insert or update: adds what follows from the values, refuses (`invalid`) what cannot be. */
  prepare?(work: Work, drafts: readonly Draft[]): Promise<void>;
  /** Before a record goes into the bin, or comes out of it. */
  remove?(work: Work, record: Image): Promise<void>;
  restore?(work: Work, record: Image): Promise<void>;
  /** After any of them, with the record as it was and is. */
  follow?(work: Work, written: readonly Written[]): Promise<void>;
}

/** A record on its way into its table. */
export interface Draft {
  id: string;
  before: Image | null;
  /** What will be written; a behaviour may add to it, system fields included. */
  values: Values;
  /** When; differs from now only in the demo's story. */
  at: string;
}

export interface Written {
  before: Image | null;
  after: Image;
}

/** What a behaviour works with. */
export interface Work {
  tx: Tx;
  registry: Registry;
  object: ObjectDef;
  actorId: string | null;
  /**
   * Whether whoever writes reads that field of the record as it was: what is refused for what a field holds, or does not,
   * would tell it.
   */
  reads(before: Image | null, field: string): boolean;
  /** Whether this tells of the past (the demo's story): then nobody is notified. */
  past: boolean;
  /** Changes another record along, by the same write path; told in its history only with `keep`. `at`, if not now. */
  change(
    object: ObjectDef,
    id: string,
    values: Values,
    options?: { at?: string; keep?: boolean },
  ): Promise<void>;
  /** Adds records along, by the same write path. */
  add(object: ObjectDef, records: readonly Values[]): Promise<void>;
}

/** The record as it would be: the values over what was there. */
export const merged = ({ before, values }: Draft): Readonly<Record<string, unknown>> => ({
  ...before,
  ...values,
});

/** Whether a draft gives a field another value than it had. */
export const changes = ({ before, values }: Draft, field: string): boolean =>
  field in values && (values[field] ?? null) !== (before?.[field] ?? null);
