import type { Role, RolePolicy } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { loadActor } from '../../../server/access/loadActor.ts';
import { toJson } from '../../../server/db/json.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { hashPassword } from '../../../server/identity/passwords.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import type { Token } from '../../../server/identity/tokens.ts';
import type { App, Caller, Poke } from '../../../server/lib/app.ts';
import { insertRecord } from '../../../server/records/write.ts';
import { freshDatabase, type FreshDatabase } from '../../world/database.ts';

export const PASSWORD = 'correct horse battery';

/** A program without nodes, on a store of its own, with a few hands to furnish it. */
export interface House {
  database: FreshDatabase;
  app: App;
  /** What was poked, in order. */
  pokes: Poke[];
  addRole(policy: Partial<RolePolicy> & { name: string }): Promise<Role>;
  /** A person with a password and roles; answers the id. */
  addPerson(name: string, roles?: Role[]): Promise<string>;
  /** Somebody signed in. */
  enter(userId: string): Promise<Guest>;
}

export interface Guest {
  token: Token;
  caller: Caller;
}

export const emailOf = (name: string): string => `${name.toLowerCase()}@house.example`;

export async function openHouse(): Promise<House> {
  const database = await freshDatabase();
  const pokes: Poke[] = [];
  const registry = new Registry(OBJECTS);
  const app: App = { sql: database.sql, registry, nodeId: 'test', poke: (kind) => void pokes.push(kind) };
  const passwordHash = await hashPassword(PASSWORD);
  const ctx = { actorId: null, requestId: 'test' };

  return {
    database,
    app,
    pokes,
    async addRole({ name, purpose = '', grants = {}, fields = {}, system = [] }) {
      const role = { id: newId(), name, purpose, grants, fields, system };
      await transaction(
        app.sql,
        (tx) => tx`
        insert into role (id, name, purpose, grants, fields, system)
        values (${role.id}, ${name}, ${purpose}, ${toJson(tx, grants)}, ${toJson(tx, fields)}, ${toJson(tx, system)})
      `,
      );
      return role;
    },
    addPerson(name, roles = []) {
      return transaction(app.sql, async (tx) => {
        const values = { name, email: emailOf(name), active: true };
        const { id } = await insertRecord(tx, app, ctx, registry.get('user'), values);
        await tx`insert into credential (user_id, password_hash) values (${id}, ${passwordHash})`;
        for (const role of roles) {
          await tx`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${id}, ${role.id})`;
        }
        return id;
      });
    },
    async enter(userId) {
      const opened = await transaction(app.sql, (tx) =>
        createSession(tx, app, {
          userId,
          method: 'password',
          device: 'Test',
          address: '192.0.2.1',
          requestId: 'test',
        }),
      );
      const actor = must(await loadActor(app.sql, userId), 'somebody active');
      const caller = { actor, sessionId: opened.session.sessionId, address: '192.0.2.1', requestId: 'test' };
      return { token: opened.token, caller };
    },
  };
}
