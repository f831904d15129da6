import { imageSql } from '../../server/records/imageSql.ts';
import type { Sql } from '../../server/db/connect.ts';
import { toJson } from '../../server/db/json.ts';
import { transaction } from '../../server/db/transaction.ts';
import { appendEvents } from '../../server/outbox/append.ts';
import { FIELD_RIGHTS, WAY_NAMES, type Image, type RolePolicy } from '../../shared/access/index.ts';
import type { Value } from '../../shared/fields/index.ts';
import {
  ACTIONS,
  columnOf,
  customFieldSchema,
  OBJECTS,
  Registry,
  type ObjectDef,
} from '../../shared/objects/index.ts';
import type { Dice } from './dice.ts';
import { randomValue } from './randomValues.ts';

/** An organisation thrown with dice: people in a tree and in teams, roles of every shape, records of every object. */
export interface Organisation {
  registry: Registry;
  people: string[];
  teams: string[];
  roles: string[];
  /** Ids of the records of each object, those in the bin too. */
  records: Record<string, string[]>;
}

/** Fields that this organisation has added, of several kinds and sensitivities. */
const CUSTOM = [
  { object: 'deal', name: 'bonus', kind: 'money', sensitivity: 'sensitive' },
  { object: 'deal', name: 'signed_at', kind: 'instant', sensitivity: 'normal' },
  { object: 'deal', name: 'campaign', kind: 'text', sensitivity: 'normal' },
  { object: 'company', name: 'since', kind: 'date', sensitivity: 'normal' },
  { object: 'company', name: 'grade', kind: 'choice', sensitivity: 'secret' },
  { object: 'contact', name: 'vip', kind: 'boolean', sensitivity: 'normal' },
  { object: 'activity', name: 'score', kind: 'integer', sensitivity: 'sensitive' },
].map((row) =>
  customFieldSchema.parse({
    ...row,
    label: row.name,
    required: false,
    choices:
      row.kind === 'choice'
        ? ['A', 'b', 'ä', '\u{1f600}', '\ue000'].map((value) => ({ value, label: value }))
        : [],
  }),
);

export const CREATED_AT = '2026-01-02T03:04:05.678Z';

/**
 * Fills an empty store. Rows are written plainly, so that they may hold anything that a store can hold; each is told to
 * the log as created. `size` is about how many records there are of each object.
 */
export async function randomOrganisation(sql: Sql, dice: Dice, size: number): Promise<Organisation> {
  const registry = new Registry(OBJECTS, CUSTOM);
  for (const { choices, ...row } of CUSTOM) {
    await sql`insert into custom_field ${sql({ id: dice.id(), ...row, choices: sql.json(choices) })}`;
  }
  const thrown = new Thrown(sql, dice, registry);
  const teams = await thrown.records('team', dice.int(1, 4), { lead: () => null });
  const people = await thrown.records('user', dice.int(2, 4 + Math.ceil(size / 2)), {
    email: (i) => `person${i}@example.com`,
    manager: () => null,
    active: () => !dice.chance(0.1),
  });
  await standInATree(sql, dice, people);
  await joinTeams(sql, dice, people, teams);
  const roles = await thrown.roles(dice.int(1, 5), people);

  await thrown.records('pipeline', 2);
  await thrown.records('company', size);
  await thrown.records('contact', size);
  await thrown.records('deal', size);
  await thrown.activities(size);
  await thrown.records('session', Math.ceil(size / 2));
  await thrown.tellTheLog();
  return { registry, people, teams, roles, records: thrown.ids };
}

/** A management tree: everyone stands below someone before them in the list, or below nobody. */
async function standInATree(sql: Sql, dice: Dice, people: readonly string[]): Promise<void> {
  for (const [i, id] of people.entries()) {
    await sql`update user_account set manager_id = ${randomManager(dice, people, i)} where id = ${id}`;
  }
}

export const randomManager = (dice: Dice, people: readonly string[], index: number): string | null =>
  dice.maybe(0.25, people.slice(0, index));

async function joinTeams(
  sql: Sql,
  dice: Dice,
  people: readonly string[],
  teams: readonly string[],
): Promise<void> {
  const members = people.flatMap((user_id) =>
    dice.some(teams, 0.15).map((team_id) => ({ user_id, team_id })),
  );
  if (members.length > 0) await sql`insert into team_member ${sql(members)}`;
}

/** What a role gives: anything that may be said at all. */
export function randomPolicy(dice: Dice, registry: Registry): Omit<RolePolicy, 'name' | 'purpose'> {
  const objects = [...registry.objects.values()];
  const reach = () =>
    dice.some(
      WAY_NAMES.filter((way) => way !== 'all' || dice.chance(0.4)),
      0.45,
    );
  return {
    grants: Object.fromEntries(
      dice
        .some(objects, 0.7)
        .map((object) => [
          object.name,
          Object.fromEntries(
            dice
              .some(ACTIONS, 0.5)
              .map((action) => [action, action === 'create' ? dice.chance(0.5) : reach()]),
          ),
        ]),
    ),
    fields: Object.fromEntries(
      dice
        .some(objects, 0.6)
        .map((object) => [
          object.name,
          Object.fromEntries(
            dice.some(Object.keys(object.fields), 0.35).map((name) => [name, dice.pick(FIELD_RIGHTS)]),
          ),
        ]),
    ),
    system: [],
  };
}

class Thrown {
  readonly ids: Record<string, string[]> = {};

  constructor(
    private readonly sql: Sql,
    private readonly dice: Dice,
    private readonly registry: Registry,
  ) {}

  async roles(count: number, people: readonly string[]): Promise<string[]> {
    const { sql, dice } = this;
    const ids = dice.many(count, () => dice.id());
    for (const [i, id] of ids.entries()) {
      const { grants, fields } = randomPolicy(dice, this.registry);
      await sql`
        insert into role (id, name, grants, fields)
        values (${id}, ${`Role ${i}`}, ${toJson(sql, grants)}, ${toJson(sql, fields)})
      `;
      for (const user_id of dice.some(people, 0.4)) {
        // Most hold now; some are over, some begin later, some hold until later.
        const [from, until] = dice.pick([[-60, null], [-60, null], [-60, 60], [-60, -1], [60, null]] as const); // prettier-ignore
        await sql`
          insert into role_assignment (id, user_id, role_id, starts_at, ends_at)
          values (${dice.id()}, ${user_id}, ${id}, now() + ${from} * interval '1 min', now() + ${until} * interval '1 min')
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
      const inBin = name !== 'team' && name !== 'pipeline' && dice.chance(0.1);
      await sql`insert into ${sql(object.table)} ${sql({ ...this.row(object, values), ...this.frame(id, inBin) })}`;
      // Known only now, so that nothing points to itself.
      this.ids[name].push(id);
    }
    return this.ids[name];
  }

  /** Activities of deals, companies and contacts, each with the facts of its parent, and in the bin where that is. */
  async activities(count: number): Promise<void> {
    const { sql, dice } = this;
    await this.records('activity', count, {
      owner: () => null,
      team: () => null,
      participants: () => [],
      deal: () => null,
      contact: () => null,
      company: () => dice.pick(this.ids['company'] ?? []),
    });
    for (const id of this.ids['activity'] ?? []) {
      const parents = dice.pick([['deal'], ['company'], ['contact'], ['deal', 'company'], ['company', 'contact'], ['deal', 'contact', 'company']]); // prettier-ignore
      const [deal, company, contact] = ['deal', 'company', 'contact'].map((name) =>
        parents.includes(name) ? dice.pick(this.ids[name] ?? []) : null,
      );
      await sql`update activity set deal_id = ${deal!}, company_id = ${company!}, contact_id = ${contact!} where id = ${id}`;
    }
    await sql`
      with parent as (
        select a.id, coalesce(d.id, c.id, p.id) as parent, d.participant_ids,
          case when d.id is not null then d.owner_id when c.id is not null then c.owner_id else p.owner_id end as owner_id,
          case when d.id is not null then d.team_id when c.id is not null then c.team_id else p.team_id end as team_id,
          case when d.id is not null then d.deleted_at when c.id is not null then c.deleted_at else p.deleted_at end as gone_at
        from activity a
        left join deal d on d.id = a.deal_id left join company c on c.id = a.company_id
        left join contact p on p.id = a.contact_id
      )
      update activity set owner_id = parent.owner_id, team_id = parent.team_id,
        participant_ids = coalesce(parent.participant_ids, '{}'), deleted_at = coalesce(parent.gone_at, activity.deleted_at)
      from parent where parent.id = activity.id
    `;
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
