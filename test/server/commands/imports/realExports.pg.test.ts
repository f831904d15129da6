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

const DATA = join(ROOT, '../shared/data');
const CRM = join(DATA, 'maven-crm');
const TICKETS = join(DATA, 'tickets-kaggle-8469/customer_support_tickets.csv');

let world: Nordlicht;
let admin: Caller;
beforeAll(async () => {
  world = await openNordlicht();
  admin = await world.as(people.rafael);
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
  test.each(CRM_FILES)('%s: %s', { timeout: 600_000 }, async (object, file, made, along) => {
    const first = await bring(object, join(CRM, `${file}.csv`), `crm/${file}.json`);
    expect(first.record).toMatchObject({ status: 'done', created: made, refused: 0 });
    expect(first.result.along).toEqual(along);
    const again = await bring(object, join(CRM, `${file}.csv`), `crm/${file}.json`);
    expect(again.record).toMatchObject({ status: 'done', created: 0, updated: 0, same: made, refused: 0 });
  });

  test('is as clean as it can be', async () => {
    const [deals] = await world.sql`
      select count(*) as all, count(*) filter (where company_id is null) as alone, count(distinct owner_id) as owners,
        count(*) filter (where product_id is null) as unsold, count(*) filter (where closed_at is not null) as closed
      from deal
    `;
    expect(deals).toEqual({ all: 8_800, alone: 1_425, owners: 30, unsold: 0, closed: 6_711 });
    const [{ led } = { led: 0 }] = await world.sql`
      select count(*) as led from user_account u join user_account m on m.id = u.manager_id and m.email is null
    `;
    const [{ subsidiaries } = { subsidiaries: 0 }] = await world.sql`
      select count(*) as subsidiaries from company where parent_id is not null
    `;
    expect([led, subsidiaries]).toEqual([35, 15]);
  });
});

describe.skipIf(!existsSync(TICKETS))('the tickets', () => {
  test('come in with their customers and messages', { timeout: 600_000 }, async () => {
    const first = await bring('ticket', TICKETS, 'tickets/tickets.json');
    expect(first.record).toMatchObject({ status: 'done', created: 8_469, refused: 0 });
    expect(first.result.along).toEqual({ contact: 8_469, queue: 3 });
    const again = await bring('ticket', TICKETS, 'tickets/tickets.json');
    expect(again.record).toMatchObject({ status: 'done', created: 0, updated: 0, same: 8_469, refused: 0 });
  });
});
