import type { AnySql, Fragment } from '../../../server/db/fragments.ts';
import type { ViewRequest } from '../../../shared/protocol/index.ts';
import type { Scope } from './plain.ts';
import {
  ADMINISTRATOR,
  agent,
  ANALYST,
  idOf,
  manager,
  officeOf,
  OFFICES,
  queuesOf,
  RARE,
  STAGES,
  supportAgent,
  TWO_ROLES,
} from './world.ts';

/** Somebody who looks at things, and what they look at. */
export interface Person {
  name: string;
  id: string;
  scope: Scope;
  /** A field that differs from row to row: no plain statement tells the same rows by it, so only times are compared. */
  perRow?: string;
  sees: readonly ('board' | 'console' | 'deal' | 'company' | 'contact' | 'ticket')[];
}

export const PEOPLE: Person[] = [
  {
    name: 'administrator',
    id: idOf('user', ADMINISTRATOR),
    scope: () => null,
    sees: ['board', 'console', 'deal', 'company', 'contact', 'ticket'],
  },
  {
    name: 'manager',
    id: idOf('user', manager(0)),
    scope: office(manager(0), ['deal']),
    sees: ['board', 'deal'],
  },
  {
    name: 'representative',
    id: idOf('user', agent(0)),
    scope: (sql, object) =>
      object === 'deal'
        ? sql`r.owner_id = ${idOf('user', agent(0))}`
        : office(agent(0), ['company', 'contact'])(sql, object),
    sees: ['board', 'deal', 'company', 'contact'],
  },
  {
    name: 'support agent',
    id: idOf('user', supportAgent(0)),
    scope: (sql, object) =>
      object === 'ticket'
        ? sql`r.queue_id = any (${queuesOf(0).map((n) => idOf('queue', n))}::uuid[])`
        : null,
    sees: ['console', 'ticket'],
  },
  { name: 'analyst', id: idOf('user', ANALYST), scope: () => null, sees: ['board', 'deal', 'ticket'] },
  {
    name: 'two roles',
    id: idOf('user', TWO_ROLES),
    scope: () => null,
    perRow: 'amount',
    sees: ['board', 'deal'],
  },
];

function office(person: number, objects: readonly string[]): Scope {
  return (sql: AnySql, object: string): Fragment | null =>
    objects.includes(object) ? sql`r.team_id = ${idOf('team', officeOf(person) % OFFICES)}` : null;
}

export interface Case {
  name: string;
  /** What must be met: `open` a screen as a whole; `list` one list, its rows alone or with its totals. */
  kind: 'open' | 'list';
  /** `deep`: the page after so many. */
  deep?: number;
  requests: ViewRequest[];
}

const PAGE = 50;
const PIPELINE = { object: 'deal', partition: idOf('pipeline', 0) };
const UNDONE = { status: { in: ['open', 'pending'] } };

/** All that is measured for somebody, who reads the fields named by `reads`. */
export function casesOf({ id, sees }: Person, reads: (object: string, field: string) => boolean): Case[] {
  const list = (name: string, request: ViewRequest, deep?: number): Case => ({
    name: `${request.object} ${name}`,
    kind: 'list',
    requests: [{ ...request, limit: PAGE }],
    ...(deep === undefined ? {} : { deep }),
  });
  const tests = (object: string, filters: Record<string, Record<string, unknown>>): Case[] =>
    Object.entries(filters)
      .filter(([, filter]) => Object.keys(filter).every((field) => field === 'or' || reads(object, field)))
      .map(([name, filter]) => list(`filter ${name}`, { object, filter }));
  const sorts = (object: string, fields: readonly string[]): Case[] =>
    fields
      .filter((field) => reads(object, field))
      .flatMap((field) =>
        ['', '-'].map((sign) => list(`sort ${sign}${field}`, { object, sort: `${sign}${field}` })),
      );
  const searches = (object: string, words: Record<string, string>): Case[] =>
    Object.entries(words).map(([name, q]) => list(`search ${name}`, { object, q }));

  const what: Record<Person['sees'][number], () => Case[]> = {
    board: () => [
      {
        name: 'open the board',
        kind: 'open',
        requests: [
          { ...PIPELINE, limit: 1 },
          ...STAGES.filter((stage) => stage !== 'lost').map((stage) => ({
            ...PIPELINE, filter: { stage }, limit: PAGE, ...COLUMN,
          })), // prettier-ignore
        ],
      },
    ],
    console: () => [
      {
        name: 'open the console',
        kind: 'open',
        requests: [
          { object: 'ticket', filter: { assignee: { in: [id] }, ...UNDONE }, limit: PAGE },
          { object: 'queue', limit: 200 },
          { object: 'tag', limit: 200 },
          ...[{ assignee: { in: [id] } }, { assignee: null }, {}, { mentioned: { has: id } }].map((tab) => ({
            object: 'ticket',
            filter: { ...tab, ...UNDONE },
            limit: 1,
          })),
        ],
      },
    ],
    deal: () => [
      list('as it comes', PIPELINE),
      ...tests('deal', {
        owner: { owner: idOf('user', agent(0)) },
        company: { company: idOf('company', 7) },
        stage: { stage: { in: ['qualified', 'proposal'] } },
        amount: { amount: { gte: 19_000 } },
        'amount empty': { amount: null },
        closes: { closes_on: { gte: '2026-12-01', lte: '2026-12-31' } },
        'closes empty': { closes_on: null },
        'title contains': { title: { contains: 'zephyr' } },
        or: { or: [{ stage: 'won', amount: { gt: 15_000 } }, { source: 'fair' }] },
      }),
      ...sorts('deal', ['title', 'amount', 'closes_on', 'stage_since']),
      ...searches('deal', {
        common: 'gtx', rare: RARE.word, absent: 'nowhere', 'two letters': 'zy', 'one letter': 'x', cjk: RARE.cjk, signs: RARE.sign, percent: '%',
      }), // prettier-ignore
      list('page 20', PIPELINE, 20),
      list('page 20 by title', { object: 'deal', sort: 'title' }, 20),
      ...(reads('deal', 'amount')
        ? [list('page 20 by -amount', { object: 'deal', sort: '-amount' }, 20)]
        : []),
    ],
    company: () => [
      list('as it comes', { object: 'company' }),
      ...tests('company', {
        industry: { industry: 'retail' },
        country: { country: 'DE' },
        city: { city: { contains: 'ber' } },
      }),
      ...sorts('company', ['name', 'industry', 'city', 'country', 'employees']),
      ...searches('company', { common: 'acme', absent: 'nowhere', 'two letters': 'ac' }),
    ],
    contact: () => [
      list('as it comes', { object: 'contact' }),
      ...tests('contact', { company: { company: idOf('company', 7) }, language: { language: 'fr' } }),
      ...sorts('contact', ['name', 'job_title', 'email', 'phone']),
      ...searches('contact', {
        common: 'tanaka',
        rare: 'contact77@',
        absent: 'nowhere',
        'two letters': 'xu',
      }),
      list('page 20', { object: 'contact' }, 20),
    ],
    ticket: () => [
      list('as it comes', { object: 'ticket', filter: UNDONE }),
      ...tests('ticket', {
        queue: { queue: idOf('queue', 1), ...UNDONE },
        status: { status: 'resolved' },
        priority: { priority: { in: ['urgent'] }, ...UNDONE },
        tag: { tags: { has: idOf('tag', 3) } },
        assignee: { assignee: idOf('user', supportAgent(0)) },
        unassigned: { assignee: null, ...UNDONE },
        email: { customer_email: 'customer77@example.com' },
      }),
      ...sorts('ticket', ['place', 'created_at', 'last_message_at']),
      ...searches('ticket', {
        common: 'problem',
        rare: RARE.word,
        absent: 'nowhere',
        'two letters': 'xu',
        cjk: RARE.cjk,
      }),
      list('page 20', { object: 'ticket', filter: UNDONE }, 20),
    ],
  };
  return sees.flatMap((screen) => what[screen]());
}

/** What a column of the board asks for beside its rows. */
const COLUMN = { totals: false };
