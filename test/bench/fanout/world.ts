import { actorSets, type Actor, type Image, type Role } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import type { LogEvent } from '../../../server/outbox/log.ts';

// Four teams, eight roles that show different fields, and a few people who see everything: a deal is seen by some 290 of
// 1,000. Everything follows from numbers, so that each process has the same world.

export const registry = new Registry(OBJECTS);
export const DEAL = registry.get('deal');
export const MASKS = 8;
export const TEAMS = 4;
/** Deals of each team that stand on the lists. */
export const LISTED = 40;
/** One in so many sees every deal. */
const SEE_ALL = 18;

const idOf = (kind: number, n: number): string =>
  `01920000-${String(kind).padStart(4, '0')}-7000-8000-${String(n).padStart(12, '0')}`;
export const userId = (n: number): string => idOf(1, n);
export const teamId = (n: number): string => idOf(2, n);
const PIPELINE = idOf(4, 0);

export const maskOf = (n: number): number => n % MASKS;
export const teamOf = (n: number): number => Math.floor(n / MASKS) % TEAMS;
export const seesAll = (n: number): boolean => Math.floor(n / MASKS / TEAMS) % SEE_ALL === 0;
export const sees = (n: number, team: number): boolean => seesAll(n) || teamOf(n) === team;

const right = (shown: number): 'read' | 'hidden' => (shown === 0 ? 'hidden' : 'read');
const role = (mask: number, all: boolean): Role => ({
  id: idOf(3, mask * 2 + (all ? 1 : 0)),
  name: `Role ${mask}`,
  purpose: '',
  grants: { deal: { read: all ? ['all'] : ['own', 'team'], update: ['own'] } },
  fields: {
    deal: { amount: right(mask & 1), discount: right(mask & 2), next_step: right(mask & 4) },
  },
  system: [],
});
const roles = Array.from({ length: MASKS * 2 }, (_, n) => role(Math.floor(n / 2), n % 2 === 1));

export const actorOf = (n: number): Actor => ({
  kind: 'person',
  userId: userId(n),
  sets: actorSets(userId(n), { teams: new Set([teamId(teamOf(n))]) }),
  roles: [must(roles[maskOf(n) * 2 + (seesAll(n) ? 1 : 0)], 'a role')],
  fingerprint: `bench ${n}`,
});

const NOTHING = Object.fromEntries(Object.keys(DEAL.fields).map((name) => [name, null]));
const deal = (id: string, owner: number, stage: string): Image => ({
  ...NOTHING,
  id,
  version: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  deleted_at: null,
  title: `Licences for ${owner + 40} seats, second year`,
  amount: 1_000 + owner,
  pipeline: PIPELINE,
  stage,
  stage_since: '2026-01-01T00:00:00.000Z',
  owner: userId(owner),
  team: teamId(teamOf(owner)),
  participants: [],
  policies: [],
  discount: 5,
  next_step: 'Call',
});

/** Deals on the lists, team by team, and one of each person's own that they have open. */
export interface Deals {
  listed: Image[][];
  own: Image[];
}

export const dealsFor = (people: number): Deals => ({
  listed: Array.from({ length: TEAMS }, (_, team) =>
    Array.from({ length: LISTED }, (_, n) =>
      deal(idOf(5, team * LISTED + n), (n * TEAMS + team) * MASKS + (n % MASKS), 'qualified'),
    ),
  ),
  own: Array.from({ length: people }, (_, n) => deal(idOf(6, n), n, 'proposal')),
});

/** Which teams' deals change in a tick, by the number of the tick: one change for each that is named. */
export const COLUMNS = {
  'one a tick': (tick: number) => [tick % TEAMS],
  '10 a tick, 3 a frame': (tick: number) => Array.from({ length: 10 }, (_, n) => (n + tick) % TEAMS),
  '10 a tick, all to the same': (tick: number) => Array.from({ length: 10 }, () => tick % TEAMS),
} satisfies Record<string, (tick: number) => number[]>;
export type Column = keyof typeof COLUMNS;

/** Changes of listed deals, as the log would tell of them. */
export class Changes {
  readonly #deals: Deals;
  #seq = 0;

  constructor(deals: Deals) {
    this.#deals = deals;
  }

  next(team: number): LogEvent {
    const seq = ++this.#seq;
    const of = must(this.#deals.listed[team], 'a team');
    const at = Math.imul(seq, 2_654_435_761) >>> 16;
    const before = must(of[at % of.length], 'a deal');
    const after: Image = {
      ...before,
      version: before.version + 1,
      title: `Licences for ${40 + (seq % 900)} seats, second year`,
      amount: 1_000 + (seq % 7_000),
      discount: 1 + (seq % 40),
      next_step: `${seq}: ${NOTE}`,
    };
    of[at % of.length] = after;
    return {
      seq,
      outboxId: seq,
      object: 'deal',
      id: after.id,
      version: after.version,
      before,
      after,
      accessSeq: 0,
      actorId: userId(1),
    };
  }
}
const NOTE =
  'They want the price for two years, and for three; their lawyers ask for the contract in both languages, and for ' +
  'the place where the data are kept. Send the revised offer by Thursday, then call Ms Lindqvist, who decides together ' +
  'with purchasing. The pilot ends on the 14th; until then the seats of the second office are to be counted as well.';
