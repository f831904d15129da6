import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { alreadyDone, type ErrandAnswer } from '../../../shared/protocol/index.ts';
import { audit } from '../../identity/audit.ts';
import { latestErrand, type ErrandKind } from '../../records/latestErrand.ts';
import type { Act } from '../perform.ts';

/**
 * Begins one, about something or as a whole; whichever node takes it up goes on with it (work.ts).
 * @throws ApiError `already_done`: the same is under way
 */
export async function startErrand(act: Act, kind: ErrandKind, about: string | null): Promise<ErrandAnswer> {
  const { tx } = act;
  const id = newId();
  const [made] = await tx`
    insert into errand (id, kind, about_id, asked_by) values (${id}, ${kind}, ${about}, ${act.caller.actor.userId})
    on conflict (kind, coalesce(about_id, '00000000-0000-0000-0000-000000000000')) where status = 'running' do nothing
    returning 1
  `;
  if (!made) throw alreadyDone('This is under way already: wait until it is done');
  const target = about === null ? {} : { object: 'user', targetId: about };
  await audit(tx, { ...act.by, ...target, action: `errand.${kind}`, after: { errand: id } });
  return must(await latestErrand(tx, kind, about), 'the errand begun');
}
