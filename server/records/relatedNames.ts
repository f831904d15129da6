import type { Actor } from '../../shared/access/index.ts';
import type { Field, StageDef } from '../../shared/fields/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';
import { maskedSql } from './readSql.ts';

/** So many names are remembered of each object, and then forgotten together. */
const KNOWN_MAX = 50_000;

interface Named {
  id: string;
  name: string | null;
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

  /** Null for a record, or a name, that the actor may not read. */
  name = (object: string, id: string): string | null => this.#known.get(object)?.get(id)?.name ?? null;

  /** The stages that are kept in that record. */
  stages = (object: string, id: string): readonly StageDef[] =>
    this.#known.get(object)?.get(id)?.stages ?? [];

  async #ask(object: ObjectDef, ids: string[]): Promise<Named[]> {
    const sql = this.#sql;
    const rows = maskedSql(sql, this.#actor, this.#registry, object);
    const stages = stagesIn(object);
    return sql<Named[]>`
      select m.id, ${this.#nameSql(object)} as name,
        ${stages ? sql`${sql(`m.${stages.name}`)}` : sql`null`} as stages
      from ${rows} m
      where m.id = any (${ids}::uuid[])
    `;
  }

  /** Of two people of one name each is called by the e-mail address, so that a file tells them apart. */
  #nameSql(object: ObjectDef): Fragment {
    const sql = this.#sql;
    const title = sql`${sql(`m.${object.title}`)}::text`;
    if (object.name !== 'user') return title;
    return sql`case when exists (
      select from ${maskedSql(sql, this.#actor, this.#registry, object)} other
      where other.name = m.name and other.id <> m.id
    ) then coalesce(m.email, ${title}) else ${title} end`;
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
