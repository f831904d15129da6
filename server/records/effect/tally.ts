import type { Actor } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { RightsBook } from './book.ts';
import type { Group } from './groups.ts';
import { ALWAYS, Matcher, waysOn } from './matcher.ts';
import { outcomeOf, type Item, type Outcome } from './outcome.ts';
import { factsOf, isHeld, type Scope, type Side } from './scope.ts';
import type { Watch } from './watch.ts';

export interface Counts {
  gained: number;
  lost: number;
}

/** What a change comes to on one object. */
export interface ObjectEffect extends Counts {
  object: ObjectDef;
  /** Records that come and go, by person; only people for whom any do. */
  people: ReadonlyMap<string, Counts>;
  /** People who get or lose something else. */
  items: readonly { item: Item; gained: number; lost: number }[];
  /** Records whose owner could not keep them. */
  orphans: number;
  /** Records of nobody of which somebody could not take care any more: orphans, unless somebody else can. */
  unowned: readonly Group[];
}

/**
 * Adds up what changes for these people on an object's groups. `totals` are all of its records, by kind of parent: those
 * in no group are reached, if at all, by whoever reaches everything.
 */
export async function tally(
  object: ObjectDef,
  scopes: ReadonlyMap<string, Scope>,
  { groups, totals }: { groups: readonly Group[]; totals: readonly number[] },
  watch: Watch,
): Promise<ObjectEffect> {
  const sums = new Sums(object, groups, totals);
  const matcher = new Matcher(factsOf(object), groups);
  for (const [user, scope] of scopes) {
    if (watch.isOver()) break;
    await watch.rest();
    sums.add(user, scope, matcher);
  }
  return sums.result();
}

/** Of these groups those that one of these people could take care of, not by a right to all records. */
export async function caredFor(
  book: RightsBook,
  object: ObjectDef,
  groups: readonly Group[],
  people: Iterable<Actor>,
  watch: Watch,
): Promise<Set<Group>> {
  const matcher = new Matcher(factsOf(object), groups);
  const marks = new Int32Array(groups.length);
  const seen = new Uint8Array(groups.length);
  const cared = new Set<Group>();
  for (const actor of people) {
    if (watch.isOver() || cared.size === groups.length) break;
    await watch.rest();
    const touched: number[] = [];
    matcher.mark(actor, marks, touched, seen);
    const { byParent } = book.on(book.of(actor), object);
    for (const index of touched) {
      const group = groups[index]!;
      const rights = byParent[group.kind];
      const standing = rights && { rights, ways: waysOn(marks[index] ?? 0) };
      if (standing && outcomeOf(object, standing, standing).caredAfter) cared.add(group);
      marks[index] = seen[index] = 0;
    }
  }
  return cared;
}

/** The running sums; arrays of one number a group, as there are thousands of people and of groups. */
class Sums {
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #seen: Uint8Array;
  /** Bits: gained by somebody, lost by somebody, left uncared for by somebody. */
  readonly #flags: Uint8Array;
  /** How many of those who gain (lose) all records without a way of their own have one to this group. */
  readonly #apart: { gained: Uint32Array; lost: Uint32Array };
  /** How many gain (lose) them, by kind of parent. */
  readonly #everything: { gained: number[]; lost: number[] } = { gained: [], lost: [] };
  readonly #outcomes = new Map<string, Map<number, Outcome>>();
  readonly #people = new Map<string, Counts>();
  readonly #items = new Map<string, { item: Item; gained: number; lost: number }>();
  readonly #owner: number;
  #orphans = 0;

  constructor(
    readonly object: ObjectDef,
    readonly groups: readonly Group[],
    readonly totals: readonly number[],
  ) {
    const count = groups.length;
    this.#before = new Int32Array(count);
    this.#after = new Int32Array(count);
    this.#seen = new Uint8Array(count);
    this.#flags = new Uint8Array(count);
    this.#apart = { gained: new Uint32Array(count), lost: new Uint32Array(count) };
    this.#owner = isHeld(object) ? factsOf(object).indexOf('owner') : -1;
  }

  add(user: string, scope: Scope, matcher: Matcher): void {
    const touched: number[] = [];
    if (scope.before) matcher.mark(scope.before.actor, this.#before, touched, this.#seen);
    if (scope.after) matcher.mark(scope.after.actor, this.#after, touched, this.#seen);
    const one: Counts = { gained: 0, lost: 0 };
    const items = new Map<string, { item: Item; way: keyof Counts }>();
    const matched: number[] = [];
    for (const index of touched) {
      const group = this.groups[index]!;
      matched[group.kind] = (matched[group.kind] ?? 0) + group.count;
      const before = scope.before ? waysOn(this.#before[index] ?? 0) : 0;
      const after = scope.after ? waysOn(this.#after[index] ?? 0) : 0;
      if (scope.sameRights && before === after) continue;
      const outcome = this.outcome(scope, group.kind, before, after);
      if (outcome.read !== 0) this.flag(index, outcome.read > 0 ? GAINED : LOST);
      note(one, items, outcome, group.count);
      if (group.open && this.#owner >= 0) this.hold(user, group, index, outcome);
    }
    this.addRest(scope, matched, touched, one, items);
    for (const index of touched) this.#before[index] = this.#after[index] = this.#seen[index] = 0;
    if (one.gained + one.lost > 0) this.#people.set(user, one);
    for (const [key, { item, way }] of items) {
      const known = this.#items.get(key.slice(2)) ?? { item, gained: 0, lost: 0 };
      known[way] += 1;
      this.#items.set(key.slice(2), known);
    }
  }

  result(): ObjectEffect {
    return {
      object: this.object,
      gained: this.distinct('gained', GAINED),
      lost: this.distinct('lost', LOST),
      people: this.#people,
      items: [...this.#items.values()],
      orphans: this.#orphans,
      unowned: this.groups.filter((_, index) => ((this.#flags[index] ?? 0) & UNCARED) !== 0),
    };
  }

  /** Records to which nothing leads but a right to all of them. */
  private addRest(
    scope: Scope,
    matched: readonly number[],
    touched: readonly number[],
    one: Counts,
    items: Map<string, { item: Item; way: keyof Counts }>,
  ): void {
    if (scope.sameRights) return;
    for (const [kind, total] of this.totals.entries()) {
      const rest = (total ?? 0) - (matched[kind] ?? 0);
      const outcome = this.outcome(scope, kind, scope.before ? ALWAYS : 0, scope.after ? ALWAYS : 0);
      if (rest > 0) note(one, items, outcome, rest);
      if (outcome.read === 0) continue;
      const way = outcome.read > 0 ? 'gained' : 'lost';
      this.#everything[way][kind] = (this.#everything[way][kind] ?? 0) + 1;
      const apart = this.#apart[way];
      for (const index of touched)
        if (this.groups[index]!.kind === kind) apart[index] = (apart[index] ?? 0) + 1;
    }
  }

  private hold(user: string, group: Group, index: number, outcome: Outcome): void {
    const owner = group.ids[this.#owner]?.[0];
    if (owner === user && outcome.heldBefore && !outcome.heldAfter) this.#orphans += group.count;
    if (owner === undefined && outcome.caredBefore && !outcome.caredAfter) this.flag(index, UNCARED);
  }

  /** Records that one person at least gains (loses): each once, however many they are. */
  private distinct(way: keyof Counts, flag: number): number {
    const everything = this.#everything[way];
    const outside = [...this.totals];
    let sum = 0;
    for (const [index, { kind, count }] of this.groups.entries()) {
      outside[kind] = (outside[kind] ?? 0) - count;
      const byAll = (everything[kind] ?? 0) > (this.#apart[way][index] ?? 0);
      if (byAll || ((this.#flags[index] ?? 0) & flag) !== 0) sum += count;
    }
    for (const [kind, count] of outside.entries()) if ((everything[kind] ?? 0) > 0) sum += count ?? 0;
    return sum;
  }

  private flag(index: number, bit: number): void {
    this.#flags[index] = (this.#flags[index] ?? 0) | bit;
  }

  /** Judged once for all who have the same rights and the same ways. */
  private outcome({ before, after }: Scope, kind: number, waysBefore: number, waysAfter: number): Outcome {
    const pair = `${before?.rights.key ?? ''}:${after?.rights.key ?? ''}`;
    let known = this.#outcomes.get(pair);
    if (!known) this.#outcomes.set(pair, (known = new Map()));
    const key = (kind * 2 ** 20 + waysBefore) * 2 ** 20 + waysAfter;
    let outcome = known.get(key);
    if (!outcome) {
      const standing = (side: Side | null, ways: number) => ({
        rights: (side ?? before ?? after)!.on.byParent[kind]!,
        ways,
      });
      outcome = outcomeOf(this.object, standing(before, waysBefore), standing(after, waysAfter));
      known.set(key, outcome);
    }
    return outcome;
  }
}

const GAINED = 1;
const LOST = 2;
const UNCARED = 4;

function note(
  one: Counts,
  items: Map<string, { item: Item; way: keyof Counts }>,
  outcome: Outcome,
  count: number,
): void {
  if (outcome.read > 0) one.gained += count;
  if (outcome.read < 0) one.lost += count;
  for (const item of outcome.gained) items.set(`+ ${item.of} ${item.name}`, { item, way: 'gained' });
  for (const item of outcome.lost) items.set(`- ${item.of} ${item.name}`, { item, way: 'lost' });
}
