import type { Fact } from '../objects/index.ts';

/** Sets of ids that a person brings along; loaded once with their rights. */
export interface ActorSets {
  /** Just the person. */
  self: ReadonlySet<string>;
  /** Everyone below them in the management tree, at any depth. */
  reports: ReadonlySet<string>;
  /** Teams they belong to. */
  teams: ReadonlySet<string>;
  /** Queues that these teams work. */
  queues: ReadonlySet<string>;
}

interface WayDef {
  label: string;
  /** The record's fact that must hold an id of the actor's set; any one pair suffices. `always` needs none. */
  through: 'always' | readonly { fact: Fact; set: keyof ActorSets }[];
}

/**
 * Every way to be entitled to a record. This table is the one description: `decide` interprets it, the SQL reading
 * compiles it, and the audience inverts it. A new way (territory, share, rule) is a line here, the set it needs in
 * `ActorSets` (filled by server/access/loadActor.ts), and the fact it looks at in the registry.
 */
export const WAYS = {
  own: {
    label: 'Own',
    through: [
      { fact: 'owner', set: 'self' },
      { fact: 'participants', set: 'self' },
      { fact: 'customer', set: 'self' },
    ],
  },
  reports: { label: 'Reports', through: [{ fact: 'owner', set: 'reports' }] },
  team: {
    label: 'Team',
    through: [
      { fact: 'team', set: 'teams' },
      { fact: 'queue', set: 'queues' },
    ],
  },
  all: { label: 'All', through: 'always' },
} as const satisfies Record<string, WayDef>;

export type Way = keyof typeof WAYS;
export const WAY_NAMES = Object.keys(WAYS) as Way[];

/** A set of ways as bits, in the order of `WAYS`. */
export type WayMask = number;
export const bitOf = (way: Way): WayMask => 1 << WAY_NAMES.indexOf(way);
export const maskOf = (ways: readonly Way[]): WayMask => ways.reduce((mask, way) => mask | bitOf(way), 0);
export const waysIn = (mask: WayMask): Way[] => WAY_NAMES.filter((way) => mask & bitOf(way));
