import { beforeEach, describe, expect, test } from 'vitest';
import {
  addRestriction,
  createRestriction,
} from '../../../../server/commands/governance/rules/createRestriction.ts';
import {
  addSharingRule,
  createSharingRule,
} from '../../../../server/commands/governance/rules/createSharingRule.ts';
import { deleteSharingRule } from '../../../../server/commands/governance/rules/deleteRule.ts';
import {
  fillNow,
  RECORDS_AT_ONCE,
  workOnCriteria,
} from '../../../../server/commands/governance/rules/fill.ts';
import {
  alterSharingRule,
  updateSharingRule,
} from '../../../../server/commands/governance/rules/updateSharingRule.ts';
import { perform } from '../../../../server/commands/perform.ts';
import { connect, PATIENCE } from '../../../../server/db/connect.ts';
import { transaction } from '../../../../server/db/transaction.ts';
import { changeRecord, insertRecord, insertRecords } from '../../../../server/records/write.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import { later } from '../../../world/cleanup.ts';
import { people, pipelines } from '../../../world/people.ts';
import { until } from '../../../world/until.ts';
import { openRules, toUser } from './house.ts';

const { app, sql, database, add, rafael, rule, restriction, share, seen } = await openRules();
/** Holds locks as long as a test takes. */
const patient = await connect(database.url, { max: 1, ...PATIENCE });
later(() => patient.end({ timeout: 1 }));
const deal = app.registry.get('deal');
const going = new AbortController().signal;
const work = () => workOnCriteria(app, going);
/** More than two transactions. */
const MANY = 2 * RECORDS_AT_ONCE + 50;
const NOBODY = { actorId: null, requestId: 'test' };

/** Deals of Anna's from web sites or fairs. */
const values = (source: string, i = 0) => ({
  title: `Deal ${i}`,
  pipeline: pipelines.newBusiness,
  owner: people.anna.id,
  source,
});
const addMany = (many: number, source = 'web') =>
  transaction(
    sql,
    (tx) =>
    insertRecords(tx, app, NOBODY, deal, Array.from({ length: many }, (_, i) => ({ values: values(source, i) }))), // prettier-ignore
  );
const held = async (ruleId: string) => {
  const [row] = await sql<[{ many: number }]>`
    select count(*)::int as many from deal, sharing_rule r where r.id = ${ruleId} and policy_ids @> array[r.criteria_id]
  `;
  return row.many;
};
const progress = async (ruleId: string) => {
  const [row] = await sql`
    select done, total, filled_at is not null as filled from criteria c join sharing_rule r on r.criteria_id = c.id where r.id = ${ruleId}
  `;
  return row;
};

beforeEach(async () => {
  await sql`delete from sharing_rule`;
  await sql`delete from restriction`;
  await sql`delete from criteria`;
});

/** A rule, a restriction, without what their doors do at once. */
const shareLater = () =>
  perform(app, rafael, (act) => addSharingRule(act, newId(), rule({ criteria: { source: 'web' } })));
const hideLater = () =>
  perform(app, rafael, (act) => addRestriction(act, newId(), restriction({ criteria: { source: 'web' } })));

describe('what was there before', () => {
  test('is counted, and brought under a rule chunk by chunk', async () => {
    await addMany(MANY);
    const made = await shareLater();
    expect(made.progress).toEqual({ done: 0, total: null });
    expect(await held(made.id)).toBe(0);
    const seen: unknown[] = [];
    const noting = { ...app, poke: () => void seen.push(null) };
    await workOnCriteria(noting, going);
    expect(seen.length).toBe(Math.ceil(MANY / RECORDS_AT_ONCE));
    expect(await progress(made.id)).toEqual({ done: MANY, total: MANY, filled: true });
    expect(await held(made.id)).toBe(MANY);
    expect(await work()).toBe(false);
  });

  test('is left to others where it takes more than a moment', async () => {
    await add('deal', people.anna, { source: 'fair' });
    const { made } = await patient.begin(async (tx) => {
      await tx`lock table deal in access exclusive mode`;
      return { made: await share({}) };
    });
    expect(made.progress).toEqual({ done: 0, total: null });
    await work();
    expect((await progress(made.id))?.['filled']).toBe(true);
  });

  test('is waited for where another process is at it', async () => {
    const one = await add('deal', people.anna, { title: 'Alone' });
    const made = await perform(app, rafael, (act) =>
      addSharingRule(act, newId(), rule({ criteria: { id: one.id } })),
    );
    const filling = await patient.begin(async (tx) => {
      await tx`select 1 from criteria where filled_at is null for update`;
      const filling = fillNow(app, made.id);
      await until(async () => {
        const [row] = await sql`
          select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
        `;
        return row;
      });
      return { filling };
    });
    await filling.filling;
    expect((await progress(made.id))?.['filled']).toBe(true);
  });

  test('raises each version once, with an event, and no line of history', async () => {
    const one = await add('deal', people.anna, { source: 'fair' });
    const [[events], [history]] = await Promise.all([
      sql<{ many: number }[]>`select count(*)::int as many from outbox where record_id = ${one.id}`,
      sql<{ many: number }[]>`select count(*)::int as many from history where record_id = ${one.id}`,
    ]);
    await share({});
    const [row] = await sql`select version, cardinality(policy_ids) as ids from deal where id = ${one.id}`;
    expect(row).toEqual({ version: 2, ids: 1 });
    expect(await sql`select count(*)::int as many from outbox where record_id = ${one.id}`).toEqual([
      { many: events!.many + 1 },
    ]);
    expect(await sql`select count(*)::int as many from history where record_id = ${one.id}`).toEqual([
      history,
    ]);
  });

  test('in the bin falls under it too, and is not seen before it is restored', async () => {
    const one = await add('deal', people.anna, { source: 'fair' });
    await sql`update deal set deleted_at = now() where id = ${one.id}`;
    await share({});
    expect(await seen(people.chiamaka, one)).toBeUndefined();
    await sql`update deal set deleted_at = null where id = ${one.id}`;
    expect(await seen(people.chiamaka, one)).toBeDefined();
  });

  test('has its parts follow', async () => {
    const one = await add('deal', people.anna, { source: 'fair' });
    const call = await add('activity', people.anna, { deal: one.id });
    expect(await seen(people.chiamaka, call, 'activity')).toBeUndefined();
    await share({});
    expect(await seen(people.chiamaka, call, 'activity')).toBeDefined();
  });

  test('has parts of every kind follow', async () => {
    const queue = (await add('queue', null, { name: 'Billing', position: 0 })).id;
    const values = { subject: 'Quokka', queue, assignee: people.bjorn.id };
    const ticket = (await add('ticket', null, values)).id;
    const [message, note] = [
      await add('message', null, { ticket, body: 'Help' }),
      await add('note', null, { ticket, body: 'Rude' }),
    ];
    expect(await seen(people.bjorn, message, 'message')).toBeDefined();
    expect(await seen(people.bjorn, note, 'note')).toBeDefined();
    await createRestriction(app, rafael, {
      restriction: restriction({ object: 'ticket', criteria: { subject: 'Quokka' } }),
    });
    expect(await seen(people.bjorn, message, 'message')).toBeUndefined();
    expect(await seen(people.bjorn, note, 'note')).toBeUndefined();
  });
});

test('what hides comes before what opens', async () => {
  await addMany(20);
  await shareLater();
  await hideLater();
  const stop = new AbortController();
  await workOnCriteria({ ...app, poke: () => stop.abort() }, stop.signal);
  const begun = await sql`
    select exists (select from restriction r where r.criteria_id = c.id) as hides from criteria c where done > 0
  `;
  expect(begun).toEqual([{ hides: true }]);
  await work();
  expect(await sql`select 1 from criteria where filled_at is null`).toEqual([]);
});

describe('a rule that is being filled', () => {
  test('is stopped by making it inactive, and goes on where it was', async () => {
    await addMany(MANY);
    const made = await shareLater();
    const stop = new AbortController();
    await workOnCriteria({ ...app, poke: () => stop.abort() }, stop.signal);
    const { done } = (await progress(made.id)) as { done: number };
    expect(done).toBe(RECORDS_AT_ONCE);
    await updateSharingRule(app, rafael, { id: made.id, patch: { version: 1, active: false } });
    expect(await work()).toBe(false);
    await perform(app, rafael, (act) => alterSharingRule(act, made.id, { version: 2, active: true }));
    await work();
    const all = (await progress(made.id)) as { done: number; total: number };
    expect(all.done).toBe(all.total);
    const [{ many }] = await sql<
      [{ many: number }]
    >`select count(*)::int as many from deal where source = 'web'`;
    expect(await held(made.id)).toBe(many);
  });

  test('is gone on with by another process when one dies in the middle', async () => {
    await addMany(RECORDS_AT_ONCE + 10);
    const made = await shareLater();
    const doomed = await connect(database.url, { max: 1, application_name: 'doomed' });
    later(() => doomed.end({ timeout: 1 }));
    // It has the criteria and waits for a record: then it is killed.
    await sql.begin(async (tx) => {
      await tx`select 1 from deal where source = 'web' for update`;
      const dying = workOnCriteria({ ...app, sql: doomed }, going).catch((error: unknown) => error);
      await until(async () => {
        const [row] = await sql`
          select pid from pg_stat_activity where application_name = 'doomed' and wait_event_type = 'Lock'
        `;
        return row;
      });
      expect(await work()).toBe(false);
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'`;
      expect(await dying).toBeInstanceOf(Error);
    });
    expect(await work()).toBe(true);
    expect((await progress(made.id))?.['filled']).toBe(true);
    const [{ many }] = await sql<
      [{ many: number }]
    >`select count(*)::int as many from deal where source = 'web'`;
    expect(await held(made.id)).toBe(many);
  });

  test('by two processes at once is filled once', async () => {
    await addMany(RECORDS_AT_ONCE + 10);
    const made = await shareLater();
    const versions = () =>
      sql`select sum(version)::int as sum, count(*)::int as many from deal where source = 'web'`;
    const [before] = (await versions()) as unknown as [{ sum: number; many: number }];
    await Promise.all([work(), work(), work()]);
    const [after] = (await versions()) as unknown as [{ sum: number; many: number }];
    expect(await held(made.id)).toBe(after.many);
    expect(after.sum).toBe(before.sum + before.many);
  });
});

describe('a record written while a rule is made', () => {
  test('before it is committed: the rule waits for the writer, and finds the record', async () => {
    let made: ReturnType<typeof createSharingRule> | undefined;
    const id = await transaction(sql, async (tx) => {
      const image = await insertRecord(tx, app, NOBODY, deal, values('fair'));
      made = createSharingRule(app, rafael, { rule: rule() });
      await until(async () => {
        const [row] = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`;
        return row;
      });
      return image.id;
    });
    await made;
    expect(await seen(people.chiamaka, { id })).toBeDefined();
  });

  test('after the rule has its criteria: the writer waits, and knows them', async () => {
    const web = await add('deal', people.anna, { source: 'web' });
    let writing: Promise<unknown> | undefined;
    const blocked = app.sql.begin(async (tx) => {
      // Holds up the rule after it has taken the criteria, before it commits.
      await tx`select 1 from access_head for update`;
      const made = createSharingRule(app, rafael, { rule: rule({ to: toUser(people.giulia) }) });
      await until(async () => {
        const [row] =
          await sql`select 1 from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and granted`;
        return row;
      });
      writing = transaction(sql, (other) =>
        changeRecord(other, app, NOBODY, deal, web.id, { source: 'fair' }),
      );
      await until(async () => {
        const [row] = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`;
        return row;
      });
      return { made };
    });
    await (
      await blocked
    ).made;
    await writing;
    expect(await seen(people.giulia, web)).toBeDefined();
    await updateRuleAway();
  });

  async function updateRuleAway() {
    for (const { id } of await sql<{ id: string }[]>`select id from sharing_rule`)
      await deleteSharingRule(app, rafael, { id });
  }
});
