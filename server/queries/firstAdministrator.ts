import type { Sql } from 'postgres';

/** The person of that address, or the first who runs the place; null if there is nobody. For whoever runs the program. */
export async function personFor(
  sql: Sql,
  email: string | undefined,
): Promise<{ id: string; name: string } | null> {
  const [person] =
    email !== undefined
      ? await sql<{ id: string; name: string }[]>`
          select id, name from user_account where lower(email) = lower(${email}) and active and deleted_at is null
        `
      : await sql<{ id: string; name: string }[]>`
          select u.id, u.name from user_account u
          join held_role a on a.within_id is null and a.user_id = u.id and a.starts_at <= now() and (a.ends_at is null or a.ends_at > now())
          join role r on r.id = a.role_id and r.built_in = 'administrator'
          where u.active and u.deleted_at is null order by u.created_at, u.id limit 1
        `;
  return person ?? null;
}
