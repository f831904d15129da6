import { holds, mask } from '../../../../shared/access/index.ts';
import { invalid, type Target } from '../../../../shared/protocol/index.ts';
import { fetchImages } from '../../../records/fetchImages.ts';
import type { Act } from '../../perform.ts';

/**
 * Whom a rule or share is for must be there: an active person, a team or territory that is not in the bin, a role. The
 * words are the same for what is absent and what the caller may not see. @throws ApiError `invalid` (`to`)
 */
export async function mustBeTarget(act: Act, { kind, id }: Target): Promise<void> {
  const actor = await act.actor();
  if (kind === 'role') return mustBeRole(act, id);
  const object = act.app.registry.get(kind);
  const [image] = await fetchImages(act.tx, object, [id]);
  const isSeen = image !== undefined && mask(actor, act.app.registry, object, image) !== null;
  if (!isSeen) throw invalid({ to: `No such ${NAMED[kind]}` });
  if (kind === 'user' && image['active'] !== true) throw invalid({ to: 'This person is not active' });
}

/** @throws ApiError `invalid` (`except`) */
export async function mustBeRoles({ tx }: Act, ids: readonly string[]): Promise<void> {
  const known = await tx`select 1 from role where id = any (${[...ids]}::uuid[])`;
  if (known.length < ids.length) throw invalid({ except: 'No such role' });
}

/** Roles are seen by those who manage or audit them, and by their holders. */
async function mustBeRole(act: Act, id: string): Promise<void> {
  const actor = await act.actor();
  const seesAll = holds(actor, 'manage_roles') || holds(actor, 'read_audit');
  const [known] = await act.tx`select 1 from role where id = ${id}`;
  if (!known || !(seesAll || actor.roles.some((role) => role.id === id)))
    throw invalid({ to: 'No such role' });
}

const NAMED = { user: 'person', team: 'team', territory: 'territory' } as const;
