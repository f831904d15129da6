import type { Actor } from '../../shared/access/index.ts';
import { must } from '../../shared/lib/must.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import type { NamedRecord } from '../../shared/protocol/index.ts';
import { joined, type AnySql, type Fragment } from '../db/fragments.ts';
import { toMasked, type MaskedRow } from './readSql.ts';

// Records among those of other objects: only what names them is read, so that many fit into one answer.

/** The columns of masked rows that `toNamed` needs. */
export function namedSql(sql: AnySql, object: ObjectDef, alias: string): Fragment {
  const names = ['id', 'version', 'created_at', '_ways', '_parent', ...shownOf(object)];
  return joined(
    sql,
    names.map((name) => sql`${sql(`${alias}.${name}`)}`),
    sql`, `,
  );
}

export function toNamed(actor: Actor, registry: Registry, object: ObjectDef, row: MaskedRow): NamedRecord {
  const record = toMasked(actor, registry, object, row);
  const beside = must(object.found, `${object.name} to be looked for`).beside;
  const title = record[object.title];
  return {
    id: record.id,
    title: typeof title === 'string' ? title : null,
    beside: Object.fromEntries(
      beside.filter((name) => record[name] !== undefined).map((name) => [name, record[name]]),
    ),
  };
}

const shownOf = ({ title, found }: ObjectDef): string[] => [...new Set([title, ...(found?.beside ?? [])])];
