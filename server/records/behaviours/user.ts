import type { Image } from '../../../shared/access/index.ts';
import { sameValue } from '../../../shared/fields/index.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import { holdPolicy, logAccess } from '../../access/accessLog.ts';
import { administrators } from '../../access/administrators.ts';
import type { Tx } from '../../db/transaction.ts';
import { changes, type Behaviour, type Draft, type Written } from './behaviour.ts';

/** Fields from which rights follow: those of the person, and of everyone above them in the tree. */
const DECIDING = ['manager', 'team', 'territories', 'active', 'deleted_at'];

/** A person: where they stand decides what they and those above them see, so nodes are told. */
export const user: Behaviour = {
  async prepare({ tx }, drafts) {
    if (drafts.some((draft) => ['email', ...DECIDING].some((name) => changes(draft, name))))
      await holdPolicy(tx);
    for (const draft of drafts) {
      if (!draft.before) Object.assign(draft.values, { active: true, away: false, ...draft.values });
      if (changes(draft, 'email')) await mustBeFree(tx, draft);
      if (changes(draft, 'manager')) await mustStayATree(tx, draft);
      if (changes(draft, 'time_zone')) mustBeATimeZone(draft.values['time_zone']);
      if (draft.before?.['active'] === true && draft.values['active'] === false)
        await mustLeaveOne(tx, draft.id);
    }
  },
  async remove({ tx }, { id }) {
    await holdPolicy(tx);
    await mustLeaveOne(tx, id);
  },
  async follow({ tx, actorId }, written) {
    const moved = written.filter(decides);
    if (moved.length === 0) return;
    for (const { before, after } of moved)
      if (before && (before['team'] ?? null) !== (after['team'] ?? null))
        await mustLeaveOneBehind(tx, before);
    const users = [
      ...moved.map(({ after }) => after.id),
      ...(await everyoneAbove(tx, moved.filter(isBelowOthers))),
    ];
    await logAccess(tx, { users, cause: 'user.update', actorId });
  },
};

/** Only who stands below whom gives those above another reach; where somebody works is their own. */
const isBelowOthers = ({ before, after }: Written): boolean => managerOf(before) !== managerOf(after);

const decides = ({ before, after }: Written): boolean =>
  before === null || DECIDING.some((name) => !sameValue(before[name], after[name]));

async function everyoneAbove(tx: Tx, moved: readonly Written[]): Promise<string[]> {
  const managers = moved
    .flatMap(({ before, after }) => [managerOf(before), managerOf(after)])
    .filter((id) => id !== null);
  const rows = await tx<{ id: string }[]>`
    with recursive up as (
      select id, manager_id from user_account where id = any (${managers}::uuid[])
      union
      select u.id, u.manager_id from user_account u join up on u.id = up.manager_id
    ) select id from up
  `;
  return rows.map(({ id }) => id);
}

function managerOf(person: Image | null): string | null {
  const id = person?.['manager'];
  return typeof id === 'string' ? id : null;
}

async function mustBeFree(tx: Tx, { id, values }: Draft): Promise<void> {
  const email = values['email'] ?? null;
  if (email === null) return;
  const [taken] =
    await tx`select 1 from user_account where lower(email) = lower(${String(email)}) and id <> ${id}`;
  if (taken) throw invalid({ email: 'Somebody else has this address' });
}

async function mustStayATree(tx: Tx, { id, values }: Draft): Promise<void> {
  const manager = values['manager'] ?? null;
  if (manager === null) return;
  const [circle] = await tx`
    with recursive up as (
      select id, manager_id from user_account where id = ${String(manager)}
      union
      select u.id, u.manager_id from user_account u join up on u.id = up.manager_id
    ) select 1 from up where id = ${id}
  `;
  if (circle || manager === id) throw invalid({ manager: 'Nobody can stand above themselves' });
}

async function mustLeaveOne(tx: Tx, id: string): Promise<void> {
  const all = await administrators(tx);
  if (all.includes(id) && all.length === 1) throw invalid({ active: 'The last administrator stays' });
}

/** Who leaves a team leaves the roles that it gave them: the last administrator stays in it. */
async function mustLeaveOneBehind(tx: Tx, { id, team }: Image): Promise<void> {
  if (typeof team !== 'string' || (await administrators(tx)).length > 0) return;
  if (await gaveAdministration(tx, { id, team }))
    throw invalid({ team: 'The last administrator stays in the team that makes them one' });
}

/** Whether somebody would administer all, were they in that team. */
export async function gaveAdministration(
  tx: Tx,
  { id, team }: { id: string; team: string },
): Promise<boolean> {
  const [row] = await tx<{ system: boolean }[]>`
    select bool_or(r.system @> '["manage_users"]') and bool_or(r.system @> '["manage_roles"]') as system
    from role_assignment a join role r on r.id = a.role_id
    where (a.user_id = ${id} or a.team_id = ${team} or a.team_id in (select team_id from team_person where user_id = ${id}))
      and a.within_id is null and a.ends_at is null and a.starts_at <= now()
  `;
  return row?.system === true;
}

function mustBeATimeZone(value: unknown): void {
  if (typeof value !== 'string') return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
  } catch {
    throw invalid({ time_zone: 'No such time zone' });
  }
}
