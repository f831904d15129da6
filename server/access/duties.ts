import { conflictingDuties, type DutyConflict } from '../../shared/protocol/index.ts';
import type { Tx } from '../db/transaction.ts';

/** As many people are named of those who would hold both. */
const NAMED = 5;

/**
 * Nobody holds two roles that conflict, whichever of them names the other, not for a moment: neither now nor from when on
 * both were to hold. It is asked of what is there, whoever put it there; so under the policy's lock, after the change, and
 * only of the people whose rights have changed. Whoever is in the bin is asked about when they come out.
 * @throws ApiError `conflicting_duties`
 */
export async function mustKeepDutiesApart(tx: Tx, users: readonly string[]): Promise<void> {
  // Whoever is signed in may read what everybody is called, so the refusal may name them.
  const found = await tx<DutyConflict[]>`
    with apart as (
      select distinct least(role.id, named.id::uuid) as one, greatest(role.id, named.id::uuid) as other
      from role cross join lateral jsonb_array_elements_text(role.conflicts) named (id)
    ), both_held as (
      select distinct apart.one, apart.other, u.id, u.name
      from apart
      join held_role a on a.role_id = apart.one
      join held_role b on b.role_id = apart.other and b.user_id = a.user_id
      join user_account u on u.id = a.user_id and u.deleted_at is null
      where a.user_id = any (${[...users]}::uuid[])
        and a.starts_at < coalesce(b.ends_at, 'infinity') and b.starts_at < coalesce(a.ends_at, 'infinity')
        and least(a.ends_at, b.ends_at, 'infinity') > now()
    )
    select
      jsonb_build_array(
        jsonb_build_object('id', one.id, 'name', one.name), jsonb_build_object('id', other.id, 'name', other.name)
      ) as roles,
      count(*)::int as people,
      to_jsonb((array_agg(jsonb_build_object('id', h.id, 'name', h.name) order by h.name, h.id))[1:${NAMED}]) as who
    from both_held h join role one on one.id = h.one join role other on other.id = h.other
    group by one.id, other.id order by one.name, other.name limit ${NAMED}
  `;
  if (found.length > 0) throw conflictingDuties([...found]);
}
