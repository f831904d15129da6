import { invalid } from '../../../shared/protocol/index.ts';
import type { Act } from '../perform.ts';
import { giveRole } from '../governance/assignRole.ts';

/** Gives somebody roles by their names. @throws ApiError `not_allowed`, `invalid` */
export async function giveRoles(act: Act, user: string, names: readonly string[]): Promise<void> {
  await act.mustHold('manage_roles');
  const wanted = names.map((name) => name.trim()).filter((name) => name !== '');
  const rows = await act.tx<{ id: string; name: string }[]>`
    select id, lower(name) as name from role
    where lower(name) = any (array(select lower(t) from unnest(${wanted}::text[]) t))
  `;
  const known = new Map(rows.map(({ id, name }) => [name, id]));
  for (const name of wanted) {
    const role = known.get(name.toLowerCase());
    if (role === undefined) throw invalid({ roles: `No such role: ${name.slice(0, 80)}` });
    await giveRole(act, { user, role });
  }
}
