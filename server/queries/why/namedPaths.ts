import type { Actor, Because, Match } from '../../../shared/access/index.ts';
import type { Fact } from '../../../shared/objects/index.ts';
import type { Held, Named, Path, Through } from '../../../shared/protocol/index.ts';
import type { PolicyName } from '../policyNames.ts';
import {
  holdings,
  managersOf,
  roleNames,
  teamsWorking,
  territoriesAbove,
  territoriesOf,
  titlesAsRead,
  type Holding,
} from './facts.ts';
import { idsIn, nameableRules, policiesIn, policyIdsIn, readableFacts, type Asked } from './known.ts';

/** Somebody, and by which paths something is allowed to them. */
export interface Entitled {
  actor: Actor;
  because: readonly Because[];
}

/**
 * Paths as people read them: with names instead of ids, and of what stands behind them only what the reader may know.
 * In the order of the people.
 */
export async function namedPaths(asked: Asked, people: readonly Entitled[]): Promise<Path[][]> {
  if (people.length === 0) return [];
  const names = await learn(asked, people);
  return people.map(({ actor, because }) => because.map((path) => nameOne(names, actor, path)));
}

/** All that the paths of an answer are made of. */
interface Known {
  facts: ReadonlySet<Fact>;
  policies: ReadonlyMap<string, PolicyName>;
  nameable: ReadonlySet<string>;
  held: ReadonlyMap<string, Holding[]>;
  /** Above the record's owner, from the bottom. */
  managers: readonly string[];
  /** The record's territory and those above it. */
  territories: readonly string[];
  territoriesOf: ReadonlyMap<string, string[]>;
  teamsWorking: ReadonlyMap<string, string[]>;
  titles: ReadonlyMap<string, string>;
}

async function learn(asked: Asked, people: readonly Entitled[]): Promise<Known> {
  const { tx, registry, reader } = asked;
  const paths = people.flatMap(({ because }) => because);
  const users = people.map(({ actor }) => actor.userId);
  const facts = await readableFacts(asked);
  const shown = (fact: Fact): string[] => (facts.has(fact) ? idsIn(paths, fact) : []);

  const policies = await policiesIn(asked, policyIdsIn(paths));
  const nameable = await nameableRules(asked, policyIdsIn(paths));
  const held = new Map<string, Holding[]>();
  for (const one of await holdings(tx, users)) held.set(one.user, [...(held.get(one.user) ?? []), one]);
  const [owner] = shown('owner');
  const managers = owner === undefined ? [] : await managersOf(tx, owner);
  const [territory] = shown('territory');
  const territories = territory === undefined ? [] : await territoriesAbove(tx, territory);
  const working = await teamsWorking(tx, shown('queue'));

  const targets = [...policies.values()].flatMap((policy) => ('to' in policy ? [policy.to] : []));
  const meant = (kind: string) => targets.flatMap((to) => (to.kind === kind ? [to.id] : []));
  const givers = [...policies.values()].flatMap((p) => (p.kind === 'share' && p.by !== null ? [p.by] : []));
  const titles = await titlesAsRead(
    tx,
    reader,
    registry,
    new Map([
      ['user', new Set([...shown('owner'), ...managers, ...givers, ...meant('user')])],
      [
        'team',
        new Set([...shown('team'), ...[...working.values()].flat(), ...meant('team'), ...teamsIn(held)]),
      ],
      ['queue', new Set(shown('queue'))],
      ['territory', new Set([...territories, ...meant('territory')])],
    ]),
  );
  for (const [id, name] of await roleNames(tx, meant('role'))) titles.set(id, name);
  return {
    facts,
    policies,
    nameable,
    held,
    managers,
    territories,
    territoriesOf: territories.length === 0 ? new Map<string, string[]>() : await territoriesOf(tx, users),
    teamsWorking: working,
    titles,
  };
}

const teamsIn = (held: ReadonlyMap<string, Holding[]>): string[] =>
  [...held.values()].flat().flatMap(({ team }) => (team === null ? [] : [team]));

function nameOne(known: Known, actor: Actor, { through = [], ...path }: Because): Path {
  const held = heldBy(known, actor, path.roleId);
  const matches = through.flatMap((match) => matchIn(known, actor, path.way, match));
  return {
    ...path,
    ...(held.length === 0 ? {} : { held }),
    ...(matches.length === 0 ? {} : { through: matches }),
  };
}

const heldBy = (known: Known, { userId }: Actor, role: string): Held[] =>
  (known.held.get(userId) ?? [])
    .filter((one) => one.role === role)
    .map(({ team, ends_at }) => ({ team: team === null ? null : named(known, team), ends_at }));

const named = ({ titles }: Known, id: string): Named => ({ id, name: titles.get(id) ?? null });

function matchIn(known: Known, actor: Actor, way: Because['way'], { fact, ids }: Match): Through[] {
  if (fact === 'policies') return ids.flatMap((id) => policyIn(known, id, way));
  if (!known.facts.has(fact)) return [];
  return ids.flatMap((id): Through[] => {
    switch (fact) {
      case 'owner':
        return way === 'own' ? [{ kind: 'self', as: 'owner' }] : [reportIn(known, actor, id)];
      case 'participants':
        return [{ kind: 'self', as: 'participant' }];
      case 'customer':
        return [{ kind: 'self', as: 'customer' }];
      case 'team':
        return [{ kind: 'team', team: named(known, id) }];
      case 'queue': {
        const teams = (known.teamsWorking.get(id) ?? []).filter((team) => actor.sets.teams.has(team));
        return [{ kind: 'queue', queue: named(known, id), teams: teams.map((team) => named(known, team)) }];
      }
      case 'territory':
        return [territoryIn(known, actor, id)];
    }
  });
}

function reportIn(known: Known, { userId }: Actor, owner: string): Through {
  const end = known.managers.indexOf(userId);
  const between = known.managers.slice(0, end === -1 ? 0 : end);
  return { kind: 'report', owner: named(known, owner), above: between.map((id) => named(known, id)) };
}

function territoryIn(known: Known, { userId }: Actor, id: string): Through {
  const own = known.territoriesOf.get(userId) ?? [];
  const worked = known.territories.find((one) => own.includes(one));
  const under = worked === undefined || worked === id ? null : named(known, worked);
  return { kind: 'territory', territory: named(known, id), under };
}

function policyIn(known: Known, id: string, way: Because['way']): Through[] {
  const policy = known.policies.get(id);
  if (!policy || policy.kind === 'restriction') return [];
  // What is open to edit is open to read as well, and told as what it is.
  if (way === 'shared_edit' && policy.level !== 'edit') return [];
  const to = { ...policy.to, name: known.titles.get(policy.to.id) ?? null };
  if (policy.kind === 'share') {
    const by = policy.by === null ? null : named(known, policy.by);
    return [{ kind: 'share', id: policy.id, by, to, level: policy.level, ends_at: policy.ends_at }];
  }
  const rule = known.nameable.has(id) ? { id: policy.id, name: policy.name } : null;
  return [{ kind: 'rule', rule, to, level: policy.level }];
}
