import { holdsWithin } from '../../../../shared/access/index.ts';
import type { MaskedRecord } from '../../../../shared/access/index.ts';
import { session } from '../../../stores/session.svelte.ts';
import { text } from '../../../stores/values.ts';

/** Reactive: whose administration is this person's: everyone's, or that of the people in these teams. */
export const managed = (): 'everyone' | ReadonlySet<string> => holdsWithin(session.actor, 'manage_users');

/** Whether this person looks after anybody. */
export const managesSome = (): boolean => {
  const teams = managed();
  return teams === 'everyone' || teams.size > 0;
};

/** Whether they look after that person; the server has the last word (who holds more than they may hand out). */
export function manages(person: MaskedRecord): boolean {
  const teams = managed();
  if (teams === 'everyone') return true;
  return person.id !== session.actor.userId && teams.has(text(person, 'team') ?? '');
}

/** Whether they may give and take roles of that person, or of that team. */
export const givesRoles = (person: MaskedRecord): boolean =>
  person.id !== session.actor.userId && (session.holds('manage_roles') || manages(person));
export const givesRolesTo = (team: string): boolean => {
  const teams = managed();
  return session.holds('manage_roles') || (teams !== 'everyone' && teams.has(team));
};

const handedOut = (): readonly string[] => session.actor.roles.flatMap(({ hands_out = [] }) => hands_out);

/** Whether they may give and take that role at all. */
export const handsOut = (role: string): boolean =>
  session.holds('manage_roles') || handedOut().includes(role);

/** Whether the page of that role is theirs to see. */
export const seesRole = (role: string): boolean =>
  handsOut(role) || session.holds('read_audit') || session.actor.roles.some(({ id }) => id === role);
