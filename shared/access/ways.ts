import type { Fact, ReachedAction } from '../objects/index.ts';

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
  /** Territories they work in, and those below. */
  territories: ReadonlySet<string>;
  /** Sharing rules and shares that open records to them, to read at least. */
  shared: ReadonlySet<string>;
  /** Those of them that open records to edit. */
  sharedEdit: ReadonlySet<string>;
  /** Restrictions that hide records from them, whatever else opens these. */
  restrictions: ReadonlySet<string>;
}

/** The sets of somebody who has nothing but themselves, and what is said besides. */
export const actorSets = (self: string, more: Partial<ActorSets> = {}): ActorSets => ({
  self: new Set(self === '' ? [] : [self]),
  reports: new Set(),
  teams: new Set(),
  queues: new Set(),
  territories: new Set(),
  shared: new Set(),
  sharedEdit: new Set(),
  restrictions: new Set(),
  ...more,
});

interface WayDef {
  label: string;
  /** The record's fact that must hold an id of the actor's set; any one pair suffices. `always` needs none. */
  through: 'always' | readonly { fact: Fact; set: keyof ActorSets }[];
  /**
   * For a way that no role names: the actions whose grants, wherever they reach otherwise, reach by it too. Sharing
   * widens which records, never what may be done with them.
   */
  widens?: readonly ReachedAction[];
}

const READING = ['read', 'export', 'read_thread'] as const satisfies readonly ReachedAction[];
/** What editing is. Deleting and handing over stay with those whom a record belongs to. */
const EDITING = ['update', 'reply', 'note'] as const satisfies readonly ReachedAction[];

/**
 * Every way to be entitled to a record. This table is the one description: `decide` interprets it, the SQL reading
 * compiles it, and the audience inverts it. A new way is a line here, the set it needs in `ActorSets` (filled by
 * server/access/loadActor.ts), and the fact it looks at in the registry.
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
  territory: { label: 'Territory', through: [{ fact: 'territory', set: 'territories' }] },
  shared: { label: 'Shared', through: [{ fact: 'policies', set: 'shared' }], widens: READING },
  shared_edit: {
    label: 'Shared to edit',
    through: [{ fact: 'policies', set: 'sharedEdit' }],
    widens: EDITING,
  },
  all: { label: 'All', through: 'always' },
} as const satisfies Record<string, WayDef>;

/** What beats every way: a record that holds an id of this set is hidden. */
export const VETO = { fact: 'policies', set: 'restrictions' } as const satisfies {
  fact: Fact;
  set: keyof ActorSets;
};

export type Way = keyof typeof WAYS;
export const WAY_NAMES = Object.keys(WAYS) as Way[];

/** Ways that a role may name. */
export type GrantedWay = Exclude<Way, 'shared' | 'shared_edit'>;
export const GRANTED_WAYS = WAY_NAMES.filter((way): way is GrantedWay => widenedBy(way).length === 0);

/** Actions whose grants reach by a way without naming it. */
export function widenedBy(way: Way): readonly ReachedAction[] {
  const def: WayDef = WAYS[way];
  return def.widens ?? [];
}

/** A set of ways as bits, in the order of `WAYS`. */
export type WayMask = number;
export const bitOf = (way: Way): WayMask => 1 << WAY_NAMES.indexOf(way);
export const maskOf = (ways: readonly Way[]): WayMask => ways.reduce((mask, way) => mask | bitOf(way), 0);
export const waysIn = (mask: WayMask): Way[] => WAY_NAMES.filter((way) => mask & bitOf(way));
