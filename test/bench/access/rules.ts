import type { CriteriaJson } from '../../../shared/protocol/index.ts';
import * as who from './people.ts';

const { ids } = who;

export interface MadeRule {
  id: string;
  name: string;
  object: string;
  criteria: string;
  filter: CriteriaJson;
  /** Null: a restriction, from everyone but administrators. */
  to: { kind: 'user' | 'team' | 'role' | 'territory'; id: string; level: 'read' | 'edit' } | null;
}

/** The sharing rules and restrictions of the organisation, each always the same. */
export function rules(): MadeRule[] {
  return Object.entries(who.RULES_ON).flatMap(([object, many], kind) =>
    Array.from({ length: many }, (_, k): MadeRule => {
      const n = 1_000 * kind + k;
      const hides = object === 'ticket' && k >= many - who.RESTRICTIONS;
      return {
        id: ids.of(hides ? 'restriction' : 'sharing_rule', n),
        name: `${hides ? 'Restriction' : 'Rule'} ${n}`,
        object,
        criteria: ids.of('criteria', n),
        filter: hides ? { tags: { has: ids.of('tag', k % who.TAGS) } } : CRITERIA[object as 'ticket'](k),
        to: hides ? null : targetOf(k),
      };
    }),
  );
}

const CRITERIA: Record<keyof typeof who.RULES_ON, (k: number) => CriteriaJson> = {
  ticket: (k) => {
    const [queue, tag] = [ids.of('queue', (3 * k) % who.QUEUES), ids.of('tag', k % who.TAGS)];
    if (k % 4 === 0) return { queue, priority: 'urgent' };
    if (k % 4 === 1) return { tags: { has: tag }, status: { in: ['open', 'pending'] } };
    if (k % 4 === 2)
      return { territory: ids.of('territory', k % who.TERRITORIES), priority: { in: ['urgent', 'high'] } };
    return {
      or: [
        { queue, status: 'open' },
        { tags: { has: tag }, priority: 'high' },
      ],
    };
  },
  deal: (k) =>
    k % 2 === 0
      ? { territory: ids.of('territory', k), stage: { in: ['negotiation', 'proposal'] } }
      : { team: ids.of('team', k), amount: { gte: 15_000 } },
  company: (k) => ({ industry: who.INDUSTRIES[k % who.INDUSTRIES.length] ?? '', country: who.LANDS[k % who.LANDS.length] ?? '' }), // prettier-ignore
};

function targetOf(k: number): NonNullable<MadeRule['to']> {
  const level = k % 3 === 0 ? 'edit' : 'read';
  if (k % 5 === 0) return { kind: 'role', id: who.namedRole(k % 2 === 0 ? 'line' : 'regional'), level };
  if (k % 5 === 1)
    return { kind: 'territory', id: ids.of('territory', who.REGIONS + (k % who.COUNTRIES)), level };
  if (k % 5 === 2) return { kind: 'user', id: ids.of('user', who.AGENTS.from + 11 * k), level };
  return { kind: 'team', id: ids.of('team', (who.SALES_TEAMS + who.QUEUES + k) % who.TEAMS), level };
}
