import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { importMapSchema } from '../../../../shared/protocol/index.ts';
import type { Caller } from '../../../../server/lib/app.ts';
import { openNordlicht, type Nordlicht } from '../../../world/nordlicht.ts';
import { people } from '../../../world/people.ts';
import { ROOT } from '../../../world/server.ts';
import { bringIn } from './bring.ts';

// The two real exports that the maps in docs/import-maps are for, where they lie beside the project.

const DATA = '/work/shared/data';
const CRM = join(DATA, 'maven-crm');
const TICKETS = join(DATA, 'tickets-kaggle-8469/customer_support_tickets.csv');

let world: Nordlicht;
let admin: Caller;
beforeAll(async () => {
  world = await openNordlicht();
  admin = await world.as(people.rafael);
  await world.add('queue', null, { name: 'Support', teams: [], position: 0 });
});

const bring = (object: string, path: string, map: string) =>
  bringIn(
    world.app,
    admin,
    object,
    readFileSync(path),
    importMapSchema.parse(JSON.parse(readFileSync(join(ROOT, 'docs/import-maps', map), 'utf8'))),
  );

const CRM_FILES: [object: string, file: string, made: number, along: Record<string, number>][] = [
  ['company', 'accounts', 85, {}],
  ['product', 'products', 7, {}],
  ['user', 'sales_teams', 35, { team: 3, user: 6 }],
  ['deal', 'sales_pipeline', 8_800, {}],
];

describe.skipIf(!existsSync(CRM))('the CRM', () => {
  test.each(CRM_FILES)('%s: %s', { timeout: 120_000 }, async (object, file, made, along) => {
    const first = await bring(object, join(CRM, `${file}.csv`), `crm/${file}.json`);
    console.log(
      file,
      Date.parse(String(first.record['finished_at'])) - Date.parse(String(first.record['started_at'])),
      first.record,
      first.result.problems.slice(0, 5),
      first.result.along,
    );
    expect(first.record).toMatchObject({ status: 'done', created: made, refused: 0 });
    expect(first.result.along).toEqual(along);
    const again = await bring(object, join(CRM, `${file}.csv`), `crm/${file}.json`);
    console.log(
      file,
      Date.parse(String(again.record['finished_at'])) - Date.parse(String(again.record['started_at'])),
    );
    expect(again.record).toMatchObject({ status: 'done', created: 0, updated: 0, same: made, refused: 0 });
  });
});

describe.skipIf(!existsSync(TICKETS))('the tickets', () => {
  test('come in with their customers and messages', { timeout: 120_000 }, async () => {
    const first = await bring('ticket', TICKETS, 'tickets/tickets.json');
    console.log(
      Date.parse(String(first.record['finished_at'])) - Date.parse(String(first.record['started_at'])),
      first.record,
      first.result.problems.slice(0, 5),
      first.result.along,
    );
    expect(first.record).toMatchObject({ status: 'done', created: 8_469, refused: 0 });
    expect(first.result.along).toEqual({ contact: 8_469, tag: 5 });
    const again = await bring('ticket', TICKETS, 'tickets/tickets.json');
    console.log(
      Date.parse(String(again.record['finished_at'])) - Date.parse(String(again.record['started_at'])),
    );
    expect(again.record).toMatchObject({ status: 'done', created: 0, updated: 0, same: 8_469, refused: 0 });
  });
});
