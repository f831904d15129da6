import { sightBy, type ObjectRights, type Sight, type WayMask } from '../../../shared/access/index.ts';

/** A sight that is shared by all who see the same of such records; `no` tells it from the others. */
export interface SharedSight extends Sight {
  readonly no: number;
}

/** More different ones than this, and what is known is forgotten: only the sharing is lost by that. */
const KNOWN_MAX = 10_000;

/**
 * What people see of records, by content: two with quite different roles share what they see where it is the same.
 * Asked once for each set of rights and ways; the answer is the policy's own.
 */
export class Sights {
  readonly #byRights = new WeakMap<ObjectRights, Map<WayMask, SharedSight | null>>();
  readonly #byContent = new Map<string, SharedSight>();
  #last = 0;

  by(rights: ObjectRights, ways: WayMask): SharedSight | null {
    let byWays = this.#byRights.get(rights);
    if (!byWays) this.#byRights.set(rights, (byWays = new Map()));
    let sight = byWays.get(ways);
    if (sight === undefined) byWays.set(ways, (sight = this.#shared(sightBy(rights, ways))));
    return sight;
  }

  #shared(sight: Sight | null): SharedSight | null {
    if (sight === null) return null;
    const content = JSON.stringify([sight.fields, sight.may.actions, sight.may.edit]);
    let known = this.#byContent.get(content);
    if (!known) {
      if (this.#byContent.size >= KNOWN_MAX) this.#byContent.clear();
      this.#byContent.set(content, (known = { ...sight, no: ++this.#last }));
    }
    return known;
  }
}
