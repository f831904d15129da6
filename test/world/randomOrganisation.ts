import type { Sql } from '../../server/db/connect.ts';
import { must } from '../../shared/lib/must.ts';
import { customFieldSchema, OBJECTS, Registry } from '../../shared/objects/index.ts';
import type { Dice } from './dice.ts';
import { addRule, randomSharing, SHARED_OBJECTS, type Means } from './randomSharing.ts';
import { randomActivities, randomSupport } from './randomParts.ts';
import { Thrown } from './thrown.ts';

/** An organisation thrown with dice: people in a tree and in teams, roles of every shape, records of every object. */
export interface Organisation {
  registry: Registry;
  people: string[];
  teams: string[];
  territories: string[];
  roles: string[];
  /** Ids of the records of each object, those in the bin too. */
  records: Record<string, string[]>;
  /** Customers, those who have left too. */
  visitors: string[];
  /** What rules and shares may be made of. */
  means: Means;
}

/** Fields that this organisation has added, of several kinds and sensitivities. */
const CUSTOM = [
  { object: 'deal', name: 'bonus', kind: 'money', sensitivity: 'sensitive' },
  { object: 'deal', name: 'signed_at', kind: 'instant', sensitivity: 'normal' },
  { object: 'deal', name: 'campaign', kind: 'text', sensitivity: 'normal' },
  { object: 'company', name: 'since', kind: 'date', sensitivity: 'normal' },
  { object: 'company', name: 'grade', kind: 'choice', sensitivity: 'secret' },
  { object: 'contact', name: 'vip', kind: 'boolean', sensitivity: 'normal' },
  { object: 'product', name: 'stock', kind: 'integer', sensitivity: 'secret' },
  { object: 'activity', name: 'score', kind: 'integer', sensitivity: 'sensitive' },
  { object: 'ticket', name: 'severity', kind: 'integer', sensitivity: 'normal' },
  { object: 'ticket', name: 'refund', kind: 'money', sensitivity: 'sensitive' },
  { object: 'message', name: 'tone', kind: 'text', sensitivity: 'normal' },
  { object: 'note', name: 'lesson', kind: 'text', sensitivity: 'sensitive' },
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

/**
 * Fills an empty store. Rows are written plainly, so that they may hold anything that a store can hold; each is told to
 * the log as created. `size` is about how many records there are of each object;
 * no rule asks for the fields of `unasked`.
 */
export async function randomOrganisation(
  sql: Sql,
  dice: Dice,
  size: number,
  unasked: Means['unasked'] = {},
): Promise<Organisation> {
  const registry = new Registry(OBJECTS, CUSTOM);
  for (const { choices, ...row } of CUSTOM) {
    await sql`insert into custom_field ${sql({ id: dice.id(), ...row, choices: sql.json(choices) })}`;
  }
  const thrown = new Thrown(sql, dice, registry);
  const teams = await thrown.records('team', dice.int(1, 4), { lead: () => null });
  const territories = await thrown.records('territory', dice.int(1, 4), { parent: () => null });
  await standInATree(sql, dice, 'territory', 'parent_id', territories);
  const people = await thrown.records('user', dice.int(2, 4 + Math.ceil(size / 2)), {
    email: (i) => `person${i}@example.com`,
    manager: () => null,
    active: () => !dice.chance(0.1),
  });
  // The first is there for sure, and holds the first role (see Thrown.roles).
  await sql`update user_account set active = true, deleted_at = null where id = ${must(people[0], 'a person')}`;
  // And the last has left.
  if (people.length > 2)
    await sql`update user_account set active = false where id = ${must(people.at(-1), 'a person')}`;
  await standInATree(sql, dice, 'user_account', 'manager_id', people);
  await joinTeams(sql, dice, people, teams);
  const roles = await thrown.roles(dice.int(1, 5), people);

  if (dice.chance(0.3)) {
    const opened = {
      object: dice.pick(SHARED_OBJECTS.filter((name) => name !== 'contact')),
      baseline: dice.pick(['read', 'edit']),
    };
    await sql`insert into object_baseline ${sql(opened)}`;
  }
  await thrown.records('pipeline', 2);
  await thrown.records('company', size);
  await thrown.records('contact', size);
  await thrown.records('product', Math.ceil(size / 2));
  await thrown.records('deal', size);
  await randomActivities(thrown, size);
  await randomSupport(thrown, size);
  await thrown.records('session', Math.ceil(size / 2));
  await thrown.tellTheLog();
  const targets = { user: people, team: teams, role: roles, territory: territories };
  const means: Means = { sql, dice, registry, targets, ids: thrown.ids, unasked };
  await randomSharing(means, dice.int(1, 3));
  // Somebody reads all tickets (see Thrown.roles): of these two not even they.
  await addRule(means, 'restriction', { object: 'ticket', filter: { number: { lt: 3 } } });
  // The same role reaches contacts of one's own; all others come to its holders by this rule alone.
  const contacts = { object: 'contact', filter: { name: { empty: false } }, role: must(roles[0], 'a role') };
  await addRule(means, 'sharing_rule', contacts);
  await sql`select sequence_batch(10000)`;
  const { visitor: visitors = [], ...records } = thrown.ids;
  return { registry, people, teams, territories, roles, records, visitors, means };
}

/** A tree: everyone stands below someone before them in the list, or below nobody. */
async function standInATree(
  sql: Sql,
  dice: Dice,
  table: string,
  above: string,
  ids: readonly string[],
): Promise<void> {
  for (const [i, id] of ids.entries())
    await sql`update ${sql(table)} set ${sql(above)} = ${randomAbove(dice, ids, i)} where id = ${id}`;
}

export const randomAbove = (dice: Dice, ids: readonly string[], index: number): string | null =>
  dice.maybe(0.25, ids.slice(0, index));

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
