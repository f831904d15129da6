import { describe, expect, test } from 'vitest';
import { cleanCriteria } from '../../../../server/commands/governance/rules/clean.ts';
import { createRestriction } from '../../../../server/commands/governance/rules/createRestriction.ts';
import { deleteRestriction } from '../../../../server/commands/governance/rules/deleteRule.ts';
import { updateRestriction } from '../../../../server/commands/governance/rules/updateRestriction.ts';
import { createRecord } from '../../../../server/commands/records/createRecord.ts';
import { updateRecord } from '../../../../server/commands/records/updateRecord.ts';
import { loadActor } from '../../../../server/access/loadActor.ts';
import { countCriteria } from '../../../../server/queries/countCriteria.ts';
import { readHealth } from '../../../../server/queries/health.ts';
import { listRecords } from '../../../../server/queries/listRecords.ts';
import { search } from '../../../../server/queries/search.ts';
import { must } from '../../../../shared/lib/must.ts';
import { parseView } from '../../../../shared/protocol/index.ts';
import { refusal } from '../../../world/nordlicht.ts';
import { people, pipelines } from '../../../world/people.ts';
import { ADMINISTRATOR, openRules, REPRESENTATIVE } from './house.ts';

const { app, sql, add, as, rafael, oskar, restriction, hide, share, seen, lastAccess } = await openRules();
const anna = await as(people.anna);

describe('a restriction', () => {
  test('hides what fulfils its criteria from everyone but the roles named, whatever opens it', async () => {
    const deal = await add('deal', people.anna, { source: 'fair' });
    const other = await add('deal', people.anna, { source: 'web' });
    const rule = await share({});
    const made = await hide({});
    expect(made).toMatchObject({ version: 1, active: true, progress: null, except: [ADMINISTRATOR] });
    expect(await lastAccess()).toMatchObject({ cause: 'restriction.create', users: null });
    // Its owner, her manager, whom a rule means, the analyst who reads all.
    for (const person of [people.anna, people.kofi, people.chiamaka])
      expect(await seen(person, deal)).toBeUndefined();
    expect(await seen(people.rafael, deal)).toBeDefined();
    expect(await seen(people.anna, other)).toBeDefined();
    expect(
      await refusal(updateRecord(app, anna, { object: 'deal', id: deal.id, values: { title: 'x' } })),
    ).toBe('not_found');

    expect(await deleteRestriction(app, rafael, { id: made.id })).toEqual({ id: made.id, gone: true });
    expect(await lastAccess()).toMatchObject({ cause: 'restriction.delete', users: null });
    for (const person of [people.anna, people.kofi, people.chiamaka])
      expect(await seen(person, deal)).toBeDefined();
    await sql`delete from sharing_rule where id = ${rule.id}`;
  });

  test('leaves no trace in counts, sums and search', async () => {
    await add('deal', people.anna, { source: 'fair', title: 'Quokka one', amount: 1 });
    await add('deal', people.anna, { source: 'web', title: 'Quokka two', amount: 2 });
    const made = await hide({});
    const actor = must(await loadActor(sql, people.anna.id), 'Anna');
    const view = parseView(app.registry.get('deal'), { filter: { title: { contains: 'quokka' } } });
    const { rows, totals } = await listRecords(app, actor, view, { total: true });
    expect(rows.map(({ title }) => title)).toEqual(['Quokka two']);
    expect(JSON.stringify(totals)).toContain('"count":1');
    expect(JSON.stringify(await search(app, actor, { q: 'quokka' }))).not.toContain('Quokka one');
    await deleteRestriction(app, rafael, { id: made.id });
  });

  test('leaves no trace in what is counted of the state of the data', async () => {
    // Neither has a company or a day to close on.
    await add('deal', people.anna, { source: 'fair' });
    await add('deal', people.anna, { source: 'web' });
    const checks = async () => {
      const actor = must(await loadActor(sql, people.anna.id), 'Anna');
      const all = (await readHealth(app, actor, { today: '2026-11-25' })).checks;
      for (const { key, object, filter, count } of all) {
        const view = parseView(app.registry.get(object), { filter });
        const { totals } = await listRecords(app, actor, view, { total: true });
        expect([key, count]).toEqual([key, totals?.count]);
      }
      return new Map(all.map(({ key, count, of }) => [key, [count, of] as const]));
    };
    const before = must((await checks()).get('deal_closing'), 'the check');
    const made = await hide({});
    const [count, of] = must((await checks()).get('deal_closing'), 'the check');
    expect(count).toBeLessThan(before[0]);
    expect(of).toBeLessThan(before[1]);
    await deleteRestriction(app, rafael, { id: made.id });
  });

  test('leaves no trace in how many records criteria would match', async () => {
    const counted = async (source: string) => {
      const actor = must(await loadActor(sql, people.rafael.id), 'Rafael');
      return countCriteria(app, actor, { object: 'deal', criteria: { source } });
    };
    await add('deal', people.anna, { source: 'fair' });
    const [fair, web] = [await counted('fair'), await counted('web')];
    expect(fair.count).toBeGreaterThan(0);
    const made = await hide({ except: [] });
    expect(await counted('fair')).toEqual({ count: 0, total: fair.total - fair.count });
    expect(await counted('web')).toEqual({ count: web.count, total: fair.total - fair.count });
    await deleteRestriction(app, rafael, { id: made.id });
  });

  test('a record that comes to fulfil it is gone for whoever writes it', async () => {
    const made = await hide({});
    const values = { title: 'New', pipeline: pipelines.newBusiness, stage: 'qualified', source: 'fair' };
    expect(await refusal(createRecord(app, anna, { object: 'deal', values }))).toBe('out_of_reach');
    const deal = await add('deal', people.anna, { source: 'web' });
    expect(
      await refusal(updateRecord(app, anna, { object: 'deal', id: deal.id, values: { source: 'fair' } })),
    ).toBe('out_of_reach');
    await deleteRestriction(app, rafael, { id: made.id });
  });

  test('with other criteria hides what it hid until all is hidden that it is to hide', async () => {
    const [fair, web] = [
      await add('deal', people.anna, { source: 'fair' }),
      await add('deal', people.anna, { source: 'web' }),
    ];
    const made = await hide({});
    const ids = async () => {
      const [row] = await sql<{ criteria_id: string; former_ids: string[] }[]>`
        select criteria_id, former_ids from restriction where id = ${made.id}
      `;
      return must(row, 'the restriction');
    };
    const { criteria_id: first } = await ids();
    // Somebody has the records: nothing can be filled meanwhile.
    const changed = await sql.begin(async (tx) => {
      await tx`select 1 from deal where id = ${web.id} for update`;
      return updateRestriction(app, rafael, {
        id: made.id,
        patch: { version: 1, criteria: { source: 'web' } },
      });
    });
    expect(changed.progress).toEqual({ done: 0, total: null });
    expect((await ids()).former_ids).toEqual([first]);
    expect(await seen(people.anna, fair)).toBeUndefined();
    expect(await seen(people.anna, web)).toBeDefined();

    const again = await updateRestriction(app, rafael, {
      id: made.id,
      patch: { version: 2, criteria: { source: 'web', title: web['title'] } },
    });
    expect(again.progress).toBeNull();
    expect((await ids()).former_ids).toEqual([]);
    expect(await seen(people.anna, fair)).toBeDefined();
    expect(await seen(people.anna, web)).toBeUndefined();
    expect(await lastAccess()).toMatchObject({ cause: 'restriction.filled', users: null });
    await deleteRestriction(app, rafael, { id: made.id });
    await cleanCriteria(app, new AbortController().signal);
    expect(await sql`select 1 from criteria where retired_at is not null`).toEqual([]);
    expect(await sql`select 1 from deal where policy_ids && array[${first}::uuid]`).toEqual([]);
  });

  test('tells only those concerned when other roles are excepted', async () => {
    const made = await hide({});
    await updateRestriction(app, rafael, {
      id: made.id,
      patch: { version: 1, except: [ADMINISTRATOR, REPRESENTATIVE] },
    });
    const { users } = await lastAccess();
    expect(users).toContain(people.anna.id);
    expect(users).not.toContain(people.kofi.id);
    await deleteRestriction(app, rafael, { id: made.id });
  });

  test('is lifted by those from whom it hides nothing, or whose own word it was', async () => {
    const made = await createRestriction(app, oskar, {
      restriction: restriction({ except: [REPRESENTATIVE] }),
    });
    const tries = [
      { active: false },
      { except: [REPRESENTATIVE, ADMINISTRATOR] },
      { criteria: { source: 'web' } },
    ];
    for (const patch of tries)
      expect(
        await refusal(updateRestriction(app, rafael, { id: made.id, patch: { version: 1, ...patch } })),
      ).toBe('not_allowed');
    expect(await refusal(deleteRestriction(app, rafael, { id: made.id }))).toBe('not_allowed');
    // That it hides more does not make it his.
    await updateRestriction(app, rafael, { id: made.id, patch: { version: 1, except: [] } });
    expect(await refusal(deleteRestriction(app, rafael, { id: made.id }))).toBe('not_allowed');
    await deleteRestriction(app, oskar, { id: made.id });
  });
});
