import { decide, holds, type Actor, type Because } from '../../shared/access/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import type { Action } from '../../shared/objects/index.ts';
import { malformed, notAllowed, notFound } from '../../shared/protocol/index.ts';
import { loadActor } from '../access/loadActor.ts';
import { transaction } from '../db/transaction.ts';
import type { App, Caller } from '../lib/app.ts';
import { fetchImage } from '../records/imageSql.ts';
import { findMasked } from '../records/readView.ts';

export interface ExplainQuestion {
  user: string;
  action: Exclude<Action, 'create'>;
  object: string;
  id: string;
  field?: string;
}

/**
 * Whether a person may do that with a record (and with one field of it), and by which roles, grants and ways. Everyone
 * may ask about themselves; about others, and about records that the asker does not see, only with manage_roles or
 * read_audit.
 * @throws ApiError `not_allowed`, `not_found` (no such person, record or object, or not the asker's to see), `malformed`
 */
export async function explain(
  app: App,
  caller: Caller,
  { user, action, object: name, id, field }: ExplainQuestion,
): Promise<{ allowed: boolean; because: Because[] }> {
  const oversees = mayOversee(caller.actor);
  if (user !== caller.actor.userId && !oversees) throw notAllowed('manage_roles');
  const object = app.registry.find(name);
  if (!object || !isId(id) || !isId(user)) throw notFound();
  if (field !== undefined && !Object.hasOwn(object.fields, field)) {
    throw malformed(`${object.label} has no such field`, { field: 'No such field' });
  }
  return transaction(
    app.sql,
    async (tx) => {
      const image = await fetchImage(tx, object, id, { lock: false });
      const seen = await findMasked(tx, caller.actor, app.registry, object, id);
      if (!image || (!seen && !oversees)) throw notFound();
      const [known] = await tx`select 1 from user_account where id = ${user}::uuid`;
      if (!known) throw notFound();
      // Who is inactive or in the bin may do nothing, whatever their roles say.
      const actor = await loadActor(tx, user);
      if (!actor) return { allowed: false, because: [] };
      const { allowed, because } = decide(actor, app.registry, action, object, image, field);
      return { allowed, because };
    },
    { isolation: 'snapshot' },
  );
}

/** Whether someone may ask about other people's rights. */
export const mayOversee = (actor: Actor): boolean =>
  holds(actor, 'manage_roles') || holds(actor, 'read_audit');
