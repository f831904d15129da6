import { describe, expect, test } from 'vitest';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { restoreRecord } from '../../../server/commands/records/restoreRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { openNordlicht, recordOf, refusal } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';

// Activities are parts of a deal, a company or a contact: they have its facts and share its fate.

const { app, sql, add, as } = await openNordlicht();
const [anna, kofi] = await Promise.all([people.anna, people.kofi].map(as));

const log = (values: Record<string, unknown>, caller = anna) =>
  createRecord(app, caller!, {
    object: 'activity',
    values: { kind: 'call', subject: 'Call', ...values },
  }).then(recordOf);
const row = async (id: string) => (await sql`select * from activity where id = ${id}`)[0];
const next = async (id: string) =>
  (await sql`select next_activity_kind as kind, next_activity_at as at from deal where id = ${id}`)[0];
const TOMORROW = '2027-01-02T09:00:00.000Z';
const LATER = '2027-02-01T09:00:00.000Z';

describe('facts', () => {
  test('come from the parent, and its company too', async () => {
    const company = await add('company', people.dawit);
    const deal = await add('deal', people.anna, { company: company.id, participants: [people.mireille.id] });
    const part = await log({ deal: deal.id });
    expect(part).toMatchObject({ company: company.id });
    expect(await row(part.id)).toMatchObject({
      owner_id: people.anna.id,
      team_id: teams.north,
      participant_ids: [people.mireille.id],
    });
    // They decide who sees the part; they are not for reading there, where the parent's own fields may be hidden.
    for (const fact of ['owner', 'team', 'participants']) expect(part).not.toHaveProperty(fact);
  });

  test('follow the parent, each with an event of its own that is no history', async () => {
    const deal = await add('deal', people.anna);
    const parts = [await log({ deal: deal.id }), await log({ deal: deal.id })];
    await updateRecord(app, kofi!, { object: 'deal', id: deal.id, values: { owner: people.chiamaka.id } });
    for (const { id } of parts) {
      expect(await row(id)).toMatchObject({ owner_id: people.chiamaka.id, team_id: teams.south, version: 2 });
      const [event] =
        await sql`select op, keep, old, after from outbox where record_id = ${id} and version = 2`;
      expect(event).toMatchObject({
        op: 'update',
        keep: false,
        old: { owner: people.anna.id, team: teams.north },
        after: { owner: people.chiamaka.id },
      });
    }
    expect(
      await refusal(
        updateRecord(app, anna!, { object: 'activity', id: parts[0]!.id, values: { subject: 'x' } }),
      ),
    ).toBe('not_found');
  });

  test('are the first parent’s: a company that changes hands leaves the activities of its deals', async () => {
    const company = await add('company', people.anna);
    const deal = await add('deal', people.anna, { company: company.id });
    const [ofDeal, ofCompany] = [await log({ deal: deal.id }), await log({ company: company.id })];
    await updateRecord(app, kofi!, { object: 'company', id: company.id, values: { owner: people.dawit.id } });
    expect(await row(ofDeal.id)).toMatchObject({ owner_id: people.anna.id });
    expect(await row(ofCompany.id)).toMatchObject({ owner_id: people.dawit.id });
  });

  test('are right however a part and its parent change at once', async () => {
    const deal = await add('deal', people.anna);
    const owners = [people.dawit.id, people.anna.id, people.kofi.id];
    await Promise.all([
      ...Array.from({ length: 12 }, () => log({ deal: deal.id }, kofi)),
      ...owners.map((owner) => updateRecord(app, kofi!, { object: 'deal', id: deal.id, values: { owner } })),
    ]);
    const [stray] = await sql`
      select count(*) as n from activity a join deal d on d.id = a.deal_id where d.id = ${deal.id} and a.owner_id is distinct from d.owner_id
    `;
    expect(stray).toEqual({ n: 0 });
  });

  test('a part belongs to something', async () => {
    expect(await refusal(log({}))).toEqual(['invalid', { deal: 'Say what it belongs to' }]);
  });
});

describe('the next activity', () => {
  test('of a deal is its earliest that is open and has a date', async () => {
    const deal = await add('deal', people.anna);
    await log({ deal: deal.id, due_at: LATER, kind: 'meeting' });
    expect(await next(deal.id)).toEqual({ kind: 'meeting', at: LATER });
    const { id } = await log({ deal: deal.id, due_at: TOMORROW });
    await log({ deal: deal.id, kind: 'note' });
    expect(await next(deal.id)).toEqual({ kind: 'call', at: TOMORROW });
    await updateRecord(app, anna!, { object: 'activity', id, values: { done_at: TOMORROW } });
    expect(await next(deal.id)).toEqual({ kind: 'meeting', at: LATER });
    await updateRecord(app, anna!, { object: 'activity', id, values: { done_at: null } });
    await deleteRecord(app, anna!, { object: 'activity', id });
    expect(await next(deal.id)).toEqual({ kind: 'meeting', at: LATER });
    await restoreRecord(app, anna!, { object: 'activity', id });
    expect(await next(deal.id)).toEqual({ kind: 'call', at: TOMORROW });
  });

  test('goes along to another deal', async () => {
    const [one, two] = [await add('deal', people.anna), await add('deal', people.anna)];
    const { id } = await log({ deal: one.id, due_at: TOMORROW });
    await updateRecord(app, anna!, { object: 'activity', id, values: { deal: two.id } });
    expect(await next(one.id)).toEqual({ kind: null, at: null });
    expect(await next(two.id)).toEqual({ kind: 'call', at: TOMORROW });
  });

  test('does not stand in the way of whoever is editing the deal, nor in its history', async () => {
    const deal = await add('deal', people.anna);
    await log({ deal: deal.id, due_at: TOMORROW });
    await updateRecord(app, anna!, { object: 'deal', id: deal.id, values: { title: 'New' }, version: 1 });
    const kept = await sql`select version from outbox where record_id = ${deal.id} and keep order by id`;
    expect(kept.map(({ version }) => version)).toEqual([1, 3]);
  });
});

describe('the bin', () => {
  test('takes the parts along, and gives back those it took', async () => {
    const deal = await add('deal', people.anna);
    const [kept, thrown] = [await log({ deal: deal.id }), await log({ deal: deal.id })];
    await deleteRecord(app, anna!, { object: 'activity', id: thrown.id });
    expect(await deleteRecord(app, anna!, { object: 'deal', id: deal.id })).toEqual({
      status: 200,
      gone: { id: deal.id, version: 2, gone: true },
    });
    expect(await refusal(updateRecord(app, anna!, { object: 'activity', id: kept.id, values: {} }))).toBe(
      'not_found',
    );
    expect(await refusal(log({ deal: deal.id }))).toEqual(['invalid', { deal: 'No such deal' }]);
    expect(await refusal(restoreRecord(app, anna!, { object: 'activity', id: thrown.id }))).toEqual([
      'invalid',
      { deal: expect.any(String) },
    ]);

    expect(recordOf(await restoreRecord(app, anna!, { object: 'deal', id: deal.id }))).toMatchObject({
      version: 3,
      title: 'Group licence',
    });
    expect(await row(kept.id)).toMatchObject({ deleted_at: null });
    expect(await row(thrown.id)).not.toMatchObject({ deleted_at: null });
    const events = await sql`select op, old from outbox where record_id = ${kept.id} order by id`;
    expect(events).toMatchObject([
      { op: 'create' },
      { op: 'delete', old: { deleted_at: null } },
      { op: 'restore', old: { deleted_at: expect.any(String) } },
    ]);
  });

  test('is not for what somebody changed since', async () => {
    const deal = await add('deal', people.anna);
    await updateRecord(app, kofi!, { object: 'deal', id: deal.id, values: { title: 'Important' } });
    expect(await refusal(deleteRecord(app, anna!, { object: 'deal', id: deal.id, version: 1 }))).toBe(
      'version_conflict',
    );
  });
});
