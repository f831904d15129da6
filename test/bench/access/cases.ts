import type { ViewRequest } from '../../../shared/protocol/index.ts';
import * as who from './people.ts';
import { RARE } from './records.ts';

const { ids } = who;
export type Seen = 'ticket' | 'deal' | 'company';

/** Somebody who looks at things, and what they look at. */
export interface Person {
  name: string;
  n: number;
  sees: readonly Seen[];
}

/** One holder of each built-in role, and those whose reach is odd. */
export const PEOPLE: readonly Person[] = [
  { name: 'administrator', n: who.ADMINISTRATOR, sees: ['ticket', 'deal', 'company'] },
  { name: 'sales manager', n: who.SALES_MANAGERS.from, sees: ['deal', 'company'] },
  { name: 'sales representative', n: who.REPRESENTATIVES.from, sees: ['deal', 'company'] },
  { name: 'support manager', n: who.SUPPORT_MANAGERS.from, sees: ['ticket', 'company'] },
  { name: 'support agent', n: who.AGENTS.from + 1, sees: ['ticket', 'company'] },
  { name: 'marketing manager', n: who.MARKETING.from, sees: ['company'] },
  { name: 'data analyst', n: who.ANALYSTS.from, sees: ['ticket', 'deal', 'company'] },
  { name: 'auditor', n: who.AUDITORS.from, sees: ['ticket'] },
  { name: 'delegated administrator', n: who.DELEGATED, sees: ['ticket'] },
  { name: 'by territory', n: who.REGIONAL, sees: ['ticket', 'deal', 'company'] },
  { name: 'most complicated', n: who.COMPLICATED, sees: ['ticket', 'deal', 'company'] },
  { name: 'sees three', n: who.THREE, sees: ['ticket'] },
  { name: 'sees nothing', n: who.NOTHING, sees: ['ticket'] },
];

export interface Case {
  name: string;
  request: ViewRequest;
  /** The page after so many. */
  deep?: number;
}

const PAGE = 50;
const UNDONE = { status: { in: ['open', 'pending'] } };

/** The lists of the console, the board and the companies, less what asks by a field that the person reads nowhere. */
export function casesOf({ n, sees }: Person, reads: (object: string, field: string) => boolean): Case[] {
  const me = ids.of('user', n);
  const queue = ids.of('queue', Math.max(0, (who.teamOf(n) ?? 0) - who.SALES_TEAMS) % who.QUEUES);
  const lists: Record<Seen, Record<string, Omit<ViewRequest, 'object'> & { deep?: number }>> = {
    ticket: {
      all: { filter: UNDONE },
      mine: { filter: { assignee: { in: [me] }, ...UNDONE } },
      unassigned: { filter: { assignee: null, ...UNDONE } },
      mentions: { filter: { mentioned: { has: me }, ...UNDONE } },
      'one queue': { partition: queue, filter: UNDONE },
      'status open': { filter: { status: { in: ['open'] } } },
      'status waiting': { filter: { status: { in: ['pending'] } } },
      'status resolved': { filter: { status: { in: ['resolved'] } } },
      'priority urgent': { filter: { priority: { in: ['urgent'] }, ...UNDONE } },
      'tag common': { filter: { tags: { has: ids.of('tag', 0) }, ...UNDONE } },
      'tag rare': { filter: { tags: { has: ids.of('tag', who.TAGS - 10) }, ...UNDONE } },
      'search common': { filter: UNDONE, q: 'problem' },
      'search rare': { filter: { status: { in: ['open', 'pending', 'resolved'] } }, q: RARE },
      newest: { filter: UNDONE, sort: '-created_at' },
      'newest of everything': { filter: {}, sort: '-created_at' },
      'last message': { filter: UNDONE, sort: '-last_message_at' },
      unfiltered: { filter: {} },
      'page 20': { filter: UNDONE, deep: 20 },
    },
    deal: {
      ...Object.fromEntries(
        who.STAGES.map((stage) => [
          `board ${stage}`,
          { partition: ids.of('pipeline', 0), filter: { stage } },
        ]),
      ),
      'as it comes': {},
      'my own': { filter: { owner: me } },
      'by amount': { sort: '-amount' },
      'amount over': { filter: { amount: { gte: 19_000 } } },
      closing: { filter: { closes_on: { gte: '2026-12-01' } }, sort: 'closes_on' },
      'page 20': { deep: 20 },
    },
    company: {
      'as it comes': {},
      country: { filter: { country: 'DE' } },
      industry: { filter: { industry: 'retail' }, sort: 'city' },
      'search common': { q: 'acme' },
      'page 20': { deep: 20 },
    },
  };
  return sees.flatMap((object) =>
    Object.entries(lists[object])
      .filter(([, { filter, sort }]) =>
        [...Object.keys(filter ?? {}), ...(sort ? [sort.replace('-', '')] : [])].every((field) =>
          reads(object, field),
        ),
      )
      .map(([name, { deep, ...request }]) => ({
        name: `${object}: ${name}`,
        request: { object, ...request, limit: PAGE },
        ...(deep === undefined ? {} : { deep }),
      })),
  );
}
