import { beforeEach, describe, expect, test } from 'vitest';
import { assignRole } from '../../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../../server/commands/governance/createRole.ts';
import { createRestriction } from '../../../../server/commands/governance/rules/createRestriction.ts';
import { giveShare } from '../../../../server/commands/governance/shares/giveShare.ts';
import { declineRequest, forgetRequests, grantRequest } from '../../../../server/commands/requests/answer.ts';
import { askForAccess } from '../../../../server/commands/requests/ask.ts';
import { previewGrant } from '../../../../server/commands/requests/give.ts';
import { tellOfRequests } from '../../../../server/commands/requests/tell.ts';
import type { Caller } from '../../../../server/lib/app.ts';
import { findMasked } from '../../../../server/records/readView.ts';
import { ownRequests, requestsToAnswer } from '../../../../server/queries/accessRequests.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import { must } from '../../../../shared/lib/must.ts';
import { DAY_ms } from '../../../../shared/lib/time.ts';
import { REQUEST_LIMITS, type AccessRequestInput } from '../../../../shared/protocol/index.ts';
import { openNordlicht, refusal, stateOf } from '../../../world/nordlicht.ts';
import { people } from '../../../world/people.ts';

const { app, sql, add, as } = await openNordlicht();
const [rafael, kofi, anna, chiamaka, noor, jamila, oskar] = (await Promise.all(
  [people.rafael, people.kofi, people.anna, people.chiamaka, people.noor, people.jamila, people.oskar].map(
    as,
  ),
)) as [Caller, Caller, Caller, Caller, Caller, Caller, Caller];

const deal = await add('deal', people.anna, { title: 'Zebu licence', amount: 10 });
beforeEach(() => sql`delete from access_request`.then(() => undefined));

const ask = (caller: Caller, request: Partial<AccessRequestInput> = {}) =>
  askForAccess(app, caller, {
    request: { object: 'deal', id: deal.id, reason: 'I stand in for Anna', ...request },
  });
const toAnswer = async (caller: Caller) => requestsToAnswer(app, caller.actor);
const own = async (caller: Caller) => ownRequests(app, caller.actor);
const first = async (caller: Caller) => must((await toAnswer(caller))[0], 'a request').id;
const sees = async (person: typeof people.anna) =>
  findMasked(app.sql, (await as(person)).actor, app.registry, app.registry.get('deal'), deal.id);
const told = async (kind: string) =>
  (
    await sql<{ user: string }[]>`
      select user_id as user from notification where kind = ${kind} order by created_at desc, id`
  ).map(({ user }) => user);

/** The statements that a piece of work sends, without their values. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  sql.options.debug = (_connection, text) => void texts.push(text);
  try {
    await work();
  } finally {
    sql.options.debug = false;
  }
  return texts;
}

describe('asking', () => {
  test('is the same for what is there, what is not theirs and what never was: answer, statements, and what is told', async () => {
    const secret = await add('deal', people.priya, { title: 'Secret' });
    const ids = { own: deal.id, others: secret.id, nobody: newId() };
    const texts: string[][] = [];
    const answers: unknown[] = [];
    for (const id of Object.values(ids))
      texts.push(await statementsOf(async () => answers.push(JSON.stringify(await ask(anna, { id })))));
    expect(new Set(answers)).toEqual(new Set(['{"status":"open"}']));
    expect(texts[0]!.length).toBeGreaterThan(5);
    expect(texts[1]).toEqual(texts[0]);
    expect(texts[2]).toEqual(texts[0]);
    const listed = (await own(anna)).map(({ id: _, created_at: __, record: ___, ...rest }) => rest);
    expect(listed).toHaveLength(3);
    // What one sees oneself is called by its name; the other two are the same.
    expect(new Set(listed.map((one) => JSON.stringify({ ...one, title: null })))).toHaveProperty('size', 1);
    expect(listed.filter(({ title }) => title === null)).toHaveLength(2);
  });

  test('reaches only those who could give it: of what is not there, nobody', async () => {
    await ask(chiamaka);
    await ask(chiamaka, { id: newId() });
    for (const one of [anna, kofi, rafael]) {
      expect(await toAnswer(one)).toEqual([
        expect.objectContaining({
          asker: { id: people.chiamaka.id, name: people.chiamaka.name },
          object: 'deal',
          record: deal.id,
          title: 'Zebu licence',
          by: { share: 'read', role: one === rafael },
        }),
      ]);
    }
    // Noor reads it, and may not share it; Oskar reads all; the others do not see it at all.
    for (const one of [noor, oskar, jamila, chiamaka]) expect(await toAnswer(one)).toEqual([]);
    await tellOfRequests(app);
    const [who] = await Promise.all([told('access_asked')]);
    expect(who).toContain(people.anna.id);
    expect(who).toContain(people.kofi.id);
    expect(who).not.toContain(people.chiamaka.id);
    expect(who).not.toContain(people.noor.id);
  });

  test('of a field and of other actions is for who looks after roles, and sees it themselves', async () => {
    await ask(noor, { field: 'amount' });
    await ask(noor, { action: 'delete' });
    expect((await toAnswer(rafael)).map(({ action, field, by }) => [action, field, by.role])).toEqual([
      ['delete', null, true],
      ['read', 'amount', true],
    ]);
    expect((await toAnswer(kofi)).map(({ field, by }) => [field, by.share])).toEqual([['amount', 'read']]);
  });

  test('again while it is open is the same request; afterwards it is another', async () => {
    await ask(chiamaka);
    await ask(chiamaka, { reason: 'Please' });
    expect(await own(chiamaka)).toEqual([
      expect.objectContaining({ reason: 'I stand in for Anna', status: 'open' }),
    ]);
    await declineRequest(app, anna, { id: await first(anna) });
    await ask(chiamaka, { reason: 'Please' });
    expect((await own(chiamaka)).map(({ status }) => status)).toEqual(['open', 'declined']);
  });

  test('by a pasted link is the same', async () => {
    await ask(chiamaka);
    for (const link of [
      `https://crm.example.com/deals/${deal.id}?tab=x#y`,
      ` /deals/${deal.id.toUpperCase()} `,
      `http://localhost:3000/api/deals/${deal.id}`,
    ])
      await askForAccess(app, chiamaka, { request: { link, reason: 'Hello' } });
    expect(await own(chiamaka)).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>]>([
    ['object', { object: 'nothing', id: newId() }],
    ['object', { object: 'activity', id: newId() }],
    ['id', { object: 'deal' }],
    ['link', { link: 'nonsense' }],
    ['link', { link: 'https://crm.example.com/deals' }],
    ['link', { link: `/deals/${newId()}`, object: 'deal' }],
    ['action', { object: 'deal', id: newId(), action: 'reply' }],
    ['action', { object: 'deal', id: newId(), field: 'amount', action: 'delete' }],
    ['field', { object: 'deal', id: newId(), field: 'nothing' }],
  ])('for no %s is refused: %o', async (field, request) => {
    const before = await stateOf(sql);
    const asked = { ...request, reason: 'Because' } as AccessRequestInput;
    expect(await refusal(askForAccess(app, chiamaka, { request: asked }))).toEqual([
      'invalid',
      { [field]: expect.any(String) },
    ]);
    expect(await stateOf(sql)).toBe(before);
  });

  test('has limits: in an hour, and of what is open', async () => {
    for (let n = 0; n < REQUEST_LIMITS.hourly; n += 1) await ask(chiamaka, { id: newId() });
    expect(await refusal(ask(chiamaka, { id: newId() }))).toBe('too_many_requests');
    await sql`update access_request set created_at = now() - interval '2 hours'`;
    for (let n = REQUEST_LIMITS.hourly; n < REQUEST_LIMITS.open; n += 1) await ask(chiamaka, { id: newId() });
    await sql`update access_request set created_at = now() - interval '2 hours'`;
    const known = must((await own(chiamaka))[0], 'one of them').record;
    expect(await refusal(ask(chiamaka, { id: newId() }))).toBe('already_done');
    expect(await ask(chiamaka, { id: known }), 'what is asked for already').toEqual({ status: 'open' });
    expect(await own(chiamaka)).toHaveLength(REQUEST_LIMITS.open);
    await ask(noor, { field: 'amount' });
  });

  test('is in the trail, and unanswered for long it is declined by itself, there or not', async () => {
    await ask(chiamaka);
    await ask(chiamaka, { id: newId() });
    const trail =
      await sql`select actor_id, after from audit_entry where action = 'access.ask' order by id desc limit 2`;
    expect(trail).toEqual([
      expect.objectContaining({ actor_id: people.chiamaka.id }),
      { actor_id: people.chiamaka.id, after: expect.objectContaining({ reason: 'I stand in for Anna' }) },
    ]);
    await sql`update access_request set created_at = now() - interval '15 days'`;
    await forgetRequests(app);
    expect((await own(chiamaka)).map(({ status, words }) => [status, words])).toEqual([
      ['declined', null],
      ['declined', null],
    ]);
    await sql`update access_request set answered_at = now() - interval '91 days'`;
    await forgetRequests(app);
    expect(await own(chiamaka)).toEqual([]);
  });
});

describe('an answer', () => {
  test('that gives it shares the record for a week, tells the asker, and shows before what it opens', async () => {
    await ask(chiamaka);
    const id = await first(anna);
    const preview = await previewGrant(app, anna, id, {});
    expect(preview).toMatchObject({ now: null, enough: true });
    expect(preview.then?.fields).toContain('title');
    expect(preview.then?.actions).toEqual(['read']);
    expect(await sees(people.chiamaka), 'nothing is given by looking').toBeFalsy();

    expect(await grantRequest(app, anna, { id, grant: {} })).toEqual({ id, status: 'granted' });
    expect(await sees(people.chiamaka)).toMatchObject({ title: 'Zebu licence' });
    const [share] = await sql<{ ends_at: string; given_by: string }[]>`select ends_at, given_by from share`;
    expect(Math.round((Date.parse(share!.ends_at) - Date.now()) / DAY_ms)).toBe(REQUEST_LIMITS.days);
    expect(share?.given_by).toBe(people.anna.id);
    expect(await own(await as(people.chiamaka))).toEqual([
      expect.objectContaining({ status: 'granted', title: 'Zebu licence', ends_at: share?.ends_at }),
    ]);
    expect(await told('access_granted')).toEqual([people.chiamaka.id]);
    expect(await toAnswer(kofi)).toEqual([]);
    expect(await refusal(grantRequest(app, kofi, { id, grant: {} }))).toBe('already_done');
    expect(await refusal(declineRequest(app, kofi, { id }))).toBe('already_done');
    await sql`delete from share`;
  });

  test('takes nothing of what they have already', async () => {
    await giveShare(app, anna, {
      share: { object: 'deal', id: deal.id, to: { kind: 'user', id: people.chiamaka.id }, level: 'edit' },
    });
    await ask(chiamaka);
    await grantRequest(app, anna, { id: await first(anna), grant: {} });
    expect(await sql`select level, ends_at from share`).toEqual([{ level: 'edit', ends_at: null }]);
    await sql`delete from share`;
  });

  test('that says no may say why, and no more than that', async () => {
    await ask(chiamaka);
    await declineRequest(app, anna, { id: await first(anna), words: 'Ask Kofi' });
    expect(await own(chiamaka)).toEqual([
      expect.objectContaining({ status: 'declined', words: 'Ask Kofi', title: null }),
    ]);
    const [word] = await sql`select user_id, author_id from notification where kind = 'access_declined'`;
    expect(word).toEqual({ user_id: people.chiamaka.id, author_id: null });
  });

  test('is not for whoever does not see it, could not give it, or asks', async () => {
    await ask(chiamaka);
    const id = await first(anna);
    const before = await stateOf(sql);
    for (const one of [noor, jamila, oskar])
      for (const door of [
        () => grantRequest(app, one, { id, grant: {} }),
        () => declineRequest(app, one, { id }),
        () => previewGrant(app, one, id, {}),
      ])
        expect(await refusal(door())).toBe('not_found');
    for (const other of [newId(), 'nonsense'])
      expect(await refusal(declineRequest(app, anna, { id: other }))).toBe('not_found');
    expect(await refusal(grantRequest(app, chiamaka, { id, grant: {} }))).toBe('not_allowed');
    expect(await refusal(declineRequest(app, chiamaka, { id }))).toBe('not_allowed');
    expect(await stateOf(sql)).toBe(before);
  });

  test('is refused with the right of sharing, when it is gone by then', async () => {
    await ask(chiamaka);
    const id = await first(anna);
    const restriction = { name: 'Nobody', object: 'deal', criteria: { title: 'Zebu licence' }, except: [] };
    await createRestriction(app, rafael, { restriction });
    expect(await toAnswer(await as(people.anna))).toEqual([]);
    expect(await refusal(grantRequest(app, await as(people.anna), { id, grant: {} }))).toBe('not_found');
    await sql`update restriction set active = false`;
  });

  test('for too long, in the past, or by two things at once is refused', async () => {
    await ask(chiamaka);
    const id = await first(rafael);
    const before = await stateOf(sql);
    for (const grant of [
      { ends_at: new Date(Date.now() - DAY_ms).toISOString() },
      { ends_at: new Date(Date.now() + 400 * DAY_ms).toISOString() },
      { role: newId() },
      { role: newId(), level: 'read' as const },
    ])
      expect(await refusal(grantRequest(app, rafael, { id, grant }))).toEqual(['invalid', expect.anything()]);
    expect(await stateOf(sql)).toBe(before);
  });

  test('by a role gives it for a while, where a share would not do', async () => {
    await ask(noor, { field: 'amount' });
    const id = await first(rafael);
    expect(await previewGrant(app, rafael, id, {})).toMatchObject({ enough: false });
    const { id: role } = await createRole(app, rafael, {
      policy: {
        name: 'Amounts of the team',
        purpose: '',
        grants: { deal: { read: ['team'] } },
        fields: { deal: { amount: 'read' } },
        system: [],
      },
    });
    const preview = await previewGrant(app, rafael, id, { role });
    expect(preview.enough).toBe(true);
    expect(preview.now?.fields).not.toContain('amount');
    expect(preview.then?.fields).toContain('amount');
    expect(await refusal(grantRequest(app, kofi, { id, grant: { role } }))).toBe('not_allowed');
    await grantRequest(app, rafael, { id, grant: { role } });
    expect(await sees(people.noor)).toHaveProperty('amount', 10);
    const [held] = await sql<
      { ends_at: string }[]
    >`select ends_at from role_assignment where role_id = ${role}`;
    expect(Math.round((Date.parse(held!.ends_at) - Date.now()) / DAY_ms)).toBe(REQUEST_LIMITS.days);
    await ask(noor, { action: 'assign' });
    const again = await first(rafael);
    expect(await refusal(grantRequest(app, rafael, { id: again, grant: { role } }))).toEqual([
      'invalid',
      { role: expect.any(String) },
    ]);
    expect(await refusal(grantRequest(app, rafael, { id: again, grant: {} }))).toBe('not_allowed');
    await assignRole(app, rafael, { user: people.noor.id, role });
  });

  test('with its key is given once', async () => {
    await ask(chiamaka);
    const id = await first(anna);
    const grant = () => grantRequest(app, anna, { id, grant: {}, idempotencyKey: 'key' });
    expect([await grant(), await grant()]).toEqual([
      { id, status: 'granted' },
      { id, status: 'granted' },
    ]);
  });
});
