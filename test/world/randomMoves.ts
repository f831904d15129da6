import { toJson } from '../../server/db/json.ts';
import { transaction, type Tx } from '../../server/db/transaction.ts';
import type { App } from '../../server/lib/app.ts';
import type { Values } from '../../server/records/columns.ts';
import { changeRecord, insertRecord, removeRecord, restoreRecord } from '../../server/records/write.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import type { Dice } from './dice.ts';
import { randomAbove, type Organisation } from './randomOrganisation.ts';
import { randomPolicy } from './randomPolicy.ts';
import { randomValue } from './randomValues.ts';

// Life in a random organisation, by the one write path. Each answers how many moves it made.

const ctx = { actorId: null, requestId: 'test' };

/** Other owners, teams and people on records, in the bin and out of it. */
export async function moveRecords(app: App, dice: Dice, organisation: Organisation): Promise<number> {
  const { people, teams, territories, records } = organisation;
  for (let i = 0; i < MOVES; i++) {
    const object = app.registry.get(dice.pick(['company', 'contact', 'product', 'deal', 'deal']));
    const id = dice.pick(records[object.name] ?? []);
    await transaction(app.sql, async (tx) => {
      if (await throughTheBin(tx, app, dice, object.name, id)) return;
      // What rules and restrictions look at: who sees a record may change with it.
      if (dice.chance(0.5))
        return void (await changeRecord(tx, app, ctx, object, id, otherValues(dice, object, organisation)));
      const named: Values = object.name === 'deal' ? { participants: dice.some(people, 0.3) } : {};
      await changeRecord(tx, app, ctx, object, id, {
        owner: dice.maybe(0.2, people),
        team: dice.maybe(0.2, teams),
        ...(object.facts.territory === undefined ? {} : { territory: dice.maybe(0.2, territories) }),
        ...named,
      });
    });
  }
  return MOVES;
}

/** Tickets go to other queues, teams and people; customers and we write; queues are worked by others; visitors leave. */
export async function moveTickets(app: App, dice: Dice, organisation: Organisation): Promise<number> {
  const { people, teams, records, visitors } = organisation;
  const { sql, registry } = app;
  const [ticket, queue] = [registry.get('ticket'), registry.get('queue')];
  const queues = await sql<{ id: string }[]>`select id from queue where deleted_at is null order by id`;
  for (let i = 0; i < MOVES; i++) {
    const id = dice.pick(records['ticket'] ?? []);
    await transaction(sql, async (tx) => {
      // The world has tickets in queues that are gone, where none comes back to.
      const [lost] = await tx`
        select from ticket t join queue q on q.id = t.queue_id
        where t.id = ${id} and t.deleted_at is not null and q.deleted_at is not null
      `;
      if (lost || (await throughTheBin(tx, app, dice, 'ticket', id))) return;
      if (dice.chance(0.3))
        return void (await changeRecord(tx, app, ctx, ticket, id, otherValues(dice, ticket, organisation)));
      switch (dice.int(0, queues.length > 0 ? 5 : 4)) {
        case 0:
          return void (await changeRecord(tx, app, ctx, ticket, id, { assignee: dice.maybe(0.2, people) }));
        case 1:
          return void (await changeRecord(tx, app, ctx, ticket, id, { team: dice.maybe(0.2, teams) }));
        case 2:
          return void (await changeRecord(tx, app, ctx, ticket, id, {
            participants: dice.some(people, 0.3),
          }));
        case 3: {
          const by = { ...ctx, actorId: dice.maybe(0.5, people) };
          return void (await insertRecord(tx, app, by, registry.get('message'), {
            ticket: id,
            body: 'Said',
          }));
        }
        case 4: {
          const by = { ...ctx, actorId: dice.pick(people) };
          const mentions = dice.some(people, 0.2);
          const values = { ticket: id, body: 'Noted', mentions };
          return void (await insertRecord(tx, app, by, registry.get('note'), values));
        }
        case 5:
          return void (await changeRecord(tx, app, ctx, ticket, id, { queue: dice.pick(queues).id }));
      }
    });
  }
  for (const { id } of queues)
    await transaction(sql, (tx) => changeRecord(tx, app, ctx, queue, id, { teams: dice.some(teams, 0.5) }));
  await sql`update visitor set ended_at = now() where id = any (${dice.some(visitors, 0.2)}::uuid[])`;
  return MOVES + queues.length;
}

/** Other managers, teams, roles: policy, which changes what everyone sees without a record of theirs being touched. */
export async function movePeople(app: App, dice: Dice, organisation: Organisation): Promise<void> {
  const { people, teams, territories, roles } = organisation;
  const { sql, registry } = app;
  for (const [i, id] of people.entries()) {
    if (dice.chance(0.5)) continue;
    await transaction(sql, async (tx) => {
      if (await isInTheBin(tx, 'user_account', id)) return;
      const place: Values = {
        manager: randomAbove(dice, people, i),
        team: dice.maybe(0.2, teams),
        territories: dice.some(territories, 0.3),
        active: dice.chance(0.9),
      };
      await changeRecord(tx, app, ctx, registry.get('user'), id, place);
    });
  }
  for (const id of dice.some(roles, 0.5)) {
    const { grants, fields } = randomPolicy(dice, registry);
    await sql`update role set grants = ${toJson(sql, grants)}, fields = ${toJson(sql, fields)} where id = ${id}`;
  }
  await sql`update role_assignment set ends_at = now() where user_id = any (${dice.some(people, 0.1)}::uuid[])`;
  await sql`delete from team_member where user_id = any (${dice.some(people, 0.3)}::uuid[])`;
}

const MOVES = 20;

/** Some fields that say nothing of whom it belongs to, with other values or none. */
function otherValues(dice: Dice, object: ObjectDef, { records }: Organisation): Values {
  const fields = Object.values(object.fields).filter(
    ({ name, system, assigns, kind }) =>
      // A stage and its pipeline go together, and companies stand in a tree.
      !system && !assigns && kind !== 'stage' && !['pipeline', 'lost_reason', 'parent'].includes(name),
  );
  const given = dice.some(fields, 0.25).map((field) => {
    const ids = records[field.target ?? ''] ?? [];
    const isEmpty =
      (!field.required && dice.chance(0.25)) ||
      (field.target !== null && ids.length === 0 && !field.required);
    const empty = field.kind === 'relations' ? [] : null;
    return [field.name, isEmpty ? empty : randomValue(dice, field, ids)] as const;
  });
  return Object.fromEntries(given);
}

/** Always out of it, and at times into it; false where the record stays as it is. */
async function throughTheBin(tx: Tx, app: App, dice: Dice, name: string, id: string): Promise<boolean> {
  const object = app.registry.get(name);
  if (await isInTheBin(tx, object.table, id)) await restoreRecord(tx, app, ctx, object, id);
  else if (dice.chance(0.15)) await removeRecord(tx, app, ctx, object, id);
  else return false;
  return true;
}

async function isInTheBin(tx: Tx, table: string, id: string): Promise<boolean> {
  const [row] = await tx`select deleted_at from ${tx(table)} where id = ${id}`;
  return row?.['deleted_at'] !== null;
}
