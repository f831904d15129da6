import { decide, mask, parentOf, type Actor, type Image } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import { notAllowed, outOfReach } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import type { Values } from '../../records/columns.ts';
import { fetchImage } from '../../records/imageSql.ts';
import { insertRecord } from '../../records/write.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { answer, answerAgain, type Outcome } from './answer.ts';
import { followUp, mustBeOthers } from './people.ts';
import { mustBeReadableByHolders, mustKnow } from './relations.ts';
import { objectNamed, parseValues } from './request.ts';
import { mustCreate, rightToCreate } from './rights.ts';

export interface CreateRequest {
  object: string;
  /** Fields by name, as they came in. */
  values: Readonly<Record<string, unknown>>;
  idempotencyKey?: string;
}

/**
 * Adds a record, the caller's own unless an owner is named, which asks for `assign`.
 * @throws ApiError `not_found` (no such object), `unknown_field`, `invalid`, `not_allowed`, `field_not_editable`,
 * `out_of_reach`, `idempotency_conflict`, `session_ended`
 */
export async function createRecord(app: App, caller: Caller, request: CreateRequest): Promise<Outcome> {
  const object = objectNamed(app, request.object);
  const values = parseValues(object, request.values);
  const id = newId();
  const asked = {
    key: request.idempotencyKey,
    content: ['create', values],
    object: object.name,
    id,
    status: 201,
  };

  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      async () => {
        const actor = await act.actor();
        mustCreate(actor, app.registry, object, values);
        await mustBeOthers(act, object, id, values);
        await mustKnow(act, object, null, values);
        const after = await insertRecord(act.tx, app, act.ctx, object, owned(object, actor, values), { id });
        if (isHandedOver(object, actor, values)) mustAssign(actor, app.registry, object, after);
        await mustBeReadableByHolders(act, object, null, after);
        await mustBeGranted(act, object, after);
        if (!mask(actor, app.registry, object, after)) throw outOfReach();
        await followUp(act, object, null, after);
        return answer(act, object, after, 201);
      },
      (known, status) => answerAgain(act, object, known, status),
    ),
  );
}

/** Whoever adds a record owns it, unless they name someone, or nobody. Its team comes with the owner. */
function owned(object: ObjectDef, { userId }: Actor, values: Values): Values {
  const owner = givenFact(object, 'owner');
  return owner === null || owner in values ? values : { ...values, [owner]: userId };
}

/** Another owner, a team that is not one of the caller's, others who work on it. */
function isHandedOver(object: ObjectDef, { userId, sets }: Actor, values: Values): boolean {
  const given = (fact: 'owner' | 'team' | 'participants') => values[givenFact(object, fact) ?? ''];
  const [owner, team, participants] = [given('owner'), given('team'), given('participants')];
  return (
    (owner !== undefined && owner !== userId) ||
    (team !== undefined && !(typeof team === 'string' && sets.teams.has(team))) ||
    (Array.isArray(participants) && participants.length > 0)
  );
}

/** Judged on the record as it would be if they kept it. */
function mustAssign(actor: Actor, registry: Registry, object: ObjectDef, after: Image): void {
  const kept: Image = { ...after };
  const owner = givenFact(object, 'owner');
  const team = givenFact(object, 'team');
  if (owner !== null) kept[owner] = actor.userId;
  if (team !== null) kept[team] = [...actor.sets.teams][0] ?? null;
  if (!decide(actor, registry, 'assign', object, kept).allowed) throw notAllowed(`${object.name}.assign`);
}

/** The field of a fact that people give; null where it is the program's (a part's) or there is none. */
function givenFact(object: ObjectDef, fact: 'owner' | 'team' | 'participants'): string | null {
  const name = object.facts[fact];
  return name !== undefined && object.fields[name]?.assigns ? name : null;
}

/** A part whose rights are its parent's actions (a reply to a ticket) is added where that action reaches. */
async function mustBeGranted(act: Act, object: ObjectDef, after: Image): Promise<void> {
  const parent = object.grantedBy && parentOf(object, after);
  if (!object.grantedBy || !parent) return;
  const above = act.app.registry.get(parent.object);
  const image = await fetchImage(act.tx, above, parent.id, { lock: false });
  if (!image || !decide(await act.actor(), act.app.registry, object.grantedBy.create, above, image).allowed)
    throw notAllowed(rightToCreate(object));
}
