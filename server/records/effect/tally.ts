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
  /** Those and the people who get or lose something else. */
  concerned: ReadonlySet<string>;
  /** What people get or lose beside reading. */
  items: readonly { item: Item; gained: number; lost: number }[];
  /** Records whose owner could not keep them. */
  orphans: number;
  /** Records of nobody of which somebody could not take care any more: orphans, unless somebody else can. */
  unowned: readonly Group[];
}

/**
 * Adds up what changes for these people on an object's groups. `totals` are all of its records, by kind of parent: those
 * in no group are reached, if at all, by whoever reaches everything. `moved`: what each group is to become, where the
 * records change and not the people.
 */
export async function tally(
  object: ObjectDef,
  scopes: ReadonlyMap<string, Scope>,
  {
    groups,
    totals,
    moved = groups,
  }: { groups: readonly Group[]; totals: readonly number[]; moved?: readonly Group[] },
  watch: Watch,
): Promise<ObjectEffect> {
  const sums = new Sums(object, groups, totals);
  const now = new Matcher(factsOf(object), groups);
  const later = moved === groups ? now : new Matcher(factsOf(object), moved);
  for (const [user, scope] of scopes) {
    if (watch.isOver()) break;
    await watch.rest();
    sums.add(user, scope, { now, later });
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
  readonly #concerned = new Set<string>();
  readonly #items = new Map<Item, { item: Item; gained: number; lost: number }>();
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

  add(user: string, scope: Scope, { now, later }: { now: Matcher; later: Matcher }): void {
    const touched: number[] = [];
    if (scope.before) now.mark(scope.before.actor, this.#before, touched, this.#seen);
    if (scope.after) later.mark(scope.after.actor, this.#after, touched, this.#seen);
    const judged = this.judgedFor(scope);
    const one: Counts = { gained: 0, lost: 0 };
    const outcomes = new Set<Outcome>();
    const matched: number[] = [];
    for (const index of touched) {
      const group = this.groups[index]!;
      matched[group.kind] = (matched[group.kind] ?? 0) + group.count;
      const before = scope.before ? waysOn(this.#before[index] ?? 0) : 0;
      const after = scope.after ? waysOn(this.#after[index] ?? 0) : 0;
      if (scope.sameRights && before === after) continue;
      const outcome = judged(group.kind, before, after);
      if (!scope.quiet) {
        outcomes.add(outcome);
        count(one, outcome, group.count);
        if (outcome.read !== 0) this.flag(index, outcome.read > 0 ? GAINED : LOST);
      }
      if (group.open && this.#owner >= 0) this.hold(user, group, index, outcome);
    }
    if (!scope.sameRights && !scope.quiet) this.addRest(scope, { judged, matched, touched, one, outcomes });
    for (const index of touched) this.#before[index] = this.#after[index] = this.#seen[index] = 0;
    if (one.gained + one.lost > 0) this.#people.set(user, one);
    if (this.addItems(outcomes) || one.gained + one.lost > 0) this.#concerned.add(user);
  }

  result(): ObjectEffect {
    return {
      object: this.object,
      gained: this.distinct('gained', GAINED),
      lost: this.distinct('lost', LOST),
      people: this.#people,
      concerned: this.#concerned,
      items: [...this.#items.values()],
      orphans: this.#orphans,
      unowned: this.groups.filter((_, index) => ((this.#flags[index] ?? 0) & UNCARED) !== 0),
    };
  }

  /** Records to which nothing leads but a right to all of them. */
  private addRest(
    scope: Scope,
    {
      judged,
      matched,
      touched,
      one,
      outcomes,
    }: {
      judged: Judge;
      matched: readonly number[];
      touched: readonly number[];
      one: Counts;
      outcomes: Set<Outcome>;
    },
  ): void {
    for (const [kind, total] of this.totals.entries()) {
      const rest = (total ?? 0) - (matched[kind] ?? 0);
      const outcome = judged(kind, scope.before ? ALWAYS : 0, scope.after ? ALWAYS : 0);
      if (rest > 0) {
        count(one, outcome, rest);
        outcomes.add(outcome);
      }
      if (outcome.read === 0) continue;
      const way = outcome.read > 0 ? 'gained' : 'lost';
      this.#everything[way][kind] = (this.#everything[way][kind] ?? 0) + 1;
      const apart = this.#apart[way];
      for (const index of touched)
        if (this.groups[index]!.kind === kind) apart[index] = (apart[index] ?? 0) + 1;
    }
  }

  /** One person, however many records make them get or lose it. Answers whether there was any. */
  private addItems(outcomes: ReadonlySet<Outcome>): boolean {
    let any = false;
    for (const way of ['gained', 'lost'] as const) {
      const items = new Set([...outcomes].flatMap((outcome) => outcome[way]));
      any ||= items.size > 0;
      for (const item of items) {
        const known = this.#items.get(item) ?? { item, gained: 0, lost: 0 };
        known[way] += 1;
        this.#items.set(item, known);
      }
    }
    return any;
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
  private judgedFor({ before, after }: Scope): Judge {
    const pair = `${before?.rights.key ?? ''}:${after?.rights.key ?? ''}`;
    const known = this.#outcomes.get(pair) ?? new Map<number, Outcome>();
    this.#outcomes.set(pair, known);
    const standing = (side: Side | null, kind: number, ways: number) => ({
      rights: (side ?? before ?? after)!.on.byParent[kind]!,
      ways,
    });
    return (kind, waysBefore, waysAfter) => {
      const key = (kind * 2 ** 20 + waysBefore) * 2 ** 20 + waysAfter;
      let outcome = known.get(key);
      if (!outcome) {
        outcome = outcomeOf(
          this.object,
          standing(before, kind, waysBefore),
          standing(after, kind, waysAfter),
        );
        known.set(key, outcome);
      }
      return outcome;
    };
  }
}

/** What becomes of records that somebody reaches by these ways, before and after. */
type Judge = (kind: number, before: number, after: number) => Outcome;

const GAINED = 1;
const LOST = 2;
const UNCARED = 4;

function count(one: Counts, { read }: Outcome, records: number): void {
  if (read > 0) one.gained += records;
  if (read < 0) one.lost += records;
}
