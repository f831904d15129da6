import { expect } from 'vitest';
import { readRows } from '../../../server/csv/read.ts';
import { rearm } from '../../../server/csv/write.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openHouse } from '../identity/house.ts';
import { openDoors } from './doors.ts';

const all = ['all' as const];
const own = ['own' as const];
const whole = { read: all, create: true, update: all, delete: all, assign: all, export: all };

/**
 * A house with a pipeline and people who may take things out: Ada everything, the margin only of deals of her own; Ben
 * reads all deals without amounts, and takes out his own; Reader reads all and takes out nothing.
 */
export async function openExports() {
  const house = await openHouse();
  const doors = await openDoors(house);
  const seller = await house.addRole({
    name: 'Seller',
    grants: { deal: whole, company: whole, contact: whole, activity: whole, pipeline: whole, user: whole },
    fields: { deal: { amount: 'edit', discount: 'edit' } },
  });
  const owner = await house.addRole({
    name: 'Owner',
    grants: { deal: { read: own, update: own } },
    fields: { deal: { margin: 'edit' } },
  });
  const taker = await house.addRole({
    name: 'Taker',
    grants: { deal: { read: all, export: own }, company: { read: own } },
    fields: { deal: { amount: 'hidden' } },
  });
  const readerRole = await house.addRole({
    name: 'Reader',
    grants: { deal: { read: all }, company: { read: all } },
  });
  const ids: Record<string, string> = {};
  ids['Ada'] = await house.addPerson('Ada', [seller, owner]);
  ids['Ben'] = await house.addPerson('Ben', [taker]);
  ids['Reader'] = await house.addPerson('Reader', [readerRole]);
  ids['Nobody'] = await house.addPerson('Nobody');
  const ada = await doors.signIn('Ada');
  const add = async (plural: string, values: object): Promise<string> => {
    const answer = await ada.post(`/api/${plural}`, values);
    expect(answer.status, answer.text).toBe(201);
    return (answer.body as { id: string }).id;
  };
  const stage = (key: string, name: string, kind: string) => ({
    ...{ key, name, kind },
    ...{ probability: 50, color: 'blue', requires: [] },
  });
  const pipeline = await add('pipelines', {
    name: 'Sales',
    position: 1,
    stages: [
      stage('first', 'In talks', 'open'),
      stage('again', 'in talks', 'open'),
      stage('won', 'Won', 'won'),
    ],
  });
  return {
    house,
    doors,
    ids,
    ada,
    ben: await doors.signIn('Ben'),
    reader: await doors.signIn('Reader'),
    nobody: await doors.signIn('Nobody'),
    add,
    addDeal: (values: object = {}) => add('deals', { title: 'Deal', pipeline, stage: 'first', ...values }),
    /** What the trail says of exports, oldest first. */
    trail: (): Promise<{ action: string; after: Record<string, unknown>; actor_id: string }[]> =>
      house.app.sql`select action, after, actor_id from audit_entry where action like 'export.%' order by id`,
  };
}

export const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();

/** The rows of a file, by their heads, as they were before formulas were disarmed. */
export async function file(client: RawClient, path: string): Promise<Record<string, string>[]> {
  const { status, text, headers } = await client.get(path);
  expect([status, headers['content-type']], text).toEqual([200, 'text/csv; charset=utf-8']);
  return rowsOf(text);
}

/** Read back as an import reads it. */
export async function rowsOf(text: string): Promise<Record<string, string>[]> {
  const [head = [], ...rows] = await cellsOf(text);
  return rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [head[i] ?? '', rearm(cell)])));
}

export async function cellsOf(text: string): Promise<string[][]> {
  const pieces = (async function* () {
    yield Buffer.from(text);
  })();
  const rows: string[][] = [];
  for await (const row of readRows(pieces, { encoding: 'utf-8', delimiter: ',' })) {
    if ('problem' in row) throw new Error(`Line ${row.line}: ${row.problem}`);
    rows.push(row.cells);
  }
  return rows;
}
