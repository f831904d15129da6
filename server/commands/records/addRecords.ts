import { decide, mask, parentOf, type Actor, type Image } from '../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import { notAllowed, outOfReach } from '../../../shared/protocol/index.ts';
import type { Values } from '../../records/columns.ts';
import { fetchImages } from '../../records/fetchImages.ts';
import { judgeEach } from '../../records/judgeEach.ts';
import { insertRecords } from '../../records/write.ts';
import type { Act } from '../perform.ts';
import { chosenByHand } from './chosenByHand.ts';
import { followUp, mustBeOthers } from './people.ts';
import { mustBeReadableByHolders, mustKnow } from './relations.ts';
import { mustCreate, rightToCreate } from './rights.ts';

/** A record somebody adds. */
export interface Addition {
  id: string;
  /** Checked values of the fields that people write. */
  values: Values;
  /** What only the program writes, and knows of a record that comes from elsewhere. */
  told?: Values;
  /** ISO; when it came to be, if that was not now: then nobody is notified of it. */
  at?: string;
}

/**
 * Adds records on behalf of the caller, all of one object: their own unless an owner is named, which asks for `assign`.
 * If one is refused, all are.
 * @throws ApiError `invalid`, `not_allowed`, `field_not_editable`, `out_of_reach`
 */
export async function addRecords(
  act: Act,
  object: ObjectDef,
  additions: readonly Addition[],
): Promise<Image[]> {
  const { tx, app, ctx } = act;
  const { registry } = app;
  const actor = await act.actor();
  await judgeEach(additions, async ({ id, values }) => {
    mustCreate(actor, registry, object, values);
    await mustBeOthers(act, object, id, values, true);
  });
  await mustKnow(
    act,
    object,
    additions.map(({ values }) => ({ before: null, values })),
  );
  const images = await insertRecords(
    tx,
    app,
    ctx,
    object,
    additions.map(({ id, values, told, at }) => ({
      id,
      values: { ...chosenByHand(object, owned(object, actor, values)), ...told },
      ...(at === undefined ? {} : { at }),
    })),
  );
  for (const [i, after] of images.entries()) {
    const { values } = additions[i]!;
    if (isHandedOver(object, actor, values)) mustAssign(actor, registry, object, after);
  }
  await mustBeReadableByHolders(
    act,
    object,
    images.map((after) => ({ before: null, after })),
  );
  await mustBeGranted(act, object, images);
  if (images.some((after) => !mask(actor, registry, object, after))) throw outOfReach();
  for (const after of images) await followUp(act, object, null, after);
  return images;
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
async function mustBeGranted(act: Act, object: ObjectDef, added: readonly Image[]): Promise<void> {
  const { grantedBy } = object;
  if (!grantedBy) return;
  const above = act.app.registry.get(grantedBy.object);
  const parents = added.flatMap((after) => parentOf(object, after)?.id ?? []);
  const images = await fetchImages(act.tx, above, [...new Set(parents)]);
  const known = new Map(images.map((image) => [image.id, image]));
  const actor = await act.actor();
  for (const id of parents) {
    const image = known.get(id);
    if (!image || !decide(actor, act.app.registry, grantedBy.create, above, image).allowed)
      throw notAllowed(rightToCreate(object));
  }
}
