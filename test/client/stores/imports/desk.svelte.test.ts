import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ImportDesk } from '../../../../client/stores/imports/desk.svelte.ts';
import type { ImportDoors } from '../../../../client/stores/imports/doors.ts';
import { mapColumn } from '../../../../client/stores/imports/mapEdit.ts';
import { OfflineError } from '../../../../client/net/http.ts';
import { invalid } from '../../../../shared/protocol/errors.ts';
import type { FieldsAnswer, NewFields } from '../../../../shared/protocol/fields.ts';
import type { ImportMap, ImportPreview } from '../../../../shared/protocol/imports.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const GUESS: ImportMap = { columns: { name: { to: 'name' } } };
const column = (head: string) => ({ head, samples: [], ambiguousDates: false });

/** A server that keeps one map; `fail` is thrown at the next saving. */
class Server implements ImportDoors {
  kept: ImportMap | null = null;
  heads = ['name', 'city'];
  saved: ImportMap[] = [];
  acts: string[] = [];
  fail: Error | null = null;
  /** While set, savings wait for it. */
  hold: Promise<void> | null = null;

  preview = async (): Promise<ImportPreview> => ({
    reading: { encoding: 'utf-8', delimiter: ',' },
    columns: this.heads.map(column),
    linesAbove: false,
    letters: [],
    rows: [],
    targets: [],
    map: this.kept ?? GUESS,
    kept: this.kept !== null,
  });
  saveMap = async (_id: string, map: ImportMap): Promise<ImportMap> => {
    await this.hold;
    const failure = this.fail;
    this.fail = null;
    if (failure) throw failure;
    this.saved.push(map);
    this.kept = map;
    return map;
  };
  columns = async () => ({
    columns: this.heads.map((head) => ({
      head,
      kind: 'text' as const,
      choices: [],
      nothing: ['N/A'],
      filled: 1,
    })),
  });
  addFields = async ({ object, fields }: NewFields): Promise<FieldsAnswer> => ({
    fields: fields.map(({ label, kind }) => ({
      object,
      name: `own_${label}`,
      label,
      kind,
      sensitivity: 'normal',
      required: false,
      choices: [],
    })),
  });
  act = async (_id: string, act: string) => void this.acts.push(act);
  result = async () => ({
    doing: null,
    ignored: [],
    problems: [],
    kinds: [],
    unknown: [],
    rows: [],
    along: {},
    kept: [],
  });
}

async function open(): Promise<{ server: Server; desk: ImportDesk }> {
  const server = new Server();
  const desk = new ImportDesk('x', undefined, server);
  await desk.load();
  return { server, desk };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('edits are sent together after a pause, and the last one stays', async () => {
  const { server, desk } = await open();
  desk.edit(mapColumn(desk.map, 'city', 'country'), 'city');
  await pass(400);
  desk.edit(mapColumn(desk.map, 'city', 'city'), 'city');
  expect(desk.saving).toBe('waiting');
  await pass(500);
  expect(server.saved).toEqual([{ columns: { name: { to: 'name' }, city: { to: 'city' } } }]);
  expect(desk.saving).toBe('saved');
});

test('what is edited while a map is on its way is sent after it, never before', async () => {
  const { server, desk } = await open();
  let release = () => undefined as void;
  server.hold = new Promise((done) => (release = done));
  desk.edit(mapColumn(desk.map, 'city', 'country'), 'city');
  await pass(500);
  desk.edit(mapColumn(desk.map, 'city', 'city'), 'city');
  await pass(500);
  expect(server.saved).toEqual([]);
  release();
  await pass(1000);
  expect(server.saved.map(({ columns }) => columns['city']?.to)).toEqual(['country', 'city']);
  expect(desk.saving).toBe('saved');
});

test('a guess is kept before it is checked; a map that is refused is not checked', async () => {
  const { server, desk } = await open();
  await desk.act('check');
  expect([server.saved, server.acts]).toEqual([[GUESS], ['check']]);

  desk.edit(mapColumn(desk.map, 'city', 'name'), 'city');
  server.fail = invalid({ 'columns.city': 'Another column becomes this already' });
  await desk.act('check');
  expect(server.acts).toEqual(['check']);
  expect(desk.problems.columns).toEqual({ city: 'Another column becomes this already' });
  expect([desk.saving, desk.changed]).toEqual(['failed', true]);

  desk.edit(mapColumn(desk.map, 'city', 'city'), 'city');
  await desk.act('check');
  expect([desk.problems.columns, desk.changed, server.acts]).toEqual([{}, false, ['check', 'check']]);
});

test('without a connection it is sent again until it arrives', async () => {
  const { server, desk } = await open();
  server.fail = new OfflineError();
  desk.edit(mapColumn(desk.map, 'city', 'city'), 'city');
  await pass(500);
  expect(desk.saving).toBe('failed');
  await pass(3000);
  expect([desk.saving, server.saved.length]).toEqual(['saved', 1]);
});

test('a guess is marked until somebody decides; a kept map has been decided about', async () => {
  const { server, desk } = await open();
  expect([...desk.decided]).toEqual([]);
  desk.edit(mapColumn(desk.map, 'city', 'city'), 'city');
  expect([...desk.decided]).toEqual(['city']);
  await pass(500);
  const later = new ImportDesk('x', undefined, server);
  await later.load();
  expect([...later.decided].sort()).toEqual(['city', 'name']);
});

test('looking again never overwrites what is not saved yet', async () => {
  const { desk } = await open();
  const edited = mapColumn(desk.map, 'city', 'city');
  desk.edit(edited, 'city');
  await desk.load();
  expect(desk.map).toEqual(edited);
});

test('read in another way, columns of the same heads keep what they mean, and lost ones go', async () => {
  const { server, desk } = await open();
  desk.edit(mapColumn(mapColumn(desk.map, 'city', 'city'), 'name', null), 'name');
  server.heads = ['name', 'town'];
  await desk.read({ encoding: 'utf-8', delimiter: ';' });
  expect(desk.heads).toEqual(['name', 'town']);
  expect(desk.map.read).toEqual({ encoding: 'utf-8', delimiter: ';' });
  expect(desk.map.columns).toEqual({});
});

test('columns that nothing becomes of make fields, and become them', async () => {
  const { server, desk } = await open();
  const left = await desk.leftOut();
  expect(left.map(({ head }) => head)).toEqual(['city']);
  await desk.addFields(
    'contact',
    left.map((column) => [column, { label: column.head, kind: column.kind }]),
  );
  await pass(500);
  expect(server.saved).toEqual([
    { columns: { name: { to: 'name' }, city: { to: 'own_city', values: { 'N/A': '' } } } },
  ]);
  expect(await desk.leftOut()).toEqual([]);
});

test('a file that could not be looked at for no fault of its own is asked for again', async () => {
  const { server, desk } = await open();
  const answer = server.preview;
  server.preview = () => Promise.reject(new OfflineError());
  await desk.load();
  expect(desk.error).toBeInstanceOf(OfflineError);
  server.preview = answer;
  await pass(3_000);
  expect(desk.error).toBeNull();
  server.preview = () => Promise.reject(invalid({ file: 'There is nothing in this file' }));
  await desk.load();
  server.preview = answer;
  await pass(10_000);
  expect(desk.error).not.toBeNull();
});
