import {
  bitOf,
  possible,
  VETO,
  WAY_NAMES,
  WAYS,
  type Actor,
  type ActorSets,
  type WayMask,
} from '../../../shared/access/index.ts';
import { FACTS, type Fact, type ObjectDef } from '../../../shared/objects/index.ts';
import type { Rights, RightsBook, RightsOn } from './book.ts';
import { ALWAYS } from './matcher.ts';

/** Somebody as they are and as they would be; null where they are not active. */
export interface Pair {
  user: string;
  before: Actor | null;
  after: Actor | null;
}

/** What has to be looked at to know what changes for somebody on one object. */
export interface Scope {
  before: Side | null;
  after: Side | null;
  /** The rights are the same, and only ids differ: then records that hold none of these are as before. */
  sameRights: boolean;
  /** Of what comes and goes nothing is told, only of what would be nobody's. */
  quiet: boolean;
}
/** Ids by which records are told from all others. */
export type Ids = Map<Fact, Set<string>>;
export interface Side {
  actor: Actor;
  rights: Rights;
  on: RightsOn;
}

/** Whether a record of this object is somebody's to take care of. */
export const isHeld = ({ facts, fields, parents }: ObjectDef): boolean =>
  parents.length === 0 && fields[facts.owner ?? '']?.assigns === true;

/** Whether they have other rights afterwards; what a role is called makes none. */
export function isChanged(book: RightsBook, { before, after }: Pair): boolean {
  if (before === null || after === null) return before !== after;
  if (book.of(before).key !== book.of(after).key) return true;
  const names = Object.keys(before.sets) as (keyof ActorSets)[];
  return names.some((name) => inOneOf(before.sets[name], after.sets[name]).length > 0);
}

/**
 * Null: nothing changes for them on this object. Adds to `ids` those by which records are found for which something may:
 * where only ids differ these, else all that decide.
 */
export function scopeOf(
  book: RightsBook,
  { before, after }: Pair,
  object: ObjectDef,
  ids: Ids,
): Scope | null {
  // What everyone signed in may read comes and goes with being here at all; but what they own is left behind.
  const quiet = (before === null || after === null) && isForAll(before ?? after, object);
  if (quiet && !isHeld(object)) return null;
  const [was, is] = [sideOf(book, before, object), sideOf(book, after, object)];
  if (!(was && isEverRead(was.on)) && !(is && isEverRead(is.on))) return null;
  const sameRights = was !== null && is !== null && was.on.text === is.on.text;
  if (sameRights && before?.sets === after?.sets) return null;
  const decisive = (was?.on.decisive ?? 0) | (is?.on.decisive ?? 0) | (isHeld(object) ? bitOf('own') : 0);
  let any = false;
  for (const { fact, set } of throughs(object, decisive & ~ALWAYS)) {
    const [had, has] = [before?.sets[set] ?? NONE, after?.sets[set] ?? NONE];
    const sides = had === has ? [had] : [had, has];
    for (const id of sameRights ? inOneOf(had, has) : sides.flatMap((side) => [...side])) {
      any = true;
      const known = ids.get(fact);
      if (known) known.add(id);
      else ids.set(fact, new Set([id]));
    }
  }
  return sameRights && !any ? null : { before: was, after: is, sameRights, quiet };
}

/** What has to be looked at where somebody stays as they are, and records move; null: they read none of them ever. */
export function scopeOfMoves(book: RightsBook, actor: Actor, object: ObjectDef): Scope | null {
  const side = sideOf(book, actor, object);
  return side && isEverRead(side.on) ? { before: side, after: side, sameRights: true, quiet: false } : null;
}

/** The facts that tell records of this object apart for people; a customer is none of ours. */
export const factsOf = (object: ObjectDef): Fact[] =>
  FACTS.filter((fact) => fact !== 'customer' && object.facts[fact] !== undefined);

const isForAll = (actor: Actor | null, { baseline, name }: ObjectDef): boolean =>
  baseline !== 'private' || actor?.open?.[name] !== undefined;

function sideOf(book: RightsBook, actor: Actor | null, object: ObjectDef): Side | null {
  if (actor === null) return null;
  const rights = book.of(actor);
  return { actor, rights, on: book.on(rights, object) };
}

const isEverRead = ({ byParent }: RightsOn): boolean =>
  byParent.some(({ actions }) => possible(actions.read));

interface Through {
  fact: Fact;
  set: keyof ActorSets;
}
const known = new WeakMap<ObjectDef, Map<WayMask, readonly Through[]>>();

/** The pairs of fact and set by which any of these ways, or a restriction, finds a record. */
function throughs(object: ObjectDef, ways: WayMask): readonly Through[] {
  let byWays = known.get(object);
  if (!byWays) known.set(object, (byWays = new Map()));
  let list = byWays.get(ways);
  if (!list) {
    const named = WAY_NAMES.filter((way) => ways & bitOf(way)).flatMap((way): readonly Through[] => {
      const { through } = WAYS[way];
      return through === 'always' ? [] : through;
    });
    const facts = factsOf(object);
    byWays.set(ways, (list = [...named, VETO].filter(({ fact }) => facts.includes(fact))));
  }
  return list;
}

const NONE: ReadonlySet<string> = new Set();

const inOneOf = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [
  ...[...a].filter((id) => !b.has(id)),
  ...[...b].filter((id) => !a.has(id)),
];
