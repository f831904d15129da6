import { isId, newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import type { ObjectDef, ReachedAction, Registry } from '../../../shared/objects/index.ts';
import {
  alreadyDone,
  invalid,
  REQUEST_LIMITS,
  tooManyRequests,
  type AccessRequestInput,
} from '../../../shared/protocol/index.ts';
import { ruledObject } from '../../access/criteria.ts';
import { audit } from '../../identity/audit.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';

const ANSWER = { status: 'open' } as const;
const RETRY_s = 600;

/**
 * The caller asks for something that they do not see, or may not do. Nothing of it is looked at: the answer and all that
 * is done are the same for what is there, what is not theirs and what never was. Asked again while it is open, it is the
 * same request.
 * @throws ApiError `invalid` (no such kind of record, action or field: names are no secret), `already_done` (too many of
 * theirs are open), `too_many_requests`, `idempotency_conflict`, `session_ended`
 */
export async function askForAccess(
  app: App,
  caller: Caller,
  { request, idempotencyKey: key }: { request: AccessRequestInput; idempotencyKey?: string | undefined },
): Promise<typeof ANSWER> {
  const wanted = wantedIn(app.registry, request);
  const asked = { key, content: ['ask', wanted], object: 'access_request', id: newId(), status: 202 };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => note(act, asked.id, wanted),
      () => Promise.resolve(ANSWER),
    ),
  );
}

interface Wanted {
  object: string;
  record: string;
  action: ReachedAction;
  field: string | null;
  reason: string;
}

async function note(act: Act, id: string, wanted: Wanted): Promise<typeof ANSWER> {
  const { tx, caller } = act;
  const { object, record, action, field, reason } = wanted;
  const { userId } = caller.actor;
  // One after the other for each person, so that the limits are what they say.
  await tx`select pg_advisory_xact_lock(${LOCK}, hashtext(${userId}))`;
  const [fresh] = await tx`
    insert into access_request (id, asker_id, object, record_id, action, field, reason)
    values (${id}, ${userId}, ${object}, ${record}, ${action}, ${field}, ${reason})
    on conflict do nothing returning 1
  `;
  if (!fresh) return ANSWER;
  const [row] = await tx<{ open: number; hourly: number }[]>`
    select count(*) filter (where status = 'open')::int as open,
      count(*) filter (where created_at > now() - interval '1 hour')::int as hourly
    from access_request where asker_id = ${userId}
  `;
  const { open, hourly } = must(row, 'a count');
  if (hourly > REQUEST_LIMITS.hourly) throw tooManyRequests(RETRY_s);
  if (open > REQUEST_LIMITS.open)
    throw alreadyDone(`${REQUEST_LIMITS.open} of your requests are open: wait until some are answered`);
  await audit(tx, {
    ...act.by,
    action: 'access.ask',
    object,
    targetId: record,
    after: { id, action, field, reason },
  });
  return ANSWER;
}
const LOCK = 7_103;

/** What is asked for, as far as it can be said without looking at any record. @throws ApiError `invalid` */
function wantedIn(registry: Registry, request: AccessRequestInput): Wanted {
  const { object, record } = recordIn(registry, request);
  const { action = 'read', field = null, reason } = request;
  if (!COMMON.includes(action) && !object.actions.some((own) => own === action))
    throw invalid({ action: 'No such action' });
  if (field !== null) {
    if (!Object.hasOwn(object.fields, field)) throw invalid({ field: 'No such field' });
    if (action !== 'read' && action !== 'update') throw invalid({ action: 'A field is read or changed' });
  }
  return { object: object.name, record, action, field, reason };
}
const COMMON: readonly ReachedAction[] = ['read', 'update', 'delete', 'assign', 'export'];

function recordIn(
  registry: Registry,
  { object, id, link }: AccessRequestInput,
): { object: ObjectDef; record: string } {
  if (link !== undefined) {
    if (object !== undefined || id !== undefined)
      throw invalid({ link: 'Either a link, or an object and an id' });
    const [, plural, linked = ''] = PATH.exec(pathOf(link)) ?? [];
    const found = registry.findByPlural(plural ?? '');
    if (!found || !isId(linked.toLowerCase())) throw invalid({ link: 'This leads to no record' });
    return { object: ruledObject(registry, found.name), record: linked.toLowerCase() };
  }
  if (object === undefined || id === undefined) throw invalid({ id: 'Say which record, or paste its link' });
  return { object: ruledObject(registry, object), record: id };
}

/** `/deals/ID`, with whatever stands around it. */
const PATH = /^(?:\/api)?\/([a-z_-]{1,60})\/([0-9a-fA-F-]{36})$/;

function pathOf(link: string): string {
  try {
    return new URL(link.trim(), 'https://here.example').pathname;
  } catch {
    return '';
  }
}
