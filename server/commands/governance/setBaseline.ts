import { rightsOf, type Actor } from '../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import {
  notForOneself,
  notFound,
  type BaselineAnswer,
  type BaselineValue,
} from '../../../shared/protocol/index.ts';
import { isAlways } from '../../access/reaches.ts';
import { canBeOpened } from '../../access/baselines.ts';
import type { App, Caller } from '../../lib/app.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { changePolicy } from './policy.ts';

/**
 * Says what everyone signed in may do with all records of an object: nothing, read, or edit. Nobody opens to everyone
 * what they cannot do everywhere themselves.
 * @throws ApiError `not_allowed`, `not_found` (no such object, or one that is not opened this way), `idempotency_conflict`,
 * `session_ended`
 */
export async function setBaseline(
  app: App,
  caller: Caller,
  { object: name, baseline, idempotencyKey: key }: BaselineAnswer & { idempotencyKey?: string },
): Promise<BaselineAnswer> {
  const object = openedObject(app.registry, name);
  const asked = {
    key,
    content: ['baseline', name, baseline],
    object: 'object_baseline',
    id: newId(),
    status: 200,
  };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => putBaseline(act, object, baseline),
      async () => {
        await act.mustHold('manage_roles');
        return { object: name, baseline: await baselineOf(act, name) };
      },
    ),
  );
}

/** @throws ApiError `not_found` where there is no such object, or it is not opened this way */
export function openedObject(registry: Registry, name: string): ObjectDef {
  const object = registry.find(name);
  if (!object || !canBeOpened(object)) throw notFound();
  return object;
}

/** The same within work that is under way. @throws ApiError `not_allowed` */
export function putBaseline(act: Act, object: ObjectDef, baseline: BaselineValue): Promise<BaselineAnswer> {
  const { tx, app } = act;
  return changePolicy(act, async () => {
    const before = await baselineOf(act, object.name);
    mustReachAll(await act.actor(), app.registry, object, baseline);
    await (baseline === 'private'
      ? tx`delete from object_baseline where object = ${object.name}`
      : tx`
          insert into object_baseline (object, baseline) values (${object.name}, ${baseline})
          on conflict (object) do update set baseline = excluded.baseline, updated_at = now()
        `);
    return {
      result: { object: object.name, baseline },
      users: before === baseline ? [] : null,
      field: 'baseline',
      action: 'role.baseline',
      object: 'baseline',
      before: { object: object.name, baseline: before },
      after: { object: object.name, baseline },
    };
  });
}

/** As it is in this transaction. */
export async function baselineOf({ tx }: Act, object: string): Promise<BaselineValue> {
  const [row] = await tx<{ baseline: BaselineValue }[]>`
    select baseline from object_baseline where object = ${object}
  `;
  return row?.baseline ?? 'private';
}

function mustReachAll(actor: Actor, registry: Registry, object: ObjectDef, baseline: BaselineValue): void {
  if (baseline === 'private') return;
  const { actions } = rightsOf(actor, registry, object, null);
  if (!actions[baseline === 'edit' ? 'update' : 'read'].every(isAlways))
    throw notForOneself('It would open records to you: someone else has to do this');
}
