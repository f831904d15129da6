import type { Sql } from '../../server/db/connect.ts';
import { toJson } from '../../server/db/json.ts';
import { transaction } from '../../server/db/transaction.ts';
import { loadActor } from '../../server/access/loadActor.ts';
import type { App, Caller } from '../../server/lib/app.ts';
import { insertRecord, type WriteContext } from '../../server/records/write.ts';
import type { Values } from '../../server/records/columns.ts';
import type { Image, RolePolicy } from '../../shared/access/index.ts';
import { newId } from '../../shared/lib/ids.ts';
import { must } from '../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../shared/objects/index.ts';

/** A small office for tests that say in so many words who may see what. */
export interface Office {
  app: App;
  ids: Record<Name, string>;
  teams: { north: string; south: string };
  pipeline: string;
  add(object: string, values: Values, more?: Partial<WriteContext>): Promise<Image>;
  /** Gives somebody a role of their own. */
  grant(name: Name, policy: Partial<RolePolicy>): Promise<string>;
  as(name: Name): Promise<Caller>;
}

/** Ada manages Ben and Cem; Ben is in team North, Cem in South; Dora stands beside them; Eve has left. */
const NAMES = ['ada', 'ben', 'cem', 'dora', 'eve'] as const;
type Name = (typeof NAMES)[number];

export async function office(sql: Sql): Promise<Office> {
  const app: App = { sql, registry: new Registry(OBJECTS), nodeId: 'test', poke: () => undefined };
  const ids = Object.fromEntries(NAMES.map((name) => [name, newId()])) as Record<Name, string>;
  const add = (object: string, values: Values, more: Partial<WriteContext> & { id?: string } = {}) =>
    transaction(sql, (tx) =>
      insertRecord(tx, app, { actorId: null, requestId: 'test', ...more }, app.registry.get(object), values, {
        id: more.id,
      }),
    );
  const north = (await add('team', { name: 'North' })).id;
  const south = (await add('team', { name: 'South' })).id;
  const person = (name: Name, values: Values) =>
    add('user', { name, email: `${name}@example.com`, active: true, ...values }, { id: ids[name] });
  await person('ada', {});
  await person('ben', { manager: ids.ada, team: north });
  await person('cem', { manager: ids.ada, team: south });
  await person('dora', {});
  await person('eve', { manager: ids.ada, team: north, active: false });
  const stages = ['first', 'second'].map((key) => ({ key, name: key, probability: 10, kind: 'open' as const, color: 'blue' as const, requires: [] })); // prettier-ignore
  const pipeline = (await add('pipeline', { name: 'Sales', stages, position: 0 })).id;

  return {
    app,
    ids,
    teams: { north, south },
    pipeline,
    add,
    async grant(name, { grants = {}, fields = {}, system = [], ...rest }) {
      const id = newId();
      await sql`
        insert into role (id, name, grants, fields, system)
        values (${id}, ${rest.name ?? `Role of ${name} ${id}`}, ${toJson(sql, grants)}, ${toJson(sql, fields)}, ${toJson(sql, system)})
      `;
      await sql`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${ids[name]}, ${id})`;
      return id;
    },
    async as(name) {
      const actor = must(await loadActor(sql, ids[name]), `${name} to be active`);
      return { actor, sessionId: newId(), address: '127.0.0.1', requestId: 'test' };
    },
  };
}
