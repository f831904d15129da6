import { describe, expect, test } from 'vitest';
import { KINDS } from '../shared/fields/index.ts';
import { columnOf, OBJECTS } from '../shared/objects/index.ts';
import { freshDatabase } from './world/database.ts';

// Registry and tables say the same: whoever adds a field to one is told here what the other lacks.

/** Carried by every table of the registry. */
const FRAME: Record<string, string> = {
  id: 'uuid',
  version: 'bigint',
  touched: 'jsonb',
  custom: 'jsonb',
  created_at: 'timestamp(3) with time zone',
  updated_at: 'timestamp(3) with time zone',
  deleted_at: 'timestamp(3) with time zone',
};

/** Columns that only the program knows of; no query made from the registry can ever name them. */
const PRIVATE: Record<string, string[]> = { session: ['token_hash', 'idle_expires_at'] };

interface Column {
  name: string;
  type: string;
  full: boolean;
  /** Table that the column points to. */
  target: string | null;
}

const { sql } = await freshDatabase();
const columns = await sql<(Column & { table: string })[]>`
  select c.table_name as table, c.column_name as name, c.is_nullable = 'NO' as full,
    format_type(a.atttypid, a.atttypmod) as type, k.confrelid::regclass::text as target
  from information_schema.columns c
  join pg_attribute a on a.attrelid = to_regclass('public.' || c.table_name) and a.attname = c.column_name
  left join pg_constraint k on k.contype = 'f' and k.conrelid = a.attrelid and k.conkey = array[a.attnum]
  where c.table_schema = 'public'
`;
const tableOf = (name: string) => OBJECTS.find((object) => object.name === name)?.table;

describe.each(OBJECTS)('$name', (object) => {
  const found = new Map(
    columns.filter(({ table }) => table === object.table).map((column) => [column.name, column]),
  );

  test('its table has the frame of a record', () => {
    for (const [name, type] of Object.entries(FRAME)) {
      expect(found.get(name), `${object.table}.${name}`).toMatchObject({ type, full: name !== 'deleted_at' });
    }
  });

  test.each(Object.values(object.fields))('field $name has its column', (field) => {
    const column = found.get(columnOf(field));
    expect(column?.type, `${object.table}.${columnOf(field)}`).toBe(KINDS[field.kind].sqlType);
    // A list is empty rather than null. What must have a value is never null, whoever writes it.
    expect(column?.full, 'not null').toBe(field.required || field.kind === 'relations');
    if (field.kind === 'relation' && field.target !== null)
      expect(column?.target).toBe(tableOf(field.target));
  });

  test('every column belongs to a field or to the frame', () => {
    const known = new Set([
      ...Object.keys(FRAME),
      ...Object.values(object.fields).map(columnOf),
      ...(PRIVATE[object.name] ?? []),
    ]);
    expect([...found.keys()].filter((name) => !known.has(name))).toEqual([]);
  });

  test('its relations and parents lead to objects that exist', () => {
    const targets = Object.values(object.fields).flatMap(({ target }) => target ?? []);
    expect(targets.filter((name) => tableOf(name) === undefined)).toEqual([]);
    // An id of nobody's record (a visitor) is none that people could fill in.
    const blind = Object.values(object.fields).filter(({ kind, target }) => kind.startsWith('relation') && target === null); // prettier-ignore
    expect(blind.filter(({ system }) => !system)).toEqual([]);
    for (const parent of object.parents) expect(object.fields[parent]?.kind).toBe('relation');
  });
});

test('names, plurals and tables are each used once', () => {
  for (const key of ['name', 'plural', 'table'] as const) {
    const all = OBJECTS.map((object) => object[key]);
    expect(new Set(all).size, key).toBe(all.length);
  }
});
