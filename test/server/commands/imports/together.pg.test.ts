import { expect, test } from 'vitest';
import { previewImport } from '../../../../server/queries/imports/preview.ts';
import { startImport } from '../../../../server/commands/imports/steer.ts';
import { workOnImports } from '../../../../server/commands/imports/work.ts';
import { IMPORT_LIMITS } from '../../../../shared/protocol/index.ts';
import { openNordlicht } from '../../../world/nordlicht.ts';
import { people } from '../../../world/people.ts';
import { lookAt, plainly, upload } from './bring.ts';

const { app, sql, as } = await openNordlicht();
const admin = await as(people.rafael);
const nobody = () => new AbortController().signal;

test('one file brought in twice at the same moment makes no doubles', async () => {
  const rows = Array.from({ length: 450 }, (_, i) => `T${i},Together ${i},Shared Ltd ${i % 9}`).join('\n');
  const columns = {
    ...plainly('external_id', 'title'),
    company: { to: 'company', missing: 'create' as const },
  };
  const map = { columns, match: ['external_id'] };
  const file = `external_id,title,company\n${rows}\n`;
  const ids = [await upload(app, admin, 'deal', file, map), await upload(app, admin, 'deal', file, map)];
  for (const id of ids) await startImport(app, admin, id, 'run');
  await Promise.all(ids.map((id) => workOnImports(app, nobody(), id)));
  const records = await Promise.all(ids.map(async (id) => (await lookAt(app, admin, id)).record));
  expect(records.map(({ status }) => status)).toEqual(['done', 'done']);
  const [counts] = await sql`
    select (select count(*)::int from deal where external_id like 'T%') as deals,
      (select count(*)::int from company where name like 'Shared Ltd%') as companies
  `;
  expect(counts).toEqual({ deals: 450, companies: 9 });
});

test.each([
  ['a title above the heads', 'Report of May\nname,city\nA,B\nC,D\n', true],
  ['heads as they should be', 'name,city\nA,B\nC,D\n', false],
  ['a single column', 'name\nA\nB\n', false],
  ['carets', 'name^city\nA^B\n', false],
])('%s are told of', async (_, file, linesAbove) => {
  const id = await upload(app, admin, 'company', file, { columns: {} });
  const preview = await previewImport(app, admin.actor, id, {});
  expect(preview.linesAbove).toBe(linesAbove);
  if (file.includes('^')) expect(preview.reading.delimiter).toBe('^');
});

test('a remark above the heads is passed over', async () => {
  const id = await upload(app, admin, 'company', '# made by x\nname,city\nA,B\n', { columns: {} });
  const preview = await previewImport(app, admin.actor, id, {});
  expect([preview.linesAbove, preview.reading.heads]).toEqual([false, 2]);
  expect(preview.columns.map(({ head }) => head)).toEqual(['name', 'city']);
});

test('lines that end as ASCII has it are refused in so many words', async () => {
  await expect(
    upload(app, admin, 'company', 'name\x1fcity\x1eA\x1fB\x1e', { columns: {} }),
  ).rejects.toMatchObject({
    details: { fields: { file: expect.stringContaining('ASCII 30') as string } },
  });
});

test('the files of one person are kept up to a gigabyte', async () => {
  const id = await upload(app, admin, 'company', 'name\nA\n', { columns: {} });
  await sql`update data_import set bytes = ${IMPORT_LIMITS.keptBytes} where id = ${id}`;
  const before = await sql`select count(*) from import_piece`;
  await expect(upload(app, admin, 'company', 'name\nB\n', { columns: {} })).rejects.toMatchObject({
    code: 'invalid',
    details: { fields: { file: expect.any(String) as string } },
  });
  expect(await sql`select count(*) from import_piece`).toEqual(before);
});
