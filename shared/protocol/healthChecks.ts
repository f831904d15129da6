import { COUNTRIES } from '../lib/countries.ts';
import { DAY_ms } from '../lib/time.ts';

// What is looked for in the data, as data: nothing else knows of a check but its words (client/views/health/words.ts).

export const CHECK_KINDS = ['missing', 'stale', 'invalid', 'orphaned'] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

type Filter = Record<string, unknown>;
type Made = Filter | ((facts: HealthFacts) => Filter);

export interface Check {
  kind: CheckKind;
  object: string;
  /** Which records it looks at; what it finds is a share of these. All of them by default. */
  among?: Made;
  /** Which of those are to be mended. */
  filter: Made;
}

/** What filters are made with. */
export interface HealthFacts {
  /** `YYYY-MM-DD` */
  today: string;
  /** Ids of people who are no longer active. */
  gone: readonly string[];
  /** Pipelines, and their stages in which a deal is won. */
  won: readonly { pipeline: string; stages: readonly string[] }[];
}

const UNMOVED_days = 60;
const WAITING_days = 3;
const FAR_days = 3 * 365;
/** A filter holds 50 comparisons, and each of these takes two. */
const PIPELINES_MAX = 20;

const OPEN_DEALS = { closed_at: null };
const UNSOLVED = { status: { in: ['open', 'pending'] } };
const OWNED_BY_GONE = ({ gone }: HealthFacts) => ({ owner: { in: gone } });
/** Parts of addresses that nobody reads. */
const UNREAD = ['noreply', 'no-reply', 'no_reply', 'donotreply', 'do-not-reply', '@example.', '@test.', '@none.']; // prettier-ignore

const ALL = {
  company_industry: { kind: 'missing', object: 'company', filter: { industry: null } },
  company_country: { kind: 'missing', object: 'company', filter: { country: null } },
  company_website: { kind: 'missing', object: 'company', filter: { website: null } },
  contact_unreachable: { kind: 'missing', object: 'contact', filter: { email: null, phone: null } },
  contact_email: { kind: 'missing', object: 'contact', filter: { email: null } },
  deal_amount: { kind: 'missing', object: 'deal', among: OPEN_DEALS, filter: { amount: null } },
  deal_closing: { kind: 'missing', object: 'deal', among: OPEN_DEALS, filter: { closes_on: null } },
  product_price: { kind: 'missing', object: 'product', filter: { price: null } },
  ticket_contact: { kind: 'missing', object: 'ticket', among: UNSOLVED, filter: { contact: null } },

  deal_unmoved: {
    kind: 'stale',
    object: 'deal',
    among: OPEN_DEALS,
    filter: ({ today }) => ({ stage_since: { lt: momentOf(today, -UNMOVED_days) } }),
  },
  deal_unplanned: { kind: 'stale', object: 'deal', among: OPEN_DEALS, filter: { next_activity_at: null } },
  deal_activity_late: {
    kind: 'stale',
    object: 'deal',
    among: OPEN_DEALS,
    filter: ({ today }) => ({ next_activity_at: { lt: momentOf(today, 0) } }),
  },
  ticket_waiting: {
    kind: 'stale',
    object: 'ticket',
    among: UNSOLVED,
    filter: ({ today }) => ({ waiting_since: { lt: momentOf(today, -WAITING_days) } }),
  },

  company_country_unknown: {
    kind: 'invalid',
    object: 'company',
    among: { country: { empty: false } },
    filter: { country: { nin: COUNTRIES } },
  },
  company_employees: {
    kind: 'invalid',
    object: 'company',
    among: { employees: { empty: false } },
    filter: { employees: { lt: 1 } },
  },
  contact_email_useless: {
    kind: 'invalid',
    object: 'contact',
    among: { email: { empty: false } },
    filter: { or: UNREAD.map((part) => ({ email: { contains: part } })) },
  },
  deal_late: {
    kind: 'invalid',
    object: 'deal',
    among: OPEN_DEALS,
    filter: ({ today }) => ({ closes_on: { lt: today } }),
  },
  deal_far: {
    kind: 'invalid',
    object: 'deal',
    among: OPEN_DEALS,
    filter: ({ today }) => ({ closes_on: { gt: dayOf(today, FAR_days) } }),
  },
  deal_worthless: { kind: 'invalid', object: 'deal', among: OPEN_DEALS, filter: { amount: { lte: 0 } } },

  company_owner: { kind: 'orphaned', object: 'company', filter: { owner: null } },
  contact_owner: { kind: 'orphaned', object: 'contact', filter: { owner: null } },
  deal_owner: { kind: 'orphaned', object: 'deal', among: OPEN_DEALS, filter: { owner: null } },
  company_owner_gone: { kind: 'orphaned', object: 'company', filter: OWNED_BY_GONE },
  contact_owner_gone: { kind: 'orphaned', object: 'contact', filter: OWNED_BY_GONE },
  deal_owner_gone: { kind: 'orphaned', object: 'deal', among: OPEN_DEALS, filter: OWNED_BY_GONE },
  ticket_assignee_gone: {
    kind: 'orphaned',
    object: 'ticket',
    among: UNSOLVED,
    filter: ({ gone }) => ({ assignee: { in: gone } }),
  },
  contact_company: { kind: 'orphaned', object: 'contact', filter: { company: null } },
  deal_company: { kind: 'orphaned', object: 'deal', among: OPEN_DEALS, filter: { company: null } },
  deal_won_company: {
    kind: 'orphaned',
    object: 'deal',
    among: wonDeals,
    filter: { company: null },
  },
} satisfies Record<string, Check>;

export type CheckKey = keyof typeof ALL;
export const CHECKS: Readonly<Record<CheckKey, Check>> = ALL;
export const CHECK_KEYS = Object.keys(ALL) as [CheckKey, ...CheckKey[]];

/** The filters of a check, in the form that every list takes. `among` is undefined where it looks at all records. */
export function filtersOf(check: Check, facts: HealthFacts): { among: Filter | undefined; filter: Filter } {
  const make = (made: Made): Filter => (typeof made === 'function' ? made(facts) : made);
  const among = check.among && make(check.among);
  return { among, filter: among ? { and: [among, make(check.filter)] } : make(check.filter) };
}

/** How two records can be told to be alike: by one field, made plain in a way of its own. */
export interface Likeness {
  field: string;
  /**
   * `organisation`: letters and digits, without the legal form · `name`: letters and digits · `host`: of an address ·
   * `exact`: as it is, in whatever case
   */
  by: 'organisation' | 'name' | 'host' | 'exact';
  /** Only among records that have the same in this field. */
  within?: string;
}

/** What makes records of an object likely duplicates: any of these. */
export const LIKENESSES: Readonly<Record<string, readonly Likeness[]>> = {
  company: [
    { field: 'name', by: 'organisation' },
    { field: 'website', by: 'host' },
  ],
  contact: [
    { field: 'email', by: 'exact' },
    { field: 'name', by: 'name', within: 'company' },
  ],
  product: [
    { field: 'code', by: 'exact' },
    { field: 'name', by: 'name' },
  ],
  user: [
    { field: 'email', by: 'exact' },
    { field: 'name', by: 'name' },
  ],
};

// —— helpers ——

/** A stage's key means something in its pipeline only. */
function wonDeals({ won }: HealthFacts): Filter {
  if (won.length === 0) return { stage: { in: [] } };
  return {
    or: won.slice(0, PIPELINES_MAX).map(({ pipeline, stages }) => ({ pipeline, stage: { in: stages } })),
  };
}

const dayOf = (today: string, days: number): string => momentOf(today, days).slice(0, 10);

/** The beginning of a day so many days from today, in UTC. */
function momentOf(today: string, days: number): string {
  return new Date(Date.parse(`${today}T00:00:00.000Z`) + days * DAY_ms).toISOString();
}
