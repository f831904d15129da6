import { REQUEST_LIMITS, type Grant } from '../../../shared/protocol/index.ts';
import { audit } from '../../identity/audit.ts';
import type { App, Caller } from '../../lib/app.ts';
import { insertRecord } from '../../records/write.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { idFrom } from '../records/request.ts';
import { giveAsked } from './give.ts';
import { openRequest, type OpenRequest } from './request.ts';

/** How a request stands after it was answered. */
export interface Answered {
  id: string;
  status: 'granted' | 'declined';
}

type Asked<T> = T & { id: string; idempotencyKey?: string | undefined };

/**
 * Gives what is asked for, until a time; the asker is told. For whoever could give it, and never one's own.
 * @throws ApiError `not_found`, `not_allowed`, `already_done`, `invalid`, and as sharing a record or giving a role;
 * `idempotency_conflict`, `session_ended`
 */
export const grantRequest = (
  app: App,
  caller: Caller,
  { grant, ...asked }: Asked<{ grant: Grant }>,
): Promise<Answered> =>
  answering(app, caller, { ...asked, content: ['grant', grant], status: 'granted' }, async (act, request) => {
    const ends_at = await giveAsked(act, request, grant);
    await close(act, request, { status: 'granted', words: null, ends_at });
  });

/** Does not give it, with words for the asker if one likes. @throws ApiError as above */
export const declineRequest = (
  app: App,
  caller: Caller,
  { words = null, ...asked }: Asked<{ words?: string | null | undefined }>,
): Promise<Answered> =>
  answering(app, caller, { ...asked, content: ['decline', words], status: 'declined' }, (act, request) =>
    close(act, request, { status: 'declined', words: words === '' ? null : words, ends_at: null }),
  );

async function answering(
  app: App,
  caller: Caller,
  {
    id: given,
    idempotencyKey: key,
    content,
    status,
  }: Asked<{ content: unknown[]; status: Answered['status'] }>,
  work: (act: Act, request: OpenRequest) => Promise<void>,
): Promise<Answered> {
  const id = idFrom(given);
  const answer = { id, status };
  return perform(app, caller, (act) =>
    once(
      act,
      { key, content: [id, ...content], object: 'access_request', id, status: 200 },
      async () => {
        await work(act, await openRequest(act, id));
        return answer;
      },
      () => Promise.resolve(answer),
    ),
  );
}

interface Closing {
  status: Answered['status'];
  words: string | null;
  ends_at: string | null;
}

async function close(act: Act, request: OpenRequest, { status, words, ends_at }: Closing): Promise<void> {
  const { tx, app, ctx, caller } = act;
  const { id, asker, object, image, action, field } = request;
  await tx`
    update access_request set status = ${status}, words = ${words}, ends_at = ${ends_at},
      answered_at = now(), answered_by = ${caller.actor.userId}
    where id = ${id}
  `;
  await audit(tx, {
    ...act.by,
    action: `access.${status === 'granted' ? 'grant' : 'decline'}`,
    object: object.name,
    targetId: image.id,
    after: { id, asker, action, field, words, ends_at },
  });
  const values = { user: asker, kind: `access_${status}`, author: status === 'granted' ? ctx.actorId : null };
  await insertRecord(tx, app, ctx, app.registry.get('notification'), values);
}

/** Declines what nobody has answered for long, whatever it was about, and forgets what is long over. */
export async function forgetRequests({ sql }: Pick<App, 'sql'>): Promise<boolean> {
  const { openDays, keptDays } = REQUEST_LIMITS;
  await sql`
    update access_request set status = 'declined', answered_at = now()
    where status = 'open' and created_at < now() - ${openDays} * interval '1 day'
  `;
  await sql`
    delete from access_request where status <> 'open' and answered_at < now() - ${keptDays} * interval '1 day'
  `;
  return false;
}
