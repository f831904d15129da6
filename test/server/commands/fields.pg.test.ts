import { describe, expect, test } from 'vitest';
import { createFields } from '../../../server/commands/governance/createFields.ts';
import { columnFields } from '../../../server/queries/imports/columnFields.ts';
import type { NewField } from '../../../shared/protocol/index.ts';
import { openNordlicht, refusal, stateOf } from '../../world/nordlicht.ts';
import { people } from '../../world/people.ts';
import { bringIn, upload } from './imports/bring.ts';

const { app, sql, as } = await openNordlicht();
const [admin, anna, kofi] = await Promise.all([people.rafael, people.anna, people.kofi].map(as));
const add = (object: string, ...fields: NewField[]) => createFields(app, admin!, { object, fields });

test('whoever may not change settings adds none, and is told why', async () => {
  const before = await stateOf(sql);
  const request = { object: 'contact', fields: [{ label: 'Score', kind: 'integer' as const }] };
  for (const caller of [anna, kofi]) {
    await expect(createFields(app, caller!, request)).rejects.toMatchObject({
      code: 'not_allowed',
      details: { needs: 'manage_settings' },
    });
  }
  expect(await stateOf(sql)).toEqual(before);
});

describe('a field', () => {
  test('gets a name from its label, is known at once, and stands in the trail', async () => {
    const { fields } = await add(
      'contact',
      { label: 'Lead Score (%)', kind: 'integer' },
      { label: 'Version', kind: 'text' },
      { label: '来源', kind: 'choice', choices: ['网站', 'Trade Show', 'trade-show'] },
      { label: '2nd visit', kind: 'date', sensitivity: 'sensitive' },
    );
    expect(fields.map(({ name }) => name)).toEqual(['lead_score', 'version_2', 'field', 'field_2nd_visit']);
    expect(fields[2]?.choices.map(({ value }) => value)).toEqual(['choice', 'trade_show', 'trade_show_2']);
    expect(app.registry.get('contact').fields['lead_score']).toMatchObject({ kind: 'integer', custom: true });
    const trail = await sql`select after from audit_entry where action = 'field.create' order by id`;
    expect(trail.map(({ after }) => (after as { label: string }).label)).toEqual(fields.map(({ label }) => label)); // prettier-ignore
    const [told] = await sql`select users from access_log where cause = 'field.create'`;
    expect(told).toEqual({ users: null });
  });

  test.each<[string, string, NewField, string]>([
    ['that is there', 'contact', { label: 'e-MAIL', kind: 'text' }, 'fields.0.label'],
    ['that was added', 'contact', { label: 'lead score (%)', kind: 'text' }, 'fields.0.label'],
    ['of choices without any', 'contact', { label: 'Which', kind: 'choice' }, 'fields.0.choices'],
    [
      'with choices and no choice',
      'contact',
      { label: 'A', kind: 'text', choices: ['b'] },
      'fields.0.choices',
    ],
    [
      'with a choice twice',
      'contact',
      { label: 'A', kind: 'choice', choices: ['b', 'B'] },
      'fields.0.choices',
    ],
  ])('%s is refused, and the others with it', async (_, object, field, path) => {
    const before = await stateOf(sql);
    await expect(add(object, field, { label: 'Another', kind: 'text' })).rejects.toMatchObject({
      code: 'invalid',
      details: { fields: { [path]: expect.any(String) as string } },
    });
    expect(await stateOf(sql)).toEqual(before);
  });

  test('of what nobody writes, or of nothing, is refused; and so are more than a hundred', async () => {
    for (const object of ['message', 'session', 'pipeline', 'nothing'])
      expect(await refusal(add(object, { label: 'A', kind: 'text' }))).toBe('not_found');
    const many = (from: number) =>
      Array.from({ length: 50 }, (_, i): NewField => ({ label: `Many ${from + i}`, kind: 'text' }));
    await add('team', ...many(0));
    await add('team', ...many(50));
    expect(await refusal(add('team', { label: 'One more', kind: 'text' }))).toMatchObject([
      'invalid',
      { fields: expect.any(String) as string },
    ]);
  });
});

test('columns of a file become fields, and the rows fill them', async () => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    [
      `P${i}`,
      `L${i}`,
      i % 3 ? 'Google' : 'Select',
      i % 2,
      (i * 1.5).toFixed(2),
      i,
      `0${i}`,
      '13/04/2026',
      '',
    ].join(),
  );
  const file = `Id,Name,Lead Origin,Converted,Deal Value,TotalVisits,Code,Last Seen,Empty\n${rows.join('\n')}\nZ,Zed,google,1,,,,01/02/2026,\n`;
  const id = await upload(app, admin!, 'contact', file, { columns: { Name: { to: 'name' } } });
  const { columns } = await columnFields(app, admin!.actor, id);
  expect(columns.map(({ head, kind }) => [head, kind])).toEqual([
    ['Id', 'text'],
    ['Name', 'text'],
    ['Lead Origin', 'text'],
    ['Converted', 'boolean'],
    ['Deal Value', 'money'],
    ['TotalVisits', 'integer'],
    ['Code', 'text'],
    ['Last Seen', 'date'],
  ]);
  expect(columns[2]).toMatchObject({ choices: ['Google'], nothing: ['Select'], filled: 41 });
  const { fields } = await add(
    'contact',
    { label: 'Lead Origin', kind: 'choice', choices: ['Google'] },
    { label: 'Converted', kind: 'boolean' },
    { label: 'Last Seen', kind: 'date' },
  );
  const map = {
    columns: {
      Id: { to: 'external_id' },
      Name: { to: 'name' },
      'Lead Origin': { to: fields[0]!.name, values: { Select: '' } },
      Converted: { to: fields[1]!.name },
      'Last Seen': { to: fields[2]!.name, dates: 'dmy' as const },
    },
    match: ['external_id'],
  };
  expect((await bringIn(app, admin!, 'contact', file, map)).record).toMatchObject({
    created: 61,
    refused: 0,
  });
  const [row] = await sql`select custom from contact where external_id = 'Z'`;
  expect(row).toEqual({ custom: { lead_origin: 'google', converted: true, last_seen: '2026-02-01' } });
  expect((await bringIn(app, admin!, 'contact', file, map)).record).toMatchObject({ same: 61 });
});
