import { describe, expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import type { StageDef } from '../../../shared/fields/index.ts';
import { openNordlicht, recordOf, refusal } from '../../world/nordlicht.ts';
import { people } from '../../world/people.ts';

// A stage may ask for fields; whoever moves a deal and does not read one of them must not learn whether it is empty.

const { app, sql, add, as } = await openNordlicht();
const rafael = await as(people.rafael);
const stage = (key: string, kind: StageDef['kind'], requires: string[] = []): StageDef => ({
  key, name: key, probability: 50, kind, color: 'blue', requires,
}); // prettier-ignore
const stages = [
  stage('begun', 'open'),
  stage('planned', 'open', ['next_step', 'closes_on']),
  stage('lost', 'lost'),
];
const pipeline = (await add('pipeline', null, { name: 'Asking', stages, position: 7 })).id;
const role = await createRole(app, rafael, {
  policy: {
    name: 'Mover',
    purpose: '',
    grants: { deal: { read: ['all'], update: ['all'] } },
    fields: { deal: { next_step: 'hidden', lost_reason: 'hidden' } },
    system: [],
  },
});
await sql`delete from role_assignment where user_id = ${people.chiamaka.id}`;
await assignRole(app, rafael, { user: people.chiamaka.id, role: role.id });
const chiamaka = await as(people.chiamaka);

const addDeal = (values: Record<string, string>) =>
  add('deal', people.anna, { title: 'One', pipeline, stage: 'begun', closes_on: '2031-01-01', ...values });
const move = (id: string, to: string, caller = chiamaka) =>
  updateRecord(app, caller, { object: 'deal', id, values: { stage: to } });

describe.each([
  ['planned', 'next_step'],
  ['lost', 'lost_reason'],
])('into %s, which asks for %s', (to, field) => {
  test('whoever does not read it moves a deal in the same way, whether it is there or not', async () => {
    const [full, empty] = [await addDeal({ [field]: 'canary' }), await addDeal({})];
    for (const { id } of [full, empty]) {
      const moved = recordOf(await move(id, to));
      expect(moved['stage']).toBe(to);
      expect(field in moved).toBe(false);
    }
  });

  test('whoever reads it is asked for it', async () => {
    const { id } = await addDeal({});
    expect(await refusal(move(id, to, rafael))).toEqual(['invalid', { [field]: expect.any(String) }]);
  });
});

test('what is read is asked for all the same', async () => {
  const { id } = await add('deal', people.anna, { title: 'One', pipeline, stage: 'begun' });
  expect(await refusal(move(id, 'planned'))).toEqual(['invalid', { closes_on: expect.any(String) }]);
});
