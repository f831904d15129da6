import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import { must } from '../../shared/lib/must.ts';
import { loadActor } from '../../server/access/loadActor.ts';
import { loadCustomFields } from '../../server/access/customFields.ts';
import { ensureBuiltInRoles } from '../../server/db/builtIns.ts';
import { DEMO_PASSWORD } from '../../server/db/demo/accounts.ts';
import { addCustomFields, addPeople } from '../../server/db/demo/organisation.ts';
import { personNamed, TEAMS, type DemoPerson } from '../../server/db/demo/people.ts';
import { PIPELINES } from '../../server/db/demo/pipelines.ts';
import { SALES_ASSISTANT_ID } from '../../server/db/demo/roles.ts';
import { transaction } from '../../server/db/transaction.ts';
import { createSession } from '../../server/identity/sessions.ts';
import type { App, Caller, Poke } from '../../server/lib/app.ts';
import { insertRecords } from '../../server/records/write.ts';
import { freshDatabase, type FreshDatabase } from './database.ts';

/** The demo's people by the names that tests call them by: the same ids and addresses in every store. */
export const people = {
  /** Administrator. */
  rafael: personNamed('rafael'),
  /** Sales manager of Enterprise North; Anna, Dawit and Noor report to him. */
  kofi: personNamed('kofi'),
  /** Sales representatives of Enterprise North. */
  anna: personNamed('anna'),
  dawit: personNamed('dawit'),
  /** Sales assistant of Enterprise North: the team's deals without amounts. */
  noor: personNamed('noor'),
  /** Sales manager of Enterprise South, and a representative of hers. */
  priya: personNamed('priya'),
  chiamaka: personNamed('chiamaka'),
  /** Sales representative and sales assistant of Enterprise South. */
  giulia: personNamed('giulia'),
  /** Support manager, support agent. */
  mireille: personNamed('mireille'),
  bjorn: personNamed('bjorn'),
  /** Marketing manager, data analyst, auditor. */
  helena: personNamed('helena'),
  oskar: personNamed('oskar'),
  jamila: personNamed('jamila'),
  /** Left the company: not active. */
  pieter: personNamed('pieter'),
} satisfies Record<string, DemoPerson>;

/** Everyone's. */
export const PASSWORD = DEMO_PASSWORD;

export const teams = { north: TEAMS.north.id, south: TEAMS.south.id, midmarket: TEAMS.midmarket.id, support: TEAMS.support.id };
export const pipelines = { newBusiness: must(PIPELINES[0], 'a pipeline').id, renewals: must(PIPELINES[1], 'a second').id };
export const roles = { salesAssistant: SALES_ASSISTANT_ID };

/** A program without nodes on a store of its own, with the people in it and no business yet. */
export interface Office {
  database: FreshDatabase;
  app: App;
  /** What was poked, in order. */
  pokes: Poke[];
  /** Somebody signed in. */
  as(person: DemoPerson): Promise<Caller>;
}

export async function openOffice(): Promise<Office> {
  const database = await freshDatabase();
  const { sql } = database;
  const registry = await transaction(sql, async (tx) => {
    await ensureBuiltInRoles(tx);
    await addCustomFields(tx);
    const all = new Registry(OBJECTS, await loadCustomFields(tx));
    await addPeople(tx, all, 'nobody signs in by password here');
    const rows = PIPELINES.map(({ id, name, stages }) => ({ id, values: { name, stages } }));
    await insertRecords(tx, { registry: all }, { actorId: null, requestId: 'test' }, all.get('pipeline'), rows);
    return all;
  });
  const pokes: Poke[] = [];
  const app: App = { sql, registry, nodeId: 'test', poke: (kind) => void pokes.push(kind) };
  return { database, app, pokes, as: (person) => enter(app, person.id) };
}

async function enter(app: App, userId: string): Promise<Caller> {
  const base = { address: '127.0.0.1', requestId: 'test' };
  const { session } = await transaction(app.sql, (tx) =>
    createSession(tx, app, { userId, method: 'password', device: 'Test', ...base }),
  );
  return { actor: must(await loadActor(app.sql, userId), 'an active person'), sessionId: session.sessionId, ...base };
}
