import {
  actorSets,
  GRANTED_WAYS,
  maskOf,
  possible,
  rightsOf,
  waysIn,
  type Actor,
  type Reach,
  type Role,
  type GrantedWay,
} from '../../../shared/access/index.ts';
import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef, OwnAction, Registry } from '../../../shared/objects/index.ts';
import type { Told, ToldOwn, Verb } from '../../words/policy.ts';

export const VERBS: readonly Verb[] = ['read', 'update', 'delete', 'export', 'assign'];
/** The order in which people think of them; what is not named follows. */
const ORDER = ['deal', 'company', 'contact', 'product', 'activity', 'ticket', 'queue', 'channel', 'tag', 'pipeline', 'user', 'team', 'session']; // prettier-ignore

/** What a role, or a person's roles together, may do with one kind of record. */
export interface ObjectPolicy {
  object: ObjectDef;
  reach: Record<Verb, GrantedWay[]>;
  create: boolean;
  /** Actions of its own (a ticket's thread and notes), where it has any. */
  own: { action: OwnAction; ways: GrantedWay[] }[];
  /** Its parts that follow these, as far as they stay unseen. */
  unseen: ObjectDef[];
  /** Everyone signed in may read it, without any role. */
  baseline: boolean;
  fields: FieldPolicy[];
}

export interface FieldPolicy {
  field: Field;
  right: 'hidden' | 'read' | 'edit';
  /** Where it can be read; narrower than the record's own reach where several roles differ. */
  ways: GrantedWay[];
}

/** A role's own policy, object by object. */
export function policyOfRole(role: Role, registry: Registry): ObjectPolicy[] {
  return policies(registry, {
    kind: 'person',
    userId: '',
    sets: actorSets(''),
    roles: [role],
    fingerprint: role.id,
  });
}

/** The policy of a person: all their roles together. */
export const policyOfActor = (actor: Actor, registry: Registry): ObjectPolicy[] => policies(registry, actor);

function policies(registry: Registry, actor: Actor): ObjectPolicy[] {
  const place = ({ name }: ObjectDef) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return (
    [...registry.objects.values()]
      // What is granted by actions of its parent is told with the parent.
      .filter((object) => object.grantedBy === null)
      .sort((a, b) => place(a) - place(b))
      .map((object) => policyOf(actor, registry, object))
      // That one's own sessions and notifications are one's own goes without saying.
      .filter(({ object, baseline }) => object.baseline !== 'own' || !baseline)
  );
}

/** A part is shown by its own grants: that it also needs its parent is said beside it. */
function policyOf(actor: Actor, registry: Registry, object: ObjectDef): ObjectPolicy {
  const whole = rightsOf(actor, registry, { ...object, parents: [] }, null);
  const fields = Object.values(object.fields)
    // What is computed from other records is as readable as those; the policy says nothing of its own about it.
    .filter((field) => field.computedFrom === null)
    // What is kept for the policy alone concerns nobody.
    .filter((field) => !(field.system && field.sensitivity === 'secret'))
    .map((field): FieldPolicy => {
      const ways = waysOf(whole.read.get(field.name));
      const edit = possible(whole.edit.get(field.name));
      return { field, right: ways.length === 0 ? 'hidden' : edit ? 'edit' : 'read', ways };
    })
    // The name of a record comes with it; that it does not is worth a word.
    .filter(({ field, right }) => field.name !== object.title || right === 'hidden');
  return {
    object,
    reach: { read: waysOf(whole.actions.read), update: waysOf(whole.actions.update), delete: waysOf(whole.actions.delete), export: waysOf(whole.actions.export), assign: waysOf(whole.actions.assign) }, // prettier-ignore
    create: whole.create,
    own: object.actions.map((action) => ({ action, ways: waysOf(whole.actions[action]) })),
    unseen: registry
      .partsOf(object.name)
      .map(({ part }) => part)
      .filter((part) => part.grantedBy !== null)
      .filter((part) => !possible(rightsOf(actor, registry, part, object.name).actions.read)),
    baseline: object.baseline !== 'private' && !actor.roles.some((role) => Object.values(role.grants[object.name] ?? {}).some((reach) => Array.isArray(reach) && reach.length > 0)), // prettier-ignore
    fields,
  };
}

/** The ways of a reach that roles name, narrowed: whoever reaches all needs no other way. */
function waysOf(reach: Reach | undefined): GrantedWay[] {
  const named = maskOf(GRANTED_WAYS);
  const ways = waysIn(named & (reach?.reduce((all, mask) => all & mask, ~0) ?? 0)) as GrantedWay[];
  return ways.includes('all') ? ['all'] : ways;
}

/** What a sentence about the object is made of. */
export function told(policy: ObjectPolicy, self: boolean): Told {
  const groups: Told['groups'] = [];
  for (const verb of VERBS) {
    const ways = policy.reach[verb];
    if (ways.length === 0) continue;
    const same = groups.find((group) => maskOf(group.ways) === maskOf(ways));
    if (same) same.verbs.push(verb);
    else groups.push({ verbs: [verb], ways });
  }
  return {
    plural: policy.object.labelPlural,
    self,
    groups,
    create: policy.create,
    without: policy.reach.read.length === 0 ? [] : hiddenFields(policy).map(({ label }) => label),
  };
}

/** What a sentence about its own actions is made of; null where it has none, or is not seen at all. */
export function toldOwn({ object, own, unseen, reach }: ObjectPolicy, self: boolean): ToldOwn | null {
  if (own.length === 0 || reach.read.length === 0) return null;
  const groups: ToldOwn['groups'] = [];
  for (const { action, ways } of own) {
    if (ways.length === 0) continue;
    const same = groups.find((group) => maskOf(group.ways) === maskOf(ways));
    if (same) same.actions.push(action);
    else groups.push({ actions: [action], ways });
  }
  return { plural: object.labelPlural, self, groups, unseen: unseen.map((part) => part.labelPlural) };
}

export const hiddenFields = ({ fields }: ObjectPolicy): Field[] =>
  fields.filter(({ right }) => right === 'hidden').map(({ field }) => field);

/** Normal fields that can be read but not changed although the record can be changed. */
export const readOnlyFields = ({ fields, reach }: ObjectPolicy): Field[] =>
  fields
    .filter(({ right, field }) => right === 'read' && field.sensitivity === 'normal' && !field.system)
    .filter(({ field }) => (field.assigns ? reach.assign : reach.update).length > 0)
    .map(({ field }) => field);

/** Fields that need to be given, and are. */
export const givenFields = ({ fields }: ObjectPolicy, how: 'read' | 'edit'): Field[] =>
  fields
    .filter(({ right, field }) => right === how && field.sensitivity !== 'normal')
    .map(({ field }) => field);

/** Fields that can be read on fewer records than the records themselves. */
export const partlyFields = ({ fields, reach }: ObjectPolicy): FieldPolicy[] =>
  fields.filter(
    ({ ways }) =>
      ways.length > 0 &&
      maskOf(ways) !== maskOf(reach.read) &&
      !reach.read.every((way) => ways.includes(way)),
  );

/** The person's roles that say anything about the object. */
export const rolesBehind = (roles: readonly Role[], object: ObjectDef): Role[] =>
  roles.filter((role) =>
    Object.values(role.grants[object.name] ?? {}).some(
      (reach) => reach === true || (Array.isArray(reach) && reach.length > 0),
    ),
  );
