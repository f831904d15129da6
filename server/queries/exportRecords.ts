import type { Actor } from '../../shared/access/index.ts';
import type { Field } from '../../shared/fields/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import {
  CREATED_FIELD,
  EXPORT_LIMITS,
  fieldNotReadable,
  filterField,
  ID_FIELD,
  malformed,
  notAllowed,
  notFound,
  unavailable,
  unknownField,
  type ExportSize,
  type View,
} from '../../shared/protocol/index.ts';
import { isEverReached, isEverReadable } from '../access/reaches.ts';
import { cellOf } from '../csv/cells.ts';
import { csvLine, disarm } from '../csv/write.ts';
import { transaction } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { readChunks } from '../records/readChunks.ts';
import type { MaskedRow } from '../records/readSql.ts';
import { countRows, refuseUnreadable } from '../records/readView.ts';
import { RelatedNames, stagesThrough } from '../records/relatedNames.ts';

/** A list that somebody may take out: which rows, and which fields of them. */
export interface ExportOrder {
  view: View;
  /** The id first. */
  columns: Field[];
}

/** Where the lines go: `write` waits until there is room for more, and throws where nothing more may go out. */
export interface Sink {
  write(lines: string, rows: number): Promise<void>;
  signal: AbortSignal;
}

/**
 * Whether the actor may take that out at all. `columns`: names of fields; undefined for all that they may read.
 * @throws ApiError `not_found` (they may not read the object), `not_allowed`, `unknown_field`, `field_not_readable`
 */
export function orderExport(
  registry: Registry,
  actor: Actor,
  view: View,
  columns: readonly string[] | undefined,
): ExportOrder {
  const { object } = view;
  if (!isEverReached(actor, registry, object, 'read')) throw notFound();
  if (!isEverReached(actor, registry, object, 'export')) throw notAllowed(`${object.name}.export`);
  refuseUnreadable(actor, registry, view);
  return { view, columns: [ID_FIELD, ...chosen(registry, actor, object, columns)] };
}

/** How many rows the file would have, and how many the list has, by the same rights. */
export async function exportSize(app: App, actor: Actor, { view }: ExportOrder): Promise<ExportSize> {
  const [rows, listed] = await Promise.all([
    countRows(app.sql, actor, app.registry, view, 'export'),
    countRows(app.sql, actor, app.registry, view, 'read'),
  ]);
  return { rows, listed };
}

/**
 * Writes the rows as CSV, all of one state of the store: those that the actor may read and export, each with what they
 * may read of it. `sql` is a pool whose statements and transactions may take long.
 */
export async function exportRecords(
  { registry, sql: by }: App,
  sql: App['sql'],
  actor: Actor,
  { view, columns }: ExportOrder,
  { write, signal }: Sink,
): Promise<void> {
  const { object } = view;
  const through = columns.some(({ kind }) => kind === 'stage') ? stagesThrough(registry, object) : undefined;
  const fields = [...columns, ...(through ? [through] : [])];
  let begun = false;
  await transaction(
    sql,
    async (tx) => {
      // A transaction may be tried again, what has been sent cannot be taken back.
      if (begun) throw unavailable();
      const names = new RelatedNames(tx, actor, registry);
      let head = BOM + csvLine(columns.map(({ label }) => disarm(label)));
      const options = { action: 'export' as const, fields: fields.map(({ name }) => name), signal, by };
      for await (const rows of readChunks(tx, actor, registry, view, options)) {
        await names.learn(related(rows, fields));
        const lines = rows.map((row) => {
          const stages = through?.target ? names.stages(through.target, String(row[through.name])) : [];
          const called = { name: names.name, stages };
          return csvLine(columns.map((field) => cellOf(field, row[field.name], called)));
        });
        begun = true;
        await write(head + lines.join(''), rows.length);
        head = '';
      }
      begun = true;
      if (head !== '') await write(head, 0);
    },
    { isolation: 'snapshot' },
  );
}

/** Spreadsheets take a file without it for one of another time. */
const BOM = '\uFEFF';

function chosen(
  registry: Registry,
  actor: Actor,
  object: ObjectDef,
  names: readonly string[] | undefined,
): Field[] {
  if (names === undefined) {
    const readable = Object.values(object.fields).filter(({ name }) =>
      isEverReadable(actor, registry, object, name),
    );
    return [...readable, CREATED_FIELD];
  }
  if (names.length > EXPORT_LIMITS.columns) {
    throw malformed(`At most ${EXPORT_LIMITS.columns} columns`, { columns: 'Too many' });
  }
  const frame = [ID_FIELD.name, CREATED_FIELD.name];
  const unknown = names.filter((name) => !frame.includes(name) && !Object.hasOwn(object.fields, name));
  if (unknown.length > 0) throw unknownField(unknown.slice(0, 20).map((name) => name.slice(0, 60)));
  for (const name of names) if (!isEverReadable(actor, registry, object, name)) throw fieldNotReadable(name);
  return [...new Set(names)]
    .filter((name) => name !== ID_FIELD.name)
    .map((name) => filterField(object, name));
}

/** The ids that these rows name, by object. */
function related(rows: readonly MaskedRow[], fields: readonly Field[]): Map<string, Set<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const { name, kind, target } of fields) {
    if (target === null || (kind !== 'relation' && kind !== 'relations')) continue;
    const ids = wanted.get(target) ?? new Set();
    wanted.set(target, ids);
    for (const row of rows) {
      for (const id of [row[name]].flat()) if (typeof id === 'string') ids.add(id);
    }
  }
  return wanted;
}
