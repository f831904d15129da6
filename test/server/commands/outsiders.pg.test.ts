import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import { ApiError } from '../../../shared/protocol/index.ts';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { restoreRecord } from '../../../server/commands/records/restoreRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';

// Whoever may not, and whatever must not be: refused in the right words, and nothing is written.

const { app, sql, add, as } = await openNordlicht();
const [anna, chiamaka, noor, bjorn, oskar, jamila] = await Promise.all(
  [people.anna, people.chiamaka, people.noor, people.bjorn, people.oskar, people.jamila].map(as),
);
const company = await add('company', people.anna);
const deal = await add('deal', people.anna, { amount: 96_000, margin: 31.5, company: company.id });
const call = await add('activity', null, { deal: deal.id });
const secret = await add('company', people.chiamaka, { name: 'Secret SpA' });

const update = (caller: typeof anna, id: string, values: Record<string, unknown>, object = 'deal') =>
  updateRecord(app, caller!, { object, id, values });

describe('nothing is written', () => {
  let before: string;
  beforeEach(async () => void (before = await stateOf(sql)));
  afterEach(async () => expect(await stateOf(sql)).toBe(before));

  describe("another's record", () => {
    test.each([
      ['a representative of another team', chiamaka],
      ['a support agent', bjorn],
      ['the auditor', jamila],
    ])('does not exist for %s', async (_who, caller) => {
      for (const id of [deal.id, newId(), deal.id.toUpperCase(), "' or 1=1 --", '']) {
        expect(await refusal(update(caller, id, { title: 'Mine' }))).toBe('not_found');
        expect(await refusal(deleteRecord(app, caller!, { object: 'deal', id }))).toBe('not_found');
        expect(await refusal(restoreRecord(app, caller!, { object: 'deal', id }))).toBe('not_found');
      }
    });

    test('nor do its activities', async () => {
      expect(await refusal(update(chiamaka, call.id, { subject: 'Mine' }, 'activity'))).toBe('not_found');
      const values = { kind: 'note', subject: 'Hello', deal: deal.id };
      expect(await refusal(createRecord(app, chiamaka!, { object: 'activity', values }))).toEqual([
        'invalid',
        { deal: 'No such deal' },
      ]);
    });

    test('is refused with its reason where it may be read', async () => {
      expect(await refusal(update(oskar, deal.id, { title: 'Mine' }))).toBe('not_allowed');
      expect(await refusal(deleteRecord(app, oskar!, { object: 'deal', id: deal.id }))).toBe('not_allowed');
      expect(await refusal(deleteRecord(app, noor!, { object: 'deal', id: deal.id }))).toBe('not_allowed');
      await expect(update(anna, deal.id, { owner: people.dawit.id })).rejects.toMatchObject({
        details: { needs: 'deal.assign' },
      });
    });

    test('cannot be pointed at: the words are the same for what is absent', async () => {
      const words = ['invalid', { company: 'No such company' }];
      for (const id of [secret.id, newId(), deal.id]) {
        expect(await refusal(update(anna, deal.id, { company: id }))).toEqual(words);
        expect(
          await refusal(createRecord(app, anna!, { object: 'deal', values: { title: 'X', company: id } })),
        ).toEqual(words);
      }
    });
  });

  describe('keys', () => {
    test.each([
      'nonsense',
      'id',
      'version',
      'created_at',
      'updated_at',
      'deleted_at',
      'touched',
      'custom',
      'may',
      'owner_id',
      'stage_since',
      'closed_at',
      'next_activity_at',
      'constructor',
      '__proto__',
    ])('%s is not one that people write', async (key) => {
      const values = JSON.parse(`{"${key}": "2026-01-01T00:00:00Z"}`) as Record<string, unknown>;
      const words = ['unknown_field', expect.objectContaining({})];
      expect(await refusal(update(anna, deal.id, values))).toEqual(words);
      expect(
        await refusal(createRecord(app, anna!, { object: 'deal', values: { title: 'X', ...values } })),
      ).toEqual(
        // Spreading makes __proto__ a prototype, which is no key of anything.
        key === '__proto__' ? expect.anything() : words,
      );
    });

    test('the facts of a part are its parent’s, not to be written', async () => {
      expect(await refusal(update(anna, call.id, { owner: people.anna.id }, 'activity'))).toEqual([
        'unknown_field',
        { owner: 'Not a field here' },
      ]);
    });

    test('an object that is none, or that only the program writes, does not exist', async () => {
      for (const object of ['session', 'role', 'user_account', 'toString', '']) {
        expect(await refusal(createRecord(app, anna!, { object, values: {} }))).toBe('not_found');
        expect(await refusal(deleteRecord(app, anna!, { object, id: anna!.sessionId }))).toBe('not_found');
      }
    });
  });

  describe('hidden and locked fields', () => {
    test('are refused whatever the value is, also the one they have', async () => {
      for (const amount of [1, 96_000, null]) {
        expect(await refusal(update(noor, deal.id, { amount }))).toEqual([
          'field_not_editable',
          { amount: 'Not yours to change' },
        ]);
      }
      expect(await refusal(update(anna, deal.id, { margin: 31.5, title: 'X' }))).toEqual([
        'field_not_editable',
        { margin: 'Not yours to change' },
      ]);
      expect(await refusal(update(anna, deal.id, { discount: 50 }))).toEqual([
        'field_not_editable',
        { discount: 'Not yours to change' },
      ]);
    });

    test('cannot be set on a new record either', async () => {
      const values = { title: 'X', margin: 90 };
      expect(await refusal(createRecord(app, anna!, { object: 'deal', values }))).toEqual([
        'field_not_editable',
        { margin: 'Not yours to change' },
      ]);
    });

    test('do not come back in what is answered', async () => {
      await expect(update(noor, deal.id, {})).resolves.toMatchObject({ record: { title: 'Group licence' } });
      expect(JSON.stringify(await update(noor, deal.id, {}))).not.toContain('96000');
      expect(JSON.stringify(await update(anna, deal.id, {}))).not.toContain('31.5');
    });
  });

  describe('values', () => {
    test.each([
      ['title', null, 'Required'],
      ['title', '   ', 'Must not be blank'],
      ['title', 'x'.repeat(201), 'At most 200 characters'],
      ['title', 'a\u0000b', 'Contains characters that cannot be stored'],
      ['title', '\ud800', 'Contains characters that cannot be stored'],
      ['title', 'two\nlines', 'Must be one line'],
      ['title', { toString: 'x' }, expect.any(String)],
      ['amount', '1; drop table deal', expect.any(String)],
      ['amount', 1.001, 'At most two decimals'],
      ['amount', 1e300, expect.any(String)],
      ['closes_on', '2026-02-30', expect.any(String)],
      ['stage', 'nowhere', 'No such stage in this pipeline'],
      ['pipeline', newId(), 'No such pipeline'],
      ['source', 'nowhere', expect.any(String)],
      ['contact', 'not an id', 'Must be an id'],
    ])('%s cannot be %j', async (field, value, words) => {
      expect(await refusal(update(anna, deal.id, { [field]: value }))).toEqual([
        'invalid',
        { [field]: words },
      ]);
    });

    test('a link is only ever http', async () => {
      const wrong = { website: expect.any(String) };
      expect(await refusal(update(anna, company.id, { website: 'javascript:alert(1)' }, 'company'))).toEqual([
        'invalid',
        wrong,
      ]);
    });
  });

  test('an ended session writes nothing, whatever its holder may', async () => {
    const caller = await as(people.rafael);
    await sql`update session set ended_at = now() where id = ${caller.sessionId}`;
    expect(await refusal(update(caller, deal.id, { title: 'X' }))).toBe('session_ended');
    expect(await refusal(update({ ...anna!, sessionId: chiamaka!.sessionId }, deal.id, { title: 'X' }))).toBe(
      'session_ended',
    );
  });

  test('rights are those of now, not those the caller came with', async () => {
    const stale = { ...jamila!, actor: { ...anna!.actor, userId: people.jamila.id } };
    expect(await refusal(update(stale, deal.id, { title: 'X' }))).toBe('not_found');
  });
});

test('a new record may not be made for others without the right to assign', async () => {
  const create = (values: Record<string, unknown>) =>
    createRecord(app, anna!, { object: 'deal', values: { title: 'X', ...values } });
  expect(await refusal(create({ owner: people.dawit.id }))).toBe('not_allowed');
  expect(await refusal(create({ team: teams.south }))).toBe('not_allowed');
  expect(await refusal(create({ participants: [people.dawit.id] }))).toBe('not_allowed');
  expect(recordOf(await create({ owner: people.anna.id, team: teams.north }))).toMatchObject({
    owner: people.anna.id,
    team: teams.north,
  });
});

// Lies beside the project where it is being built; a clone stands alone without it.
const STRINGS = join(import.meta.dirname, '../../../../shared/data/blns/blns.json');
test.skipIf(!existsSync(STRINGS))(
  'naughty strings come back as they went in, or are refused by name',
  async () => {
    const naughty = JSON.parse(readFileSync(STRINGS, 'utf8')) as string[];
    const fields = Object.values(app.registry.get('company').fields).filter(
      ({ kind }) => kind === 'text' || kind === 'longtext',
    );
    const mine = await add('company', people.anna);
    for (const text of naughty) {
      const values = Object.fromEntries(fields.map(({ name }) => [name, text]));
      const refused: unknown = await update(anna, mine.id, values, 'company').catch(
        (error: unknown) => error,
      );
      if (refused instanceof ApiError) {
        expect(refused.code).toBe('invalid');
        for (const name of Object.keys(refused.details.fields ?? {})) delete values[name];
      }
      expect(recordOf(await update(anna, mine.id, values, 'company'))).toMatchObject(values);
    }
  },
  120_000,
);
