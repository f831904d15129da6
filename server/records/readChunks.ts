import type { Actor } from '../../shared/access/index.ts';
import type { ReachedAction, Registry } from '../../shared/objects/index.ts';
import type { View } from '../../shared/protocol/index.ts';
import { cancelOn } from '../db/cancelOn.ts';
import type { Sql } from '../db/connect.ts';
import { joined } from '../db/fragments.ts';
import type { Tx } from '../db/transaction.ts';
import { matchesSql } from './filterSql.ts';
import { maskedSql, type MaskedRow } from './readSql.ts';
import { sourceOf } from './source.ts';
import { orderSql } from './sortSql.ts';

export interface ChunkOptions {
  /** What must be possible with each row, beside reading it. */
  action: ReachedAction;
  /** Names of the fields wanted. */
  fields: readonly string[];
  /** Ends the reading, and the statement that runs; for that a connection of `by` is used. */
  signal: AbortSignal;
  by: Sql;
}

/**
 * All rows of a view in its order, some hundred at a time, read by a cursor: so the store sorts once, and keeps what is
 * not asked for yet. A field that the actor may not read on a row is null in it. One such reading at a time in a
 * transaction; other statements may run on it in between.
 */
export async function* readChunks(
  tx: Tx,
  actor: Actor,
  registry: Registry,
  view: View,
  { action, fields, signal, by }: ChunkOptions,
): AsyncGenerator<MaskedRow[]> {
  const { object } = view;
  const columns = [...new Set(['id', ...fields])].map((name) => tx`${tx(`m.${name}`)}`);
  const letBe = await cancelOn(signal, tx, by);
  try {
    signal.throwIfAborted();
    await tx`
      declare chunks no scroll cursor for
      select ${joined(tx, columns, tx`, `)} from ${maskedSql(tx, actor, registry, object, { action })} m
      where ${matchesSql(tx, view, 'm')}
      order by ${orderSql(tx, view, 'm', sourceOf(tx, actor, registry, view).sorted)}
    `;
    for (;;) {
      signal.throwIfAborted();
      // A number of rows cannot be a parameter. Not prepared: the same words mean other columns at every reading.
      const rows = await tx<MaskedRow[]>`fetch forward 250 from chunks`.simple();
      if (rows.length === 0) return;
      yield [...rows];
    }
  } finally {
    letBe();
  }
}
