import {
  actorSets,
  decide,
  WAYS,
  type Actor,
  type ActorSets,
  type Because,
  type Decision,
  type Image,
  type Lacking,
  type Role,
} from '../../../shared/access/index.ts';
import type { ObjectDef, ReachedAction, Registry } from '../../../shared/objects/index.ts';
import type { Dice } from '../../world/dice.ts';

// Whether what an answer says is true: each is tried by changing just that.

export interface Asked {
  registry: Registry;
  actor: Actor;
  object: ObjectDef;
  image: Image;
  action: ReachedAction;
  field: string | undefined;
}

const decideFor = (
  { registry, object, image, action, field }: Asked,
  actor: Actor,
  record = image,
): Decision => decide(actor, registry, action, object, record, field);

/** Whether somebody who has nothing but one path to each thing that is needed may do it, too. */
export function holdsAlone(asked: Asked, dice: Dice): boolean {
  const chosen = [...groups(asked, decideFor(asked, asked.actor).because).values()].map((paths) =>
    dice.pick(paths),
  );
  const roles = chosen.map((path) => only(asked, path));
  return decideFor(asked, { ...asked.actor, sets: setsOf(asked, chosen), roles }).allowed;
}

/** Whether it is refused once the only path to something that is needed is taken away; null where there is no such. */
export function failsWithout(asked: Asked): boolean | null {
  const lone = [...groups(asked, decideFor(asked, asked.actor).because).values()].find(
    (paths) => paths.length === 1 && paths[0]?.roleId !== 'baseline',
  )?.[0];
  if (!lone) return null;
  const roles = asked.actor.roles.map((role) =>
    role.id === lone.roleId ? without(asked, role, lone) : role,
  );
  return !decideFor(asked, { ...asked.actor, roles }).allowed;
}

/** Whether it is refused once nobody shares it, where that is all there is; null where there is more. */
export function failsUnshared(asked: Asked): boolean | null {
  const { because } = decideFor(asked, asked.actor);
  const byShare = [...groups(asked, because).values()].some((paths) =>
    paths.every(({ way }) => way === 'shared' || way === 'shared_edit'),
  );
  if (!byShare) return null;
  const sets = { ...asked.actor.sets, shared: new Set<string>(), sharedEdit: new Set<string>() };
  return !decideFor(asked, { ...asked.actor, sets }).allowed;
}

/** Whether a role with all that is lacking opens it, and with any of it left out does not. */
export function isWhatIsLacking(asked: Asked): boolean {
  const { lacking } = decideFor(asked, asked.actor);
  if (lacking.length === 0) return false;
  if (lacking[0]?.kind === 'never') return lacking.length === 1 && !given(asked, everything(asked)).allowed;
  if (!given(asked, lacking).allowed) return false;
  return lacking.every((one) => !given(asked, lacking, one).allowed);
}

/** Of each group one path is needed: to act, to see the field, and whatever must be seen besides. */
function groups({ field }: Asked, because: readonly Because[]): Map<string, Because[]> {
  const all = new Map<string, Because[]>();
  for (const path of because) {
    const { besides } = path;
    const about = besides ? JSON.stringify(besides) : field === undefined || path.field ? 'itself' : 'action';
    all.set(about, [...(all.get(about) ?? []), path]);
  }
  return all;
}

/** A role that gives this path and no other. */
function only({ actor, object, registry, field }: Asked, { roleId, action, way, besides }: Because): Role {
  const held = actor.roles.find(({ id }) => id === roleId);
  const about = besides ? registry.get(besides.object) : object;
  const on = about.grantedBy?.object ?? about.name;
  const shared = WAYS[way].through !== 'always' && way.startsWith('shared');
  // What is shared is opened by a grant, whatever ways that names.
  const ways = shared ? (held?.grants[on]?.[action] ?? []) : [way];
  const name = besides ? besides.field : field;
  const word = name === undefined ? undefined : held?.fields[about.name]?.[name];
  return {
    id: roleId,
    name: '',
    purpose: '',
    grants: held ? { [on]: { [action]: ways } } : { [on]: { [action]: [way] } },
    fields: word === undefined || name === undefined ? {} : { [about.name]: { [name]: word } },
    system: [],
  } as Role;
}

/** Just the ids through which these paths go. */
function setsOf({ actor }: Asked, chosen: readonly Because[]): ActorSets {
  const sets: Record<string, Set<string>> = {};
  for (const { way, through = [] } of chosen) {
    const def = WAYS[way];
    if (def.through === 'always') continue;
    for (const { fact, ids } of through) {
      for (const one of def.through) {
        if (one.fact !== fact) continue;
        const held = ids.filter((id) => actor.sets[one.set].has(id));
        sets[one.set] = new Set([...(sets[one.set] ?? []), ...held]);
      }
    }
  }
  return { ...actorSets(''), ...sets };
}

function without({ object, registry }: Asked, role: Role, { action, besides }: Because): Role {
  const about = besides ? registry.get(besides.object) : object;
  const on = about.grantedBy?.object ?? about.name;
  const { [action]: _, ...rest } = role.grants[on] ?? {};
  return { ...role, grants: { ...role.grants, [on]: rest } };
}

/** What becomes of the question when somebody is given what is lacking, but for one of it. */
function given(asked: Asked, lacking: readonly Lacking[], but?: Lacking): Decision {
  const { actor, image } = asked;
  const grants: Record<string, Record<string, string[]>> = {};
  const fields: Record<string, Record<string, string>> = {};
  let [sets, record] = [actor.sets, image];
  for (const one of lacking) {
    if (one === but) continue;
    if (one.kind === 'bin') record = { ...record, deleted_at: null };
    if (one.kind === 'restriction') sets = { ...sets, restrictions: new Set<string>() };
    if (one.kind === 'grant' || one.kind === 'reach') (grants[one.object] ??= {})[one.action] = ['all'];
    if (one.kind === 'field') (fields[one.object] ??= {})[one.field] = one.right;
  }
  // A field belongs to a grant: where that is no part of what is lacking, some role reaches the record already.
  for (const one of lacking) {
    if (one.kind !== 'field' || one === but) continue;
    const about = asked.registry.get(one.object);
    const on = about.grantedBy?.object ?? about.name;
    const action = one.right === 'edit' ? asked.action : (about.grantedBy?.read[0] ?? 'read');
    const act = action === 'update' && about.fields[one.field]?.assigns ? 'assign' : action;
    const isLacking = lacking.some(
      (other) => (other.kind === 'grant' || other.kind === 'reach') && other.object === on,
    );
    if (!isLacking) (grants[on] ??= {})[act] = ['all'];
  }
  const role = { id: 'new', name: '', purpose: '', grants, fields, system: [] } as unknown as Role;
  return decideFor(asked, { ...actor, sets, roles: [...actor.roles, role] }, record);
}

/** Everything that could be lacking. */
function everything({ registry, object, field }: Asked): Lacking[] {
  const objects = [...registry.objects.values()];
  const actions = ['read', 'update', 'delete', 'assign', 'export', 'read_thread', 'reply', 'note'] as const;
  return [
    { kind: 'bin' },
    { kind: 'restriction' },
    ...objects.flatMap(({ name }) =>
      actions.map((action): Lacking => ({ kind: 'grant', of: 'record', object: name, action })),
    ),
    ...(field === undefined
      ? []
      : [{ kind: 'field', of: 'record', object: object.name, field, right: 'edit' } as const]),
  ];
}
