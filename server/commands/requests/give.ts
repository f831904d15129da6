import { mask } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import {
  invalid,
  notAllowed,
  REQUEST_LIMITS,
  type Grant,
  type GrantPreview,
  type ShareLevel,
  type Sight,
} from '../../../shared/protocol/index.ts';
import { REACHED_ACTIONS } from '../../../shared/objects/index.ts';
import { loadActor } from '../../access/loadActor.ts';
import { readShares } from '../../access/rules.ts';
import type { App, Caller } from '../../lib/app.ts';
import { fetchImage } from '../../records/imageSql.ts';
import { assignmentOf, giveRole } from '../governance/assignRole.ts';
import { takenBack } from '../governance/preview/trial.ts';
import { give } from '../governance/shares/giveShare.ts';
import { perform, type Act } from '../perform.ts';
import { openRequest, type OpenRequest } from './request.ts';

/**
 * Gives what is asked for, for a while, by the very command that shares a record or gives a role. Answers until when.
 * @throws ApiError as that command, and `invalid`, `not_allowed`
 */
export async function giveAsked(act: Act, request: OpenRequest, grant: Grant): Promise<string> {
  const ends_at = await endOf(act, grant);
  if (grant.role !== undefined) {
    if (grant.level !== undefined) throw invalid({ role: 'Either a role, or a share' });
    // It would end what they hold without an end.
    if (await assignmentOf(act, { user: request.asker }, grant.role))
      throw invalid({ role: 'They hold it already' });
    await giveRole(act, { user: request.asker, role: grant.role, ends_at });
    return ends_at;
  }
  const { object, image, asker, by } = request;
  const level = grant.level ?? by.share;
  if (level === null) throw notAllowed(`${object.name}.${request.action}`);
  const share = await besideOthers(act, request, { level, ends_at });
  await give(act, object, newId(), {
    object: object.name,
    id: image.id,
    to: { kind: 'user', id: asker },
    ...share,
  });
  return ends_at;
}

/**
 * What giving it would open: the record as whoever asks sees it, now and then. It is given and taken back at once.
 * @throws ApiError as giving it
 */
export const previewGrant = (app: App, caller: Caller, id: string, grant: Grant): Promise<GrantPreview> =>
  perform(app, caller, async (act) => {
    act.isTrial = true;
    const request = await openRequest(act, id);
    const now = await sightOf(act, request);
    const { then, ends_at } = await takenBack(act, async (part) => {
      const until = await giveAsked(part, request, grant);
      return { then: await sightOf(part, request), ends_at: until };
    });
    return { now, then, enough: isEnough(then, request), ends_at };
  });

async function sightOf({ tx, app }: Act, { asker, object, image }: OpenRequest): Promise<Sight> {
  const actor = await loadActor(tx, asker);
  const record = await fetchImage(tx, object, image.id, { lock: false });
  const seen = actor && record && mask(actor, app.registry, object, record);
  if (!seen) return null;
  return {
    fields: Object.keys(object.fields).filter((name) => Object.hasOwn(seen, name)),
    edit: [...seen.may.edit],
    actions: REACHED_ACTIONS.filter((action) => seen.may.actions.includes(action)),
  };
}

function isEnough(sight: Sight, { action, field }: OpenRequest): boolean {
  if (sight === null) return false;
  if (field === null) return sight.actions.includes(action);
  return (action === 'update' ? sight.edit : sight.fields).includes(field);
}

/** On database time, as it ends. @throws ApiError `invalid` */
async function endOf({ tx }: Act, grant: Grant): Promise<string> {
  const { days, daysMax } = REQUEST_LIMITS;
  const ends_at = grant.ends_at ?? null;
  const [row] = await tx<{ at: string; late: boolean }[]>`
    select at, at > now() + ${daysMax} * interval '1 day' as late
    from (select coalesce(${ends_at}::timestamptz, now() + ${days} * interval '1 day')::timestamptz(3) as at) e
  `;
  const { at, late } = must(row, 'an end');
  if (late) throw invalid({ ends_at: `At most ${daysMax} days from now` });
  return at;
}

/** A share takes the place of one that they have: it takes nothing of that away. */
async function besideOthers(
  { tx }: Act,
  { object, image, asker }: OpenRequest,
  { level, ends_at }: { level: ShareLevel; ends_at: string },
): Promise<{ level: ShareLevel; ends_at: string | null }> {
  const shares = await readShares(tx, { object: object.name, record: image.id });
  const had = shares.find(({ to }) => to.id === asker);
  if (!had) return { level, ends_at };
  const later = had.ends_at === null || had.ends_at > ends_at ? had.ends_at : ends_at;
  return { level: had.level === 'edit' ? 'edit' : level, ends_at: later };
}
