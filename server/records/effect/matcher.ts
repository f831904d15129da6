import {
  bitOf,
  VETO,
  WAY_NAMES,
  WAYS,
  type Actor,
  type ActorSets,
  type WayMask,
} from '../../../shared/access/index.ts';
import type { Fact } from '../../../shared/objects/index.ts';
import type { Group } from './groups.ts';

const HIDDEN = 1 << 30;
/** Ways that need nothing of a record. */
export const ALWAYS: WayMask = WAY_NAMES.reduce((mask, way) => (WAYS[way].through === 'always' ? mask | bitOf(way) : mask), 0); // prettier-ignore

/**
 * Finds the groups of records that people are entitled to: `WAYS` read the other way round, from the ids that a person
 * brings along to the groups that hold them, so that nobody is held against groups that do not concern them.
 */
export class Matcher {
  readonly #holding = new Map<Fact, Map<string, number[]>>();

  constructor(facts: readonly Fact[], groups: readonly Group[]) {
    for (const [place, fact] of facts.entries()) {
      const holding = new Map<string, number[]>();
      for (const [index, group] of groups.entries()) {
        for (const id of group.ids[place] ?? []) {
          const list = holding.get(id);
          if (list) list.push(index);
          else holding.set(id, [index]);
        }
      }
      this.#holding.set(fact, holding);
    }
  }

  /**
   * Writes the ways of a person to the groups into `marks`, and which groups were marked into `touched`: each once,
   * though not those that were marked before. Read them by `waysOn`.
   */
  mark({ sets }: Actor, marks: Int32Array, touched: number[], seen: Uint8Array): void {
    for (const way of WAY_NAMES) {
      const { through } = WAYS[way];
      if (through === 'always') continue;
      for (const { fact, set } of through as readonly { fact: Fact; set: keyof ActorSets }[])
        this.put(bitOf(way), fact, sets[set], marks, touched, seen);
    }
    this.put(HIDDEN, VETO.fact, sets[VETO.set], marks, touched, seen);
  }

  private put(
    bit: number,
    fact: Fact,
    ids: ReadonlySet<string>,
    marks: Int32Array,
    touched: number[],
    seen: Uint8Array,
  ): void {
    const holding = this.#holding.get(fact);
    if (!holding || holding.size === 0) return;
    // Whichever is fewer: a head of everything has thousands below them.
    if (ids.size <= holding.size) for (const id of ids) add(holding.get(id));
    else for (const [id, groups] of holding) if (ids.has(id)) add(groups);

    function add(groups: readonly number[] | undefined): void {
      if (groups === undefined) return;
      for (const group of groups) {
        marks[group] = (marks[group] ?? 0) | bit;
        if (seen[group] === 0) {
          seen[group] = 1;
          touched.push(group);
        }
      }
    }
  }
}

/** What `waysTo` would say of the records of a group that bears this mark. */
export const waysOn = (mark: number): WayMask => ((mark & HIDDEN) !== 0 ? 0 : mark | ALWAYS);
