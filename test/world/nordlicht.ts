import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import type { Image, MaskedRecord } from '../../shared/access/index.ts';
import { must } from '../../shared/lib/must.ts';
import { ApiError, type ErrorCode } from '../../shared/protocol/index.ts';
import { loadActor } from '../../server/access/loadActor.ts';
import { loadCustomFields } from '../../server/access/customFields.ts';
import type { Outcome } from '../../server/commands/records/answer.ts';
import { ensureBuiltInRoles } from '../../server/db/builtIns.ts';
import type { Sql } from '../../server/db/connect.ts';
import { addCustomFields, addPeople } from '../../server/db/demo/organisation.ts';
import type { DemoPerson } from '../../server/db/demo/people.ts';
import { PIPELINES } from '../../server/db/demo/pipelines.ts';
import { transaction } from '../../server/db/transaction.ts';
import { createSession } from '../../server/identity/sessions.ts';
import type { App, Caller, Poke } from '../../server/lib/app.ts';
import type { Values } from '../../server/records/columns.ts';
import { insertRecord, insertRecords } from '../../server/records/write.ts';
import { freshDatabase, type FreshDatabase } from './database.ts';
import { pipelines } from './people.ts';

/** The demo's organisation on a store of its own, without nodes: all its people and roles, and no business yet. */
export interface Nordlicht {
  database: FreshDatabase;
  sql: Sql;
  app: App;
  /** What was poked, in order. */
  pokes: Poke[];
  /** Somebody, signed in. */
  as(person: DemoPerson): Promise<Caller>;
  /** A record that is just there, by the write path but asking nobody; deals and companies belong to `owner`. */
  add(object: string, owner: DemoPerson | null, values?: Values): Promise<Image>;
}

export async function openNordlicht(): Promise<Nordlicht> {
  const database = await freshDatabase();
  const { sql } = database;
  const registry = await transaction(sql, async (tx) => {
    await ensureBuiltInRoles(tx);
    await addCustomFields(tx);
    const all = new Registry(OBJECTS, await loadCustomFields(tx));
    await addPeople(tx, all, 'nobody signs in by password here');
    const rows = PIPELINES.map(({ id, name, stages }, position) => ({
      id,
      values: { name, stages, position },
    }));
    await insertRecords(tx, { registry: all }, NOBODY, all.get('pipeline'), rows);
    return all;
  });
  const pokes: Poke[] = [];
  const app: App = { sql, registry, nodeId: 'test', poke: (kind) => void pokes.push(kind) };
  const add = (name: string, owner: DemoPerson | null, values: Values = {}) => {
    const object = registry.get(name);
    const given = {
      ...(owner && object.fields['owner']?.assigns ? { owner: owner.id } : {}),
      ...NEEDED[name],
      ...values,
    };
    return transaction(sql, (tx) => insertRecord(tx, app, NOBODY, object, given));
  };
  return { database, sql, app, pokes, as: (person) => enter(app, person.id), add };
}

/** The record that a command answered; fails where it answered that it is gone. */
export function recordOf(outcome: Outcome): MaskedRecord {
  if (!('record' in outcome)) throw new Error('The record is gone');
  return outcome.record;
}

/** Code, and where there are any the fields blamed, of the refusal; fails if there is none. */
export async function refusal(
  promise: Promise<unknown>,
): Promise<ErrorCode | [ErrorCode, Record<string, string>]> {
  const error = await promise.then(
    (value) => new Error(`Not refused: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw error;
  return error.details.fields ? [error.code, error.details.fields] : error.code;
}

/** Everything that business consists of, as one text: rows, events, history. Sessions come and go. */
export async function stateOf(sql: Sql): Promise<string> {
  const texts: string[] = [];
  for (const table of [
    'company',
    'contact',
    'product',
    'deal',
    'activity',
    'user_account',
    'team',
    'pipeline',
    'role',
    'role_assignment',
    'criteria',
    'sharing_rule',
    'restriction',
    'share',
    'access_request',
    'policy_setting',
    'policy_proposal',
    'outbox',
    'event_log',
    'history',
    'access_log',
    'idempotency',
  ]) {
    const rows = await sql`select t::text as row from ${sql(table)} t order by 1`;
    texts.push(
      ...rows.filter(({ row }) => !String(row).includes(',session,')).map(({ row }) => `${table} ${row}`),
    );
  }
  return texts.join('\n');
}

const NOBODY = { actorId: null, requestId: 'test' };

const NEEDED: Record<string, Values> = {
  company: { name: 'Halden Works' },
  contact: { name: 'Tilo Brandt' },
  product: { name: 'Nordlicht Team' },
  deal: { title: 'Group licence', pipeline: pipelines.newBusiness },
  activity: { kind: 'call', subject: 'Call Tilo' },
};

async function enter(app: App, userId: string): Promise<Caller> {
  const base = { address: '127.0.0.1', requestId: 'test' };
  const { session } = await transaction(app.sql, (tx) =>
    createSession(tx, app, { userId, method: 'password', device: 'Test', ...base }),
  );
  return {
    actor: must(await loadActor(app.sql, userId), 'an active person'),
    sessionId: session.sessionId,
    ...base,
  };
}
