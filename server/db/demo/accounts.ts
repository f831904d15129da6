import type { Demo } from '../../../shared/protocol/index.ts';
import type { Sql } from '../connect.ts';
import { personNamed } from './people.ts';

/** Everyone's password. A store with the demo in it refuses to serve in earnest (server/db/prepareStore.ts). */
export const DEMO_PASSWORD = 'rolecall-demo';

/** One person for each role, in the order in which a newcomer would try them. */
const OFFERED = [
  'kofi',
  'anna',
  'noor',
  'rafael',
  'ruta',
  'chiamaka',
  'mireille',
  'bjorn',
  'helena',
  'oskar',
  'jamila',
];

/** Who may be signed in as, with the roles they hold now: people may have changed since the demo was loaded. */
export async function demoAccounts(sql: Sql): Promise<Demo['accounts']> {
  const emails = OFFERED.map((key) => personNamed(key).email);
  const rows = await sql<{ name: string; email: string; role: string }[]>`
    select u.name, u.email, string_agg(distinct r.name, ', ' order by r.name) as role
    from user_account u
    join held_role a on a.user_id = u.id
    join role r on r.id = a.role_id
    where u.email = any (${emails}) and u.active and u.deleted_at is null
      and a.starts_at <= now() and (a.ends_at is null or a.ends_at > now())
    group by u.id
    order by array_position(${emails}::text[], u.email)
  `;
  return rows.map(({ name, email, role }) => ({ name, email, role, password: DEMO_PASSWORD }));
}
