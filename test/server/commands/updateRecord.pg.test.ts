import { describe, expect, test } from 'vitest';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { changeRecord } from '../../../server/records/write.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, pipelines, teams } from '../../world/people.ts';

const { app, sql, add, as, pokes } = await openNordlicht();
const [anna, kofi, noor, rafael, bjorn] = await Promise.all(
  [people.anna, people.kofi, people.noor, people.rafael, people.bjorn].map(as),
);

type Values = Record<string, unknown>;
const update = (caller: typeof anna, id: string, values: Values, version?: number, object = 'deal') =>
  updateRecord(app, caller!, { object, id, values, version });
const eventsOf = (id: string) =>
  sql<{ op: string; version: number; old: Values; actor_id: string | null; keep: boolean }[]>`
    select op, version, old, actor_id, keep from outbox where record_id = ${id} order by id
  `;

describe('a change', () => {
  test('is answered with the record as its maker sees it, is one event with the old values, and is poked', async () => {
    const deal = await add('deal', people.anna, { amount: 10 });
    pokes.length = 0;
    const record = recordOf(await update(anna, deal.id, { amount: 20, title: 'Bigger' }));
    expect(record).toMatchObject({
      version: 2,
      amount: 20,
      title: 'Bigger',
      may: { actions: ['read', 'update', 'delete'] },
    });
    expect(record).not.toHaveProperty('margin');
    const [, event] = await eventsOf(deal.id);
    expect(event).toEqual({
      op: 'update',
      version: 2,
      old: { amount: 10, title: 'Group licence' },
      actor_id: people.anna.id,
      keep: true,
    });
    expect(pokes).toEqual(['log']);
  });

  test('of nothing writes nothing', async () => {
    const deal = await add('deal', people.anna, { amount: 10 });
    const before = await stateOf(sql);
    const record = recordOf(
      await update(anna, deal.id, { amount: 10, title: 'Group licence', closes_on: null }),
    );
    expect(record.version).toBe(1);
    expect(await stateOf(sql)).toBe(before);
  });

  test('sets and clears custom fields, which stand beside the others', async () => {
    const deal = await add('deal', people.anna);
    expect(recordOf(await update(anna, deal.id, { campaign: 'webinar' }))['campaign']).toBe('webinar');
    expect(recordOf(await update(anna, deal.id, { campaign: null }))['campaign']).toBeNull();
    const [row] = await sql`select custom from deal where id = ${deal.id}`;
    expect(row).toEqual({ custom: {} });
  });
});

describe('two at once', () => {
  test('are merged where they changed different fields', async () => {
    const deal = await add('deal', people.anna, { amount: 10 });
    await update(anna, deal.id, { amount: 20 }, 1);
    const merged = recordOf(await update(kofi, deal.id, { next_step: 'Call' }, 1));
    expect(merged).toMatchObject({ version: 3, amount: 20, next_step: 'Call' });
  });

  test('conflict on the same field, and the second gets the record as they may see it', async () => {
    const deal = await add('deal', people.anna, { amount: 10, margin: 30 });
    await update(anna, deal.id, { title: 'First' }, 1);
    const error = await update(noor, deal.id, { next_step: 'x' }, 1)
      .then(() => update(anna, deal.id, { title: 'Second', amount: 5 }, 1))
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'version_conflict',
      details: { current: { title: 'First', amount: 10, version: 3 } },
    });
    expect((error as { details: { current: object } }).details.current).not.toHaveProperty('margin');
    const [row] = await sql`select title, amount from deal where id = ${deal.id}`;
    expect(row).toEqual({ title: 'First', amount: 10 });
  });

  test('agree where they want the same', async () => {
    const deal = await add('deal', people.anna);
    await update(anna, deal.id, { title: 'First' }, 1);
    expect(recordOf(await update(kofi, deal.id, { title: 'First' }, 1)).version).toBe(2);
  });

  test('20 changes of 20 fields in parallel all arrive, in versions without a gap', async () => {
    const deal = await add('deal', people.anna);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => update(i % 2 ? anna : kofi, deal.id, { next_step: `Step ${i}` })),
    );
    const versions = (await eventsOf(deal.id)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });
});

describe('handing over', () => {
  test('takes the record to the new owner and their team', async () => {
    const deal = await add('deal', people.anna);
    expect(recordOf(await update(kofi, deal.id, { owner: people.dawit.id }))).toMatchObject({
      owner: people.dawit.id,
      team: teams.north,
    });
    expect(await refusal(update(anna, deal.id, { title: 'Mine' }))).toBe('not_found');
  });

  test('may leave one’s reach, and then tells nothing but that it is gone', async () => {
    const deal = await add('deal', people.anna);
    const outcome = await update(kofi, deal.id, { owner: people.chiamaka.id });
    expect(outcome).toEqual({ status: 200, gone: { id: deal.id, version: 2, gone: true } });
    const [row] = await sql`select team_id from deal where id = ${deal.id}`;
    expect(row).toEqual({ team_id: teams.south });
  });

  test('takes the team that was named along with the owner', async () => {
    const deal = await add('deal', people.anna);
    const record = recordOf(await update(kofi, deal.id, { owner: people.chiamaka.id, team: teams.north }));
    expect(record).toMatchObject({ owner: people.chiamaka.id, team: teams.north });
  });

  test('goes only to people who are active and will see it', async () => {
    const deal = await add('deal', people.anna);
    expect(await refusal(update(kofi, deal.id, { owner: people.pieter.id }))).toEqual([
      'invalid',
      { owner: 'This person is not active' },
    ]);
    expect(await refusal(update(kofi, deal.id, { owner: people.bjorn.id }))).toEqual([
      'invalid',
      { owner: 'This person could not see it' },
    ]);
    expect(await refusal(update(kofi, deal.id, { participants: [people.bjorn.id] }))).toEqual([
      'invalid',
      { participants: 'This person could not see it' },
    ]);
  });

  test('to someone who works on it too lets both see it', async () => {
    const deal = await add('deal', people.anna);
    await update(kofi, deal.id, { participants: [people.chiamaka.id, people.chiamaka.id] });
    expect(
      recordOf(await update(await as(people.chiamaka), deal.id, { title: 'Ours' }))['participants'],
    ).toEqual([people.chiamaka.id]);
  });

  test('is not what an update may do: an activity does not go to where its mover cannot change it', async () => {
    const mine = await add('deal', people.anna);
    const company = await add('company', people.dawit);
    const call = await add('activity', null, { deal: mine.id });
    expect(
      await refusal(update(anna, call.id, { deal: null, company: company.id }, undefined, 'activity')),
    ).toBe('out_of_reach');
  });
});

describe('stages', () => {
  test('a deal begins in the first open stage of the first pipeline, now', async () => {
    const record = recordOf(await createRecord(app, anna!, { object: 'deal', values: { title: 'New' } }));
    expect(record).toMatchObject({
      pipeline: pipelines.newBusiness,
      stage: 'qualified',
      owner: people.anna.id,
      team: teams.north,
      closed_at: null,
    });
    expect(Math.abs(Date.parse(String(record['stage_since'])) - Date.now())).toBeLessThan(60_000);
  });

  test('ask for what they require', async () => {
    const deal = await add('deal', people.anna);
    expect(await refusal(update(anna, deal.id, { stage: 'negotiation' }))).toEqual([
      'invalid',
      { closes_on: 'Needed before Negotiation' },
    ]);
    expect(
      recordOf(await update(anna, deal.id, { stage: 'negotiation', closes_on: '2027-01-31' }))['stage'],
    ).toBe('negotiation');
  });

  test('close and reopen a deal', async () => {
    const deal = await add('deal', people.anna);
    expect(await refusal(update(anna, deal.id, { stage: 'lost' }))).toEqual([
      'invalid',
      { lost_reason: 'Say why it was lost' },
    ]);
    const lost = recordOf(await update(anna, deal.id, { stage: 'lost', lost_reason: 'Price' }));
    expect(lost).toMatchObject({ lost_reason: 'Price', closed_at: lost['stage_since'] });
    expect(await refusal(update(anna, deal.id, { lost_reason: null }))).toEqual([
      'invalid',
      { lost_reason: 'Say why it was lost' },
    ]);
    const open = recordOf(await update(anna, deal.id, { stage: 'proposal' }));
    expect(open).toMatchObject({ lost_reason: null, closed_at: null });
    expect(recordOf(await update(anna, deal.id, { stage: 'won' }))['closed_at']).not.toBeNull();
  });

  test('belong to their pipeline', async () => {
    const deal = await add('deal', people.anna);
    expect(await refusal(update(anna, deal.id, { pipeline: pipelines.renewals }))).toEqual([
      'invalid',
      { stage: 'Choose a stage of that pipeline' },
    ]);
    expect(
      await refusal(update(anna, deal.id, { pipeline: pipelines.renewals, stage: 'qualified' })),
    ).toEqual(['invalid', { stage: 'No such stage in this pipeline' }]);
    expect(
      recordOf(
        await update(anna, deal.id, {
          pipeline: pipelines.renewals,
          stage: 'offer',
          closes_on: '2027-01-31',
        }),
      )['stage'],
    ).toBe('offer');
  });

  test('are not taken away from under deals', async () => {
    await add('deal', people.anna, { stage: 'proposal' });
    const [row] = await sql<
      { stages: { key: string }[] }[]
    >`select stages from pipeline where id = ${pipelines.newBusiness}`;
    const stages = row!.stages.filter(({ key }) => key !== 'proposal');
    expect(await refusal(update(rafael, pipelines.newBusiness, { stages }, undefined, 'pipeline'))).toEqual([
      'invalid',
      { stages: expect.stringContaining('proposal') },
    ]);
  });
});

describe('people', () => {
  test('moving one is audited, and told to those whose rights change: the person, and all above before and after', async () => {
    await update(rafael, people.dawit.id, { manager: people.priya.id, team: teams.south }, undefined, 'user');
    const [entry] = await sql<{ users: string[] }[]>`select users from access_log order by seq desc limit 1`;
    const [ingrid] = await sql<
      { id: string }[]
    >`select manager_id as id from user_account where id = ${people.kofi.id}`;
    expect(new Set(entry?.users)).toEqual(
      new Set([people.dawit.id, people.kofi.id, people.priya.id, ingrid?.id]),
    );
    const [line] =
      await sql`select action, actor_id, before, after from audit_entry where target_id = ${people.dawit.id}`;
    expect(line).toMatchObject({
      action: 'user.update',
      actor_id: people.rafael.id,
      before: { manager: people.kofi.id },
      after: { manager: people.priya.id },
    });
  });

  test('a new name is nobody’s right', async () => {
    const [before] = await sql`select seq from access_head`;
    await update(rafael, people.mireille.id, { name: 'Mireille F.' }, undefined, 'user');
    expect(await sql`select seq from access_head`).toMatchObject([before]);
  });

  test('nobody stands above themselves, at any depth', async () => {
    expect(
      await refusal(update(rafael, people.kofi.id, { manager: people.anna.id }, undefined, 'user')),
    ).toEqual(['invalid', { manager: 'Nobody can stand above themselves' }]);
  });

  test('whoever is deactivated is out: their sessions end in the same transaction', async () => {
    await update(rafael, people.bjorn.id, { active: false }, undefined, 'user');
    expect(await refusal(update(bjorn, people.bjorn.id, {}, undefined, 'user'))).toBe('session_ended');
    const [session] = await sql`select end_reason, ended_by_id from session where id = ${bjorn!.sessionId}`;
    expect(session).toEqual({ end_reason: 'deactivated', ended_by_id: people.rafael.id });
    expect(pokes).toEqual(expect.arrayContaining(['access', 'sessions']));
  });

  test('the last administrator stays, and nobody deactivates themselves', async () => {
    expect(await refusal(update(rafael, people.rafael.id, { active: false }, undefined, 'user'))).toBe(
      'not_allowed',
    );
    const user = app.registry.get('user');
    const out = transaction(sql, (tx) =>
      changeRecord(tx, app, { actorId: null, requestId: 'test' }, user, people.rafael.id, { active: false }),
    );
    expect(await refusal(out)).toEqual(['invalid', { active: 'The last administrator stays' }]);
  });

  test('an address is one person’s, however it is written', async () => {
    expect(
      await refusal(
        update(rafael, people.anna.id, { email: people.kofi.email.toUpperCase() }, undefined, 'user'),
      ),
    ).toEqual(['invalid', { email: 'Somebody else has this address' }]);
  });
});
