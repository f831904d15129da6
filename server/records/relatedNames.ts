import type { Actor } from '../../shared/access/index.ts';
import type { Field, StageDef } from '../../shared/fields/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import { joined, type AnySql } from '../db/fragments.ts';
import { maskedSql } from './readSql.ts';

/** So many names are remembered of each object, and then forgotten together. */
const KNOWN_MAX = 50_000;

interface Named {
  id: string;
  title: string | null;
  /** What no other record has: where several are called alike, or a text cannot be told from others. */
  unique: string;
  isShared: boolean;
  stages: StageDef[] | null;
}

/**
 * What people call the records that others name, as far as the actor may read them. Good for one state of the store:
 * each is asked for once.
 */
export class RelatedNames {
  readonly #sql: AnySql;
  readonly #actor: Actor;
  readonly #registry: Registry;
  readonly #known = new Map<string, Map<string, Named | null>>();

  constructor(sql: AnySql, actor: Actor, registry: Registry) {
    this.#sql = sql;
    this.#actor = actor;
    this.#registry = registry;
  }

  /** To be called with the ids, by object, before their names are asked for. */
  async learn(wanted: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
    for (const [name, ids] of wanted) {
      let known = this.#known.get(name);
      if (!known || known.size > KNOWN_MAX) this.#known.set(name, (known = new Map()));
      const missing = [...ids].filter((id) => !known.has(id));
      if (missing.length === 0) continue;
      for (const id of missing) known.set(id, null);
      for (const row of await this.#ask(this.#registry.get(name), missing)) known.set(row.id, row);
    }
  }

  /**
   * Null for a record, or a name, that the actor may not read. Of several of one name each is called by what it has
   * alone, so that a file tells them apart.
   */
  name = (object: string, id: string): string | null => {
    const { title = null, unique = '', isShared = false } = this.#known.get(object)?.get(id) ?? {};
    if (title === null) return null;
    return isShared || isId(title) ? unique : title;
  };

  /** The stages that are kept in that record. */
  stages = (object: string, id: string): readonly StageDef[] =>
    this.#known.get(object)?.get(id)?.stages ?? [];

  async #ask(object: ObjectDef, ids: string[]): Promise<Named[]> {
    const sql = this.#sql;
    const rows = () => maskedSql(sql, this.#actor, this.#registry, object);
    const stages = stagesIn(object);
    const title = (of: string) => sql`${sql(`${of}.${object.title}`)}::text`;
    // An address is a person's alone, an id elsewhere a record's; both are known in other houses, too.
    const own = ['email', 'external_id'].filter(
      (name) => name in object.fields && (name !== 'email' || object.name === 'user'),
    );
    const unique = joined(sql, [...own.map((name) => sql`${sql(`m.${name}`)}`), sql`m.id::text`], sql`, `);
    return sql<Named[]>`
      select m.id, ${title('m')} as title, coalesce(${unique}) as unique,
        exists (
          select from ${rows()} other
          where lower(btrim(${title('other')})) = lower(btrim(${title('m')})) and other.id <> m.id
        ) as "isShared",
        ${stages ? sql`${sql(`m.${stages.name}`)}` : sql`null`} as stages
      from ${rows()} m
      where m.id = any (${ids}::uuid[])
    `;
  }
}

/** The field in which records of this object keep stages, if they do. */
const stagesIn = (object: ObjectDef): Field | undefined =>
  Object.values(object.fields).find((field) => field.kind === 'stages');

/** The relation of an object through which its stages are those of another record (a deal's pipeline). */
export const stagesThrough = (registry: Registry, object: ObjectDef): Field | undefined =>
  Object.values(object.fields).find((field) => {
    const target =
      field.kind === 'relation' && field.target !== null ? registry.find(field.target) : undefined;
    return target !== undefined && stagesIn(target) !== undefined;
  });
