import type { Image } from '../../../shared/access/index.ts';
import { sameValue, type Value } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { audit } from '../../identity/audit.ts';
import { endSessionsIn } from '../../identity/endSessions.ts';
import type { Values } from '../../records/columns.ts';
import type { Act } from '../perform.ts';
import { mustPlacePerson, mustPlaceTeam, mustPlaceTerritory } from './place.ts';

// What is different when the record is a person, a team or a pipeline: their changes are administration, and audited.

const AUDITED = ['user', 'team', 'territory', 'pipeline', 'queue', 'channel'];
/**
 * Where it is administration it asks for more than the grant (place.ts). `isNew`: the record is being added. Putting it
 * into the bin, or taking it out, is meant by a value of `active`.
 * @throws ApiError `not_allowed`, `not_found`
 */
export async function mustBeOthers(
  act: Act,
  object: ObjectDef,
  id: string,
  values: Values,
  isNew = false,
): Promise<void> {
  if (object.name === 'user') await mustPlacePerson(act, object, id, values, isNew);
  if (object.name === 'team') await mustPlaceTeam(act, id, values, isNew);
  if (object.name === 'territory' && !isNew) await mustPlaceTerritory(act, values);
  if (object.name === 'queue' && 'teams' in values) await mustGiveQueues(act, values['teams']);
  if (object.name === 'channel' && 'queue' in values) await act.mustHold('manage_settings');
}

/** Who works a queue sees its tickets: so nobody gives one to a team of their own who may not change roles too. */
async function mustGiveQueues(act: Act, teams: Value | undefined): Promise<void> {
  await act.mustHold('manage_users');
  const { sets } = await act.actor();
  if (Array.isArray(teams) && teams.some((team) => typeof team === 'string' && sets.teams.has(team)))
    await act.mustHold('manage_roles');
}

/** Audits the change, and ends the sessions of whoever was deactivated. */
export async function followUp(
  act: Act,
  object: ObjectDef,
  before: Image | null,
  after: Image,
): Promise<void> {
  if (!AUDITED.includes(object.name) || before?.version === after.version) return;
  const names = Object.keys(after).filter(
    (name) => name !== 'version' && !sameValue(before?.[name], after[name]),
  );
  await audit(act.tx, {
    ...act.by,
    action: `${object.name}.${actOf(before, after)}`,
    object: object.name,
    targetId: after.id,
    ...(before ? { before: pick(before, names) } : {}),
    after: pick(after, names),
  });
  if (['queue', 'team', 'territory'].includes(object.name)) act.pokes.add('access');
  if (object.name !== 'user') return;
  act.pokes.add('access');
  if (isIn(before) && !isIn(after)) {
    await endSessionsIn(act.tx, act.app, act.by, { userId: after.id }, 'deactivated');
    act.pokes.add('sessions');
  }
}

const isIn = (person: Image | null): boolean => person?.['active'] === true && person.deleted_at === null;

function actOf(before: Image | null, after: Image): string {
  if (!before) return 'create';
  if (before.deleted_at === after.deleted_at) return 'update';
  return after.deleted_at === null ? 'restore' : 'delete';
}

/** As plain JSON. */
const pick = (image: Image, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, plain(image[name] ?? null)]));

const plain = (value: Value) =>
  Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? one : { ...one })) : value;
