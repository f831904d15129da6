import {
  actorSets,
  VETO,
  WAY_NAMES,
  WAYS,
  type Actor,
  type ActorSets,
  type Role,
} from '../../../shared/access/index.ts';
import type { Fact } from '../../../shared/objects/index.ts';
import type { Subscriber } from '../subscriber.ts';
import type { Seen } from './seen.ts';
import type { Watching } from './watching.ts';

/** Sets that hardly two people have alike. What matches by them goes by person, everything else by cohort. */
const PERSONAL: readonly (keyof ActorSets)[] = ['self', 'reports', 'shared', 'sharedEdit'];
const COMMON: readonly (keyof ActorSets)[] = ['teams', 'queues', 'territories', 'restrictions'];
/** A restriction finds nobody: it only takes away. */
const FINDING = COMMON.filter((set) => set !== VETO.set);

const pairs = WAY_NAMES.flatMap((way) => {
  const { through } = WAYS[way];
  return through === 'always' ? [] : [...through];
});
const factsOf = (sets: readonly (keyof ActorSets)[]): Fact[] => [
  ...new Set(pairs.filter(({ set }) => sets.includes(set)).map(({ fact }) => fact)),
];
/** Facts of a record by which it matches persons, and those by which it matches cohorts. */
export const PERSONAL_FACTS = factsOf(PERSONAL);
export const COMMON_FACTS = factsOf(FINDING);

/** Ids of their own beyond which a person is not found by them, but asked for each change. */
const IDS_MAX = 500;

/** Everybody with the same rights, apart from what is theirs by person. */
export interface Cohort {
  /** What they have in common, as somebody who has nothing else. */
  readonly actor: Actor;
  /** Their open views, by object. */
  readonly watching: Map<string, Watching>;
  people: number;
  /** The last change that was told to them, and the one for which `seen` holds. */
  toldAt: number;
  at: number;
  seen: Seen | null;
}

/** Somebody with all their sockets here. */
export interface Person {
  readonly actor: Actor;
  readonly cohort: Cohort;
  readonly clients: Set<Subscriber>;
  /** The change by which they are matched in person, and what they see of it. */
  at: number;
  seen: Seen | null;
}

/** Who is connected here, found by the ids that make a record theirs. */
export class People {
  readonly #people = new Map<string, Person>();
  readonly #cohorts = new Map<string, Cohort>();
  readonly #personsBy = new Map<string, Set<Person>>();
  readonly #cohortsBy = new Map<string, Set<Cohort>>();
  readonly #wide = new Set<Person>();

  enter(client: Subscriber): Person {
    let person = this.#people.get(client.actor.fingerprint);
    if (!person) this.#people.set(client.actor.fingerprint, (person = this.#add(client.actor)));
    person.clients.add(client);
    return person;
  }

  leave(client: Subscriber, person: Person): void {
    person.clients.delete(client);
    if (person.clients.size > 0) return;
    this.#people.delete(person.actor.fingerprint);
    if (!this.#wide.delete(person)) unlist(this.#personsBy, idsIn(person.actor, PERSONAL), person);
    const { cohort } = person;
    if (--cohort.people > 0) return;
    this.#cohorts.delete(cohort.actor.fingerprint);
    unlist(this.#cohortsBy, idsIn(cohort.actor, FINDING), cohort);
  }

  /** Everyone whom one of these ids may concern in person; too many rather than too few. */
  *personsBy(ids: readonly string[]): Iterable<Person> {
    for (const id of ids) yield* this.#personsBy.get(id) ?? [];
    for (const person of this.#wide) {
      const { sets } = person.actor;
      if (ids.some((id) => PERSONAL.some((set) => sets[set].has(id)))) yield person;
    }
  }

  /** Every cohort that one of these ids may concern. */
  *cohortsBy(ids: readonly string[]): Iterable<Cohort> {
    for (const id of ids) yield* this.#cohortsBy.get(id) ?? [];
  }

  get counts(): { people: number; cohorts: number } {
    return { people: this.#people.size, cohorts: this.#cohorts.size };
  }

  #add(actor: Actor): Person {
    const person: Person = { actor, cohort: this.#cohortOf(actor), clients: new Set(), at: 0, seen: null };
    person.cohort.people++;
    const ids = idsIn(actor, PERSONAL);
    if (ids.length > IDS_MAX) this.#wide.add(person);
    else enlist(this.#personsBy, ids, person);
    return person;
  }

  #cohortOf(actor: Actor): Cohort {
    const key = keyOf(actor);
    let cohort = this.#cohorts.get(key);
    if (!cohort) {
      const { teams, queues, territories, restrictions } = actor.sets;
      const sets = actorSets('', { teams, queues, territories, restrictions });
      const common = { ...actor, userId: '', sets, fingerprint: key };
      cohort = { actor: common, watching: new Map(), people: 0, toldAt: 0, at: 0, seen: null };
      this.#cohorts.set(key, cohort);
      enlist(this.#cohortsBy, idsIn(common, FINDING), cohort);
    }
    return cohort;
  }
}

/** Equal for all whose rights are the same, apart from what is personal. */
const keyOf = ({ kind, roles, open, sets }: Actor): string =>
  JSON.stringify([kind, roles.map(contentOf), open ?? {}, COMMON.map((set) => [...sets[set]].sort())]);

/** Roles are values that come anew with each reading. */
function contentOf(role: Role): string {
  let content = contents.get(role);
  if (content === undefined) contents.set(role, (content = JSON.stringify(role)));
  return content;
}
const contents = new WeakMap<Role, string>();

const idsIn = ({ sets }: Actor, which: readonly (keyof ActorSets)[]): string[] => [
  ...new Set(which.flatMap((set) => [...sets[set]])),
];

function enlist<T>(lists: Map<string, Set<T>>, ids: readonly string[], one: T): void {
  for (const id of ids) {
    const list = lists.get(id);
    if (list) list.add(one);
    else lists.set(id, new Set([one]));
  }
}

function unlist<T>(lists: Map<string, Set<T>>, ids: readonly string[], one: T): void {
  for (const id of ids) {
    const list = lists.get(id);
    list?.delete(one);
    if (list?.size === 0) lists.delete(id);
  }
}
