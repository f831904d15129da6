import {
  actorSets,
  type Actor,
  type ObjectRights,
  type Role,
  type WayMask,
} from '../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import { decisive, rightsByParent } from '../../access/reaches.ts';

/** Somebody with these roles, whoever they are: what roles (and the organisation) give does not depend on who holds them. */
export interface Rights {
  key: number;
  holder: Actor;
}

/** The rights on one object that come with some roles. */
export interface RightsOn {
  /** By kind of parent, as in `rightsByParent`. */
  byParent: readonly ObjectRights[];
  /** Equal text, equal rights. */
  text: string;
  /** All ways that can decide anything. */
  decisive: WayMask;
}

/** The rights of thousands of people, of whom most hold the same few roles: each set of roles is merged once. */
export class RightsBook {
  readonly #roles = new Map<string, number>();
  readonly #actors = new WeakMap<Actor, Rights>();
  readonly #numbers = new WeakMap<Role, number>();
  readonly #sets = new Map<string, Rights>();
  readonly #known = new Map<string, RightsOn>();

  constructor(readonly registry: Registry) {}

  of(actor: Actor): Rights {
    let rights = this.#actors.get(actor);
    if (!rights) this.#actors.set(actor, (rights = this.find(actor)));
    return rights;
  }

  private find(actor: Actor): Rights {
    const numbers = actor.roles.map((role) => this.numberOf(role)).sort((a, b) => a - b);
    const text = `${numbers.join()} ${JSON.stringify(Object.entries(actor.open ?? {}).sort())}`;
    let rights = this.#sets.get(text);
    if (!rights) {
      const holder: Actor = { ...actor, userId: '', sets: actorSets('') };
      this.#sets.set(text, (rights = { key: this.#sets.size, holder }));
    }
    return rights;
  }

  on({ key, holder }: Rights, object: ObjectDef): RightsOn {
    const name = `${key} ${object.name}`;
    let known = this.#known.get(name);
    if (!known) {
      const byParent = rightsByParent(holder, this.registry, object);
      known = { byParent, text: textOf(byParent), decisive: decisive(holder, this.registry, object) };
      this.#known.set(name, known);
    }
    return known;
  }

  /** The same for roles that allow the same, whatever they are called. */
  private numberOf(role: Role): number {
    let number = this.#numbers.get(role);
    if (number === undefined) {
      const { name: _name, purpose: _purpose, ...policy } = role;
      const text = JSON.stringify(policy);
      number = this.#roles.get(text) ?? this.#roles.size;
      this.#roles.set(text, number);
      this.#numbers.set(role, number);
    }
    return number;
  }
}

const textOf = (byParent: readonly ObjectRights[]): string =>
  JSON.stringify(byParent.map(({ actions, create, read, edit }) => [actions, create, [...read], [...edit]]));
