import type { Actor } from '../../../shared/access/index.ts';
import { isId } from '../../../shared/lib/ids.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import { isEverReadable } from '../../access/reaches.ts';
import { joined, type AnySql } from '../../db/fragments.ts';
import { maskedSql } from '../../records/readSql.ts';
import { holdsAny } from './holders.ts';
import { keyOfWanted, normal, type Wanted } from './job.ts';

/** Ids of the records that a text names; more than one: it is not clear which is meant. */
export type Finds = Map<string, string[]>;

/**
 * Finds records by texts of rows: all that rows want of one object and in one way with a single statement, and only
 * those that the actor may read. By key of what is wanted.
 */
export async function findRecords(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  wanted: readonly Wanted[],
): Promise<Finds> {
  const finds: Finds = new Map();
  const groups = new Map<string, Wanted[]>();
  for (const one of wanted) {
    const way = JSON.stringify([one.object, one.find, one.find.filter((name) => name in one.given)]);
    groups.set(way, [...(groups.get(way) ?? []), one]);
  }
  for (const group of groups.values()) {
    const object = registry.get(group[0]!.object);
    const distinct = new Map(group.map((one) => [keyOfWanted(one), one]));
    const rows = await rowsNamed(sql, actor, registry, object, [...distinct.values()]);
    const index = new NameIndex(rows);
    for (const [key, one] of distinct) finds.set(key, index.find(one, namesOf(actor, registry, object, one)));
  }
  return finds;
}

interface Row {
  id: string;
  [field: string]: string | null;
}

async function rowsNamed(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  wanted: readonly Wanted[],
): Promise<Row[]> {
  const texts = new Map<string, Set<string>>();
  const shown = new Set<string>();
  for (const one of wanted) {
    const { own, agreed } = namesOf(actor, registry, object, one);
    for (const name of own) texts.set(name, (texts.get(name) ?? new Set()).add(one.text));
    for (const name of [...own, ...agreed]) if (name !== 'id') shown.add(name);
  }
  if (texts.size === 0) return [];
  const columns = [sql`m.id`, ...[...shown].map((name) => sql`${sql(`m.${name}`)}`)];
  return sql<Row[]>`
    select ${joined(sql, columns, sql`, `)} from ${maskedSql(sql, actor, registry, object)} m
    where ${holdsAny(
      sql,
      object,
      [...texts].map(([name, some]) => [name, [...some]] as const),
    )}
  `;
}

/**
 * The fields whose texts name a record: `own` are compared with the text itself, the first that finds any decides;
 * `agreed` with what the map would give a new one.
 */
function namesOf(actor: Actor, registry: Registry, object: ObjectDef, { text, find, given }: Wanted) {
  const readable = (name: string) => isEverReadable(actor, registry, object, name);
  const own = find.filter((name) => !(name in given));
  const agreed = find.filter((name) => name in given).filter(readable);
  if (own.length > 0) return { own: own.filter(readable), agreed };
  const elsewhere = 'external_id' in object.fields && readable('external_id') ? ['external_id'] : [];
  const isIdText: boolean = isId(text);
  if (isIdText) return { own: ['id', ...elsewhere], agreed };
  const email = Object.values(object.fields).find(({ kind, custom }) => kind === 'email' && !custom);
  const usual = [...(email && text.includes('@') ? [email.name] : []), object.title, ...elsewhere];
  return { own: usual.filter(readable).filter((name) => !agreed.includes(name)), agreed };
}

class NameIndex {
  readonly #rows = new Map<string, Row[]>();

  constructor(rows: readonly Row[]) {
    for (const row of rows) {
      for (const [name, value] of Object.entries(row)) {
        if (value === null) continue;
        const key = keyOf(name, value);
        const known = this.#rows.get(key);
        if (known) known.push(row);
        else this.#rows.set(key, [row]);
      }
    }
  }

  find({ text, given }: Wanted, { own, agreed }: { own: string[]; agreed: string[] }): string[] {
    for (const name of own) {
      const rows = (this.#rows.get(keyOf(name, text)) ?? []).filter((row) =>
        agreed.every((other) => normal(row[other] ?? '') === normal(given[other] ?? '')),
      );
      if (rows.length > 0) return [...new Set(rows.map(({ id }) => id))];
    }
    return [];
  }
}

/** Ids of elsewhere as they are, names however they are written. */
const keyOf = (name: string, text: string): string =>
  `${name}\0${name === 'external_id' ? text.normalize('NFC').trim() : normal(text)}`;
