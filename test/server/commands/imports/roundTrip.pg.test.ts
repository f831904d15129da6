import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../../shared/lib/ids.ts';
import { must } from '../../../../shared/lib/must.ts';
import { bringFile } from '../../../../server/commands/imports/bringFile.ts';
import { previewImport } from '../../../../server/queries/imports/preview.ts';
import { importResult } from '../../../../server/queries/imports/result.ts';
import { TEAMS } from '../../../../server/db/demo/people.ts';
import { hashPassword } from '../../../../server/identity/passwords.ts';
import { openNordlicht, type Nordlicht } from '../../../world/nordlicht.ts';
import { people, pipelines } from '../../../world/people.ts';
import { signIn, type RawClient } from '../../../world/rawClient.ts';
import { openDoors } from '../../http/doors.ts';
import { file } from '../../http/exportHouse.ts';
import { PASSWORD } from '../../identity/house.ts';
import { inPieces } from './bring.ts';

// What goes out of one house comes into another as it was, with nothing told but which file holds what.

/** Lists by the names of their objects, in the order in which one names the other. */
const LISTS = {
  company: 'companies',
  product: 'products',
  contact: 'contacts',
  tag: 'tags',
  queue: 'queues',
  deal: 'deals',
  ticket: 'tickets',
};
const OBJECTS = Object.keys(LISTS) as (keyof typeof LISTS)[];

let here: House;
let there: House;
beforeAll(async () => {
  [here, there] = [await open(), await open()];
  await furnish(here.client);
}, 60_000);

describe.each(OBJECTS)('%s', { timeout: 30_000 }, (object) => {
  test('comes in elsewhere as it was, and a second time as nothing new', async () => {
    const sent = await here.client.get(`/api/${LISTS[object]}/export`);
    const before = await file(here.client, `/api/${LISTS[object]}/export`);
    expect(before.length).toBeGreaterThan(1);
    const { record, result } = await bring(there, object, sent.text);
    expect([record['refused'], result.problems]).toEqual([0, []]);
    expect(record).toMatchObject({ status: 'done', created: before.length });

    const after = await file(there.client, `/api/${LISTS[object]}/export`);
    expect(comparable(after)).toEqual(comparable(before));
    const again = await bring(there, object, sent.text);
    expect(again.record).toMatchObject({ status: 'done', created: 0, updated: 0, refused: 0 });
    expect(await file(there.client, `/api/${LISTS[object]}/export`)).toEqual(after);
  });
});

test.each([
  ['user', 'users'],
  ['team', 'teams'],
])('%s: what is in both houses stays as it is', { timeout: 30_000 }, async (object, list) => {
  const sent = await here.client.get(`/api/${list}/export`);
  const { record, result } = await bring(there, object, sent.text);
  expect(result.problems).toEqual([]);
  expect(record).toMatchObject({ status: 'done', created: 0, updated: 0, refused: 0 });
});

test('people of elsewhere are known again by their addresses, and by their names where they have none', async () => {
  const file = `Id,Name,E-mail\n${[newId(), newId()].map((id, i) => `${id},Agent ${i},${i ? 'agent@x.example' : ''}`).join('\n')}\n`; // prettier-ignore
  expect((await bring(there, 'user', file)).record).toMatchObject({ created: 2, refused: 0 });
  expect((await bring(there, 'user', file)).record).toMatchObject({ created: 0, updated: 0, refused: 0 });
});

interface House {
  world: Nordlicht;
  userId: string;
  client: RawClient;
}

async function open(): Promise<House> {
  const world = await openNordlicht();
  const hash = await hashPassword(PASSWORD);
  await world.sql`
    insert into credential (user_id, password_hash) values (${people.rafael.id}, ${hash})
    on conflict (user_id) do update set password_hash = ${hash}
  `;
  const { base } = await openDoors(world);
  const client = await signIn(base, people.rafael.email, PASSWORD);
  return { world, userId: people.rafael.id, client };
}

/** As the command line does it: without a map, the guess. */
async function bring({ world: { app }, userId }: House, object: string, csv: string) {
  const brought = await bringFile(app, {
    userId,
    object,
    name: `${object}.csv`,
    body: inPieces(csv),
    map: undefined,
    guess: async (actor, id) => (await previewImport(app, actor, id, {})).map,
    dry: false,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return { ...brought, result: await importResult(app, brought.actor, brought.id) };
}

/**
 * Ids are a house's own, and so are the numbers of its tickets; the id that a record has elsewhere is the one that it
 * came with.
 */
function comparable(rows: Record<string, string>[]) {
  return rows
    .map(({ Id, Number: _, ...row }) =>
      'Id elsewhere' in row ? { ...row, 'Id elsewhere': row['Id elsewhere'] || Id } : row,
    )
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const HOSTILE = [
  '=HYPERLINK("http://evil.example")', '+49 30 1', '-1', '@SUM(A1)', "'=1", "''=1", '"', '""', 'a, b; c | d', 'two\nlines',
  '\u202eesrever', '\u2066isolated\u2069', '007', '1e9', '#REF!', 'NULL', 'true', '2031-01-02', 'x'.repeat(3_900), '\u{1f600}', "O'Connor",
]; // prettier-ignore

async function furnish(client: RawClient): Promise<void> {
  const add = async (plural: string, values: object): Promise<string> => {
    const { status, body, text } = await client.post(`/api/${plural}`, values);
    expect(status, text).toBe(201);
    return must((body as { id?: string }).id, 'an id');
  };
  const line = (text: string) => text.replaceAll('\n', ' ').slice(0, 190);

  const top = await add('companies', {
    name: 'Zenith Group',
    country: 'DE',
    employees: 12_000,
    revenue: 1_234_567.89,
  });
  const companies = [top];
  for (const text of HOSTILE)
    companies.push(await add('companies', { name: line(text), about: text, parent: top, owner: people.anna.id, city: line(text).slice(0, 90) })); // prettier-ignore
  // Two of one name, one below the other, and one that came from elsewhere before.
  const first = await add('companies', {
    name: 'Twin',
    website: 'https://twin.example/?a=1,2',
    phone: '+49 30 123',
  });
  const second = await add('companies', { name: 'twin', parent: first, owner: null });
  companies.push(
    first,
    second,
    await add('companies', { name: 'Moved', external_id: '000123', parent: second }),
  );

  const products = [
    await add('products', { name: 'GTX, Pro', code: '0042', price: 99.5, active: false }),
    await add('products', { name: '=GTX', series: 'A;B', price: 0, owner: null }),
  ];
  const contacts: string[] = [];
  for (const [i, text] of HOSTILE.entries())
    contacts.push(await add('contacts', { name: line(text), about: text, company: companies[i], email: i % 2 ? `c${i}@x.example` : null, language: 'de' })); // prettier-ignore
  contacts.push(await add('contacts', { name: 'Kim Lee', company: first }));
  contacts.push(await add('contacts', { name: 'Kim Lee', company: second, owner: people.chiamaka.id }));

  const tags = [await add('tags', { name: 'urgent; really' }), await add('tags', { name: '=tag' })];
  const queues = [await add('queues', { name: 'Support', teams: [], position: 0 })];
  queues.push(
    await add('queues', {
      name: 'Orders | late',
      teams: [TEAMS.support.id, TEAMS.technical.id],
      position: 1,
    }),
  );

  for (const [i, text] of HOSTILE.entries())
    await add('deals', {
      title: line(text),
      pipeline: pipelines.newBusiness,
      amount: i * 1_000.25,
      company: companies.at(-1 - (i % 4)),
      contact: contacts.at(-1 - (i % 4)),
      product: products[i % 2],
      closes_on: '2031-05-17',
      participants: [people.anna.id, people.chiamaka.id],
      ...(i % 3 === 0 ? { owner: people.anna.id } : {}),
      ...(i % 5 === 1 ? { stage: 'won' } : i % 5 === 2 ? { stage: 'lost', lost_reason: text } : {}),
    });
  for (const [i, text] of HOSTILE.entries())
    await add('tickets', {
      subject: line(text),
      queue: queues[i % 2],
      priority: 'urgent',
      contact: contacts.at(-1 - (i % 4)),
      tags: i % 2 ? tags : [],
      status: i % 3 === 1 ? 'resolved' : 'open',
      customer_name: 'Someone',
      customer_email: 'someone@x.example',
      ...(i % 3 === 0 ? { assignee: people.bjorn.id } : {}),
    });
}
