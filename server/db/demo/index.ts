import { setTimeout as sleep } from 'node:timers/promises';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { loadCustomFields } from '../../access/customFields.ts';
import { hashPassword } from '../../identity/passwords.ts';
import { sequenceBatch } from '../../outbox/log.ts';
import { changeRecord, insertRecords, type WriteContext } from '../../records/write.ts';
import { ensureBuiltInRoles } from '../builtIns.ts';
import type { Sql } from '../connect.ts';
import { transaction, type Tx } from '../transaction.ts';
import { makeActivities } from './activities.ts';
import { DEMO_PASSWORD } from './accounts.ts';
import { makeCustomers } from './customers.ts';
import { makeDeals, type Deal } from './deals.ts';
import { addCustomFields, addPeople } from './organisation.ts';
import { PIPELINES } from './pipelines.ts';
import { makeProducts, nameProducts } from './products.ts';
import { Calendar, Chance } from './random.ts';
import { makeTickets, supportRecords, type Ticket } from './support.ts';
import { addTerritories } from './territories.ts';

const SEED = 20_26;
const BESIDE = 25;

/**
 * Fills an empty store with the demo organisation and marks it as such: always the same one, told up to `today`.
 * Everything is written as people's own changes are, so that it has its events and its history. Returns false, and
 * does nothing, if there is anybody in the store already; of two processes that start at once, one loads.
 */
export async function loadDemo(sql: Sql, { today = new Date() }: { today?: Date } = {}): Promise<boolean> {
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  const load = (): Promise<boolean | 'busy'> =>
    transaction(sql, async (tx) => {
      const ours = await isOurs(tx);
      if (ours !== true) return ours;
      await ensureBuiltInRoles(tx);
      await addCustomFields(tx);
      const registry = new Registry(OBJECTS, await loadCustomFields(tx));
      await addPeople(tx, registry, passwordHash);
      await addTerritories(tx, registry);
      await addBusiness(tx, registry, new Calendar(today));
      await tx`update organisation set name = 'Nordlicht Trading', demo = true`;
      return true;
    });
  let loaded = await load();
  while (loaded === 'busy') {
    await sleep(200);
    loaded = await load();
  }
  // Here rather than by the first node, which would find thousands of events waiting.
  if (loaded) while ((await sequenceBatch(sql)).moved > 0);
  return loaded;
}

/**
 * Whether the store is empty, and ours to fill until the commit. `busy`: another process is filling it. One asks again
 * instead of waiting for the lock: a statement that the store does not answer for 5 s is given up (server/db/socket.ts).
 */
async function isOurs(tx: Tx): Promise<boolean | 'busy'> {
  // Loading takes longer than other transactions may.
  await tx`
    select set_config('statement_timeout', '120s', true), set_config('idle_in_transaction_session_timeout', '120s', true)
  `;
  const [free] = await tx`select 1 from organisation for update skip locked`;
  if (!free) return 'busy';
  const [row] = await tx<{ empty: boolean }[]>`select not exists (select from user_account) as empty`;
  return row?.empty ?? false;
}

/** Pipelines, customers, deals with their story, and what was done and is planned. */
async function addBusiness(tx: Tx, registry: Registry, calendar: Calendar): Promise<void> {
  const app = { registry };
  const ctx: WriteContext = { actorId: null, requestId: 'demo' };
  const chance = new Chance(SEED);
  const add = (object: string, records: Parameters<typeof insertRecords>[4]) =>
    insertRecords(tx, app, ctx, registry.get(object), records);

  const start = calendar.moment(400, chance);
  await add(
    'pipeline',
    PIPELINES.map(({ id, name, stages }, position) => ({
      id,
      values: { name, stages, position },
      at: start,
    })),
  );
  await add('product', makeProducts(start));
  const customers = makeCustomers(calendar, chance);
  await add(
    'company',
    customers.companies.map(({ record }) => record),
  );
  await add(
    'contact',
    customers.contacts.map(({ record }) => record),
  );

  const deals = makeDeals(customers, calendar, chance);
  nameProducts(deals);
  await add(
    'deal',
    deals.map(({ record }) => record),
  );
  await beside(deals, live);
  await add('activity', makeActivities(customers, deals, calendar, chance));

  for (const [object, records] of Object.entries(supportRecords(start))) await add(object, records);
  const tickets = makeTickets(customers, calendar, chance);
  await add(
    'ticket',
    tickets.map(({ record }) => record),
  );
  await beside(tickets, take);
  await add(
    'message',
    tickets.flatMap(({ messages }) => messages),
  );
  await add(
    'note',
    tickets.flatMap(({ notes }) => notes),
  );
  await beside(tickets, solve);

  async function live({ record, steps }: Deal): Promise<void> {
    for (const { at, actorId, values } of steps) {
      await changeRecord(tx, app, { ...ctx, at, actorId }, registry.get('deal'), record.id, values);
    }
  }

  async function take({ record, taken }: Ticket): Promise<void> {
    if (!taken) return;
    const context = { ...ctx, at: taken.at, actorId: taken.by.id };
    await changeRecord(tx, app, context, registry.get('ticket'), record.id, { assignee: taken.by.id });
  }

  async function solve({ record, resolved }: Ticket): Promise<void> {
    if (!resolved) return;
    const context = { ...ctx, at: resolved.at, actorId: resolved.by.id };
    const values = { status: 'resolved', seen_by_us_at: resolved.at };
    await changeRecord(tx, app, context, registry.get('ticket'), record.id, values);
  }
}

/** One beside the other, so that the statements of one do not wait for the answers of another. */
async function beside<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < all.length; i += BESIDE) await Promise.all(all.slice(i, i + BESIDE).map(work));
}
