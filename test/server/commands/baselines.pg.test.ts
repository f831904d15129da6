import { expect, test } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { setBaseline } from '../../../server/commands/governance/setBaseline.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { listBaselines } from '../../../server/queries/baselines.ts';
import { findRecord } from '../../../server/queries/findRecord.ts';
import { must } from '../../../shared/lib/must.ts';
import { openNordlicht, refusal, stateOf } from '../../world/nordlicht.ts';
import { people } from '../../world/people.ts';

const { app, sql, as, add, pokes } = await openNordlicht();
const rafael = await as(people.rafael);
const helena = await as(people.helena);
const deal = await add('deal', people.anna, { title: 'Far away', amount: 100 });
const object = app.registry.get('deal');
/** Somebody with no role but the one of a support agent, which knows no deals. */
const zoe = must(await loadActor(sql, people.zoe.id), 'Zoë');
const seen = async () => findRecord(app, must(await loadActor(sql, zoe.userId), 'Zoë'), object, deal.id);

test('who may not manage roles neither reads nor changes them, and nothing changes', async () => {
  const before = await stateOf(sql);
  expect(await refusal(listBaselines(app, helena))).toBe('not_allowed');
  expect(await refusal(setBaseline(app, helena, { object: 'deal', baseline: 'read' }))).toBe('not_allowed');
  for (const name of ['user', 'message', 'session', 'nothing', 'constructor'])
    expect(await refusal(setBaseline(app, rafael, { object: name, baseline: 'read' }))).toBe('not_found');
  expect(await stateOf(sql)).toBe(before);
});

test('nobody opens to everyone what they cannot do everywhere themselves', async () => {
  const policy = { name: 'Keeper', purpose: '', grants: { deal: { read: ['all' as const] } }, fields: {}, system: ['manage_roles' as const] }; // prettier-ignore
  const keeper = await createRole(app, rafael, { policy });
  await assignRole(app, rafael, { user: people.zoe.id, role: keeper.id });
  const caller = await as(people.zoe);
  const refused = await refusal(setBaseline(app, caller, { object: 'deal', baseline: 'edit' }));
  expect(refused).toContain('not_allowed');
  expect(await setBaseline(app, caller, { object: 'deal', baseline: 'read' })).toEqual({
    object: 'deal',
    baseline: 'read',
  });
  await setBaseline(app, caller, { object: 'deal', baseline: 'private' });
  await sql`delete from role_assignment where role_id = ${keeper.id}`;
});

test('an object opened to read is read by everyone, without what is sensitive; closed again, by nobody', async () => {
  expect(await seen()).toBeNull();
  pokes.length = 0;
  await setBaseline(app, rafael, { object: 'deal', baseline: 'read' });
  expect(pokes).toContain('access');
  const [told] = await sql`select users from access_log order by seq desc limit 1`;
  expect(told?.['users'], 'everyone').toBeNull();
  const record = must(await seen(), 'the deal');
  expect(record['title']).toBe('Far away');
  expect(record).not.toHaveProperty('amount');
  expect(record.may).toEqual({ actions: ['read'], edit: [] });

  await setBaseline(app, rafael, { object: 'deal', baseline: 'private' });
  expect(await seen()).toBeNull();
});

test('opened to edit, its normal fields are changed by everyone, and nothing handed over', async () => {
  await setBaseline(app, rafael, { object: 'deal', baseline: 'edit' });
  const caller = await as(people.zoe);
  const change = (values: Record<string, unknown>) =>
    updateRecord(app, caller, { object: 'deal', id: deal.id, values, version: deal.version });
  expect(await change({ title: 'Nearer' })).toMatchObject({ record: { title: 'Nearer' } });
  expect(await refusal(change({ amount: 1 }))).toContain('field_not_editable');
  expect(await refusal(change({ owner: people.zoe.id }))).toContain('not_allowed');
  expect(await listBaselines(app, rafael)).toContainEqual({ object: 'deal', baseline: 'edit' });
  await setBaseline(app, rafael, { object: 'deal', baseline: 'private' });
});
