import { imageSql } from '../../server/records/imageSql.ts';
import type { Sql } from '../../server/db/connect.ts';
import { toJson } from '../../server/db/json.ts';
import { transaction } from '../../server/db/transaction.ts';
import { appendEvents } from '../../server/outbox/append.ts';
import type { Image } from '../../shared/access/index.ts';
import type { Value } from '../../shared/fields/index.ts';
import { columnOf, type ObjectDef, type Registry } from '../../shared/objects/index.ts';
import type { Dice } from './dice.ts';
import { randomPolicy } from './randomPolicy.ts';
import { randomValue } from './randomValues.ts';

export const CREATED_AT = '2026-01-02T03:04:05.678Z';

/** Rows thrown into the tables plainly, so that they may hold anything that a store can hold. */
export class Thrown {
  /** Ids of what is there of each object, for relations to point to; of visitors, too. */
  readonly ids: Record<string, string[]> = {};

  constructor(
    readonly sql: Sql,
    readonly dice: Dice,
    readonly registry: Registry,
  ) {}

  async roles(count: number, people: readonly string[]): Promise<string[]> {
    const { sql, dice } = this;
    const ids = dice.many(count, () => dice.id());
    for (const [i, id] of ids.entries()) {
      const { grants, fields } = randomPolicy(dice, this.registry);
      // The first role and its first holder see threads and notes, and export, and reach of contacts just their own, for
      // sure: no world is without.
      if (i === 0) {
        grants['ticket'] = { ...grants['ticket'], read_thread: ['all'], note: ['all'], export: ['all'] };
        grants['contact'] = { read: ['own'] };
        for (const name of ['company', 'deal']) grants[name] = { ...grants[name], export: ['all'] };
      }
      await sql`
        insert into role (id, name, grants, fields)
        values (${id}, ${`Role ${i}`}, ${toJson(sql, grants)}, ${toJson(sql, fields)})
      `;
      const sure = i === 0 ? people[0] : undefined;
      const holders = new Set([...dice.some(people, 0.4), ...(sure === undefined ? [] : [sure])]);
      // Given to a person, or to everyone in a team.
      const given = [
        ...[...holders].map((user_id) => ({ user_id, team_id: null })),
        ...dice.some(this.ids['team'] ?? [], 0.2).map((team_id) => ({ user_id: null, team_id })),
      ];
      for (const { user_id, team_id } of given) {
        // Most hold now; some are over, some begin later, some hold until later.
        const drawn = dice.pick([[-60, null], [-60, null], [-60, 60], [-60, -1], [60, null]] as const); // prettier-ignore
        const [from, until] = sure !== undefined && user_id === sure ? [-60, null] : drawn;
        // What is limited to a team are system permissions, and never what a role grants of records.
        const within = dice.maybe(0.75, this.ids['team'] ?? []);
        await sql`
          insert into role_assignment (id, user_id, team_id, role_id, within_id, starts_at, ends_at)
          values (${dice.id()}, ${user_id}, ${team_id}, ${id}, ${within},
            now() + ${from} * interval '1 min', now() + ${until} * interval '1 min')
        `;
      }
    }
    return ids;
  }

  /** Records of an object; `given` makes the values of some fields, the dice those of the others. */
  async records(
    name: string,
    count: number,
    given: Record<string, (index: number) => Value> = {},
  ): Promise<string[]> {
    const { sql, dice } = this;
    const object = this.registry.get(name);
    this.ids[name] ??= [];
    for (const id of dice.many(count, () => dice.id())) {
      const index = this.ids[name].length;
      const values = Object.fromEntries(
        Object.values(object.fields).map((field) => [
          field.name,
          given[field.name]?.(index) ?? this.value(object, field.name),
        ]),
      );
      const inBin = !['team', 'territory', 'pipeline'].includes(name) && dice.chance(0.1);
      await sql`insert into ${sql(object.table)} ${sql({ ...this.row(object, values), ...this.frame(id, inBin) })}`;
      // Known only now, so that nothing points to itself.
      this.ids[name].push(id);
    }
    return this.ids[name];
  }

  /** Every record as a creation in the log. */
  async tellTheLog(): Promise<void> {
    await transaction(this.sql, async (tx) => {
      for (const object of this.registry.objects.values()) {
        const rows = await tx<{ image: Image }[]>`
          select ${imageSql(tx, object, 'r')} as image from ${tx(object.table)} r order by r.id
        `;
        const told = { object: object.name, op: 'create', before: null, actorId: null, requestId: null, keep: true, at: CREATED_AT } as const; // prettier-ignore
        await appendEvents(
          tx,
          rows.map(({ image }) => ({ ...told, after: image })),
        );
      }
    });
    await this.sql`select sequence_batch(10000)`;
  }

  private value(object: ObjectDef, name: string): Value {
    const field = object.fields[name]!;
    if (!field.required && this.dice.chance(0.25)) return field.kind === 'relations' ? [] : null;
    const ids = this.ids[field.target ?? ''] ?? [];
    if (field.kind === 'relation' && ids.length === 0) return null;
    return randomValue(this.dice, field, ids);
  }

  private row(object: ObjectDef, values: Record<string, Value>): Record<string, unknown> {
    const custom: Record<string, Value> = {};
    const row: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      const field = object.fields[name]!;
      if (!field.custom)
        row[columnOf(field)] =
          field.kind === 'stages' ? toJson(this.sql, Array.isArray(value) ? value : []) : value;
      else if (value !== null) custom[name] = value;
    }
    if (object.name === 'session') {
      Object.assign(row, { token_hash: this.dice.id(), idle_expires_at: '2027-01-01T00:00:00Z' });
    }
    return { ...row, custom: toJson(this.sql, custom) };
  }

  private frame(id: string, inBin: boolean): Record<string, unknown> {
    return { id, created_at: CREATED_AT, deleted_at: inBin ? CREATED_AT : null };
  }
}
