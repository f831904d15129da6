import type { Image } from '../../shared/access/index.ts';
import { must } from '../../shared/lib/must.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { toJson } from '../db/json.ts';
import type { Tx } from '../db/transaction.ts';
import type { Draft } from './behaviours/behaviour.ts';
import { columnsOf, type Values } from './columns.ts';
import { imageSql } from './imageSql.ts';

// The statements that change a registry table. Called by write.ts (and parts.ts) only.

/** Keeps a statement well below the 65,535 parameters it may have. */
const ROWS_AT_ONCE = 200;

/** `extra` holds, for each draft, columns of the table that are no fields. */
export async function insertRows(
  tx: Tx,
  object: ObjectDef,
  drafts: readonly Draft[],
  extra: readonly { columns?: Record<string, unknown> }[],
): Promise<Image[]> {
  const rows = drafts.map((draft, i) => ({ ...rowOf(tx, object, draft), ...extra[i]?.columns }));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const images = new Map<string, Image>();
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    const some = rows.slice(i, i + ROWS_AT_ONCE).map((row) => complete(tx, names, row));
    const added = await tx<{ image: Image }[]>`
      insert into ${tx(object.table)} ${tx(some)} returning ${imageSql(tx, object, object.table)} as image
    `;
    for (const { image } of added) images.set(image.id, image);
  }
  return drafts.map(({ id }) => must(images.get(id), 'the row just added'));
}

export interface RowChange {
  columns: Record<string, unknown>;
  custom: Values;
  at: string;
  /** Fields that get the new version as theirs. */
  touched: readonly string[];
}

/** The row must be locked and be as `before` says. */
export async function updateRow(tx: Tx, object: ObjectDef, before: Image, change: RowChange): Promise<Image> {
  const version = before.version + 1;
  const touched = Object.fromEntries(change.touched.map((name) => [name, version]));
  const values: Record<string, unknown> = {
    ...change.columns,
    version,
    touched: tx`touched || ${toJson(tx, touched)}::jsonb`,
    custom: tx`jsonb_strip_nulls(custom || ${toJson(tx, change.custom)}::jsonb)`,
    updated_at: change.at,
  };
  const [row] = await tx<{ image: Image }[]>`
    update ${tx(object.table)} set ${tx(values)} where id = ${before.id}
    returning ${imageSql(tx, object, object.table)} as image
  `;
  return must(row, `the ${object.name} that was locked`).image;
}

/** Puts locked rows into the bin, as of `at`. In the order of `ids`. */
export async function binRows(
  tx: Tx,
  object: ObjectDef,
  ids: readonly string[],
  at: string,
): Promise<Image[]> {
  const rows = await tx<{ image: Image }[]>`
    update ${tx(object.table)} set deleted_at = ${at}, updated_at = ${at}, version = version + 1
    where id = any (${[...ids]}::uuid[]) returning ${imageSql(tx, object, object.table)} as image
  `;
  const images = new Map(rows.map(({ image }) => [image.id, image]));
  return ids.map((id) => must(images.get(id), `the ${object.name} that was locked`));
}

function rowOf(tx: Tx, object: ObjectDef, { id, values, at }: Draft): Record<string, unknown> {
  const { columns, custom } = columnsOf(tx, object, values);
  const kept = Object.fromEntries(Object.entries(custom).filter(([, value]) => value !== null));
  return { id, ...columns, custom: toJson(tx, kept), created_at: at, updated_at: at };
}

const complete = (tx: Tx, names: readonly string[], row: Record<string, unknown>) =>
  Object.fromEntries(names.map((name) => [name, name in row ? row[name] : tx`default`]));
