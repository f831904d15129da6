import type { BuiltInRole } from '../../../server/db/builtInRoles.ts';
import type { RolePolicy } from '../../../shared/access/index.ts';
import { madeIds } from '../made.ts';

// Who is who in the organisation of 5,000: by number, so that the bench, the fillings and others find them.

export const ids = madeIds(['team', 'user', 'territory', 'role', 'queue', 'tag', 'company', 'deal', 'ticket', 'message', 'criteria', 'sharing_rule', 'restriction', 'share', 'pipeline', 'channel', 'assignment'] as const); // prettier-ignore

export const USERS = 5_000;
export const TEAMS = 300;
/** Teams of sales; the others are of support. */
export const SALES_TEAMS = 100;
export const SUPPORT_TEAMS = TEAMS - SALES_TEAMS;
export const TERRITORIES = 200;
/** Of these, so many are at the top, and so many below them; the rest are below those. */
export const REGIONS = 10;
export const COUNTRIES = 40;
export const QUEUES = 150;
export const RULES = 200;
/** Of the rules, those on tickets, deals and companies. */
export const RULES_ON = { ticket: 120, deal: 40, company: 40 } as const;
/** The last of them on tickets hide. */
export const RESTRICTIONS = 5;
export const CUSTOM_ROLES = 42;

/** From which number on, and how many. */
const span = (from: number, many: number) => ({ from, many, until: from + many });
export const SALES_MANAGERS = span(1, SALES_TEAMS);
export const REPRESENTATIVES = span(SALES_MANAGERS.until, 2_400);
export const SUPPORT_MANAGERS = span(REPRESENTATIVES.until, SUPPORT_TEAMS);
/** Eleven a team. */
export const AGENTS = span(SUPPORT_MANAGERS.until, 11 * SUPPORT_TEAMS);
export const MARKETING = span(AGENTS.until, 30);
export const ANALYSTS = span(MARKETING.until, 30);
export const AUDITORS = span(ANALYSTS.until, 19);

export const ADMINISTRATOR = 0;
/** Runs the people of one team of support and those below it, and works there. */
export const DELEGATED = AUDITORS.until;
/** Leads a territory at the top: reads by territory alone. */
export const REGIONAL = DELEGATED + 1;
/** Several roles with different reaches and field rights, shares, rules, and restrictions against them. */
export const COMPLICATED = DELEGATED + 2;
/** Three tickets of all are shared with this person. */
export const THREE = DELEGATED + 3;
/** Nothing is. */
export const NOTHING = DELEGATED + 4;

/** The teams that work a queue: one of its own, and one that works three. */
export const teamsOfQueue = (queue: number): number[] => [
  SALES_TEAMS + queue,
  SALES_TEAMS + QUEUES + (queue % (SUPPORT_TEAMS - QUEUES)),
];

/** Home team of a person; null: none. */
export function teamOf(n: number): number | null {
  if (n === ADMINISTRATOR) return null;
  if (n < REPRESENTATIVES.until) return (n - 1) % SALES_TEAMS;
  if (n < AGENTS.until) return SALES_TEAMS + ((n - SUPPORT_MANAGERS.from) % SUPPORT_TEAMS);
  if (n === DELEGATED || n === COMPLICATED) return SALES_TEAMS + QUEUES;
  return null;
}

/** Who is above a person; null: nobody. */
export function managerOf(n: number): number | null {
  if (n < SALES_MANAGERS.from) return null;
  if (n < SALES_MANAGERS.until) return ADMINISTRATOR;
  if (n < REPRESENTATIVES.until) return SALES_MANAGERS.from + ((n - 1) % SALES_TEAMS);
  // The complicated one leads ten managers of support, and so their agents.
  if (n < SUPPORT_MANAGERS.until) return n < SUPPORT_MANAGERS.from + 10 ? COMPLICATED : ADMINISTRATOR;
  if (n < AGENTS.until) return SUPPORT_MANAGERS.from + ((n - SUPPORT_MANAGERS.from) % SUPPORT_TEAMS);
  return null;
}

/** Roles beside the built-in ones; the rest up to `CUSTOM_ROLES` are like `OWN_ONLY`. */
export const NAMED_ROLES = {
  own_only: {
    name: 'Named tickets',
    purpose: 'Tickets they are named on.',
    grants: { ticket: { read: ['own'] } },
    fields: {},
    system: [],
  },
  regional: {
    name: 'Regional lead',
    purpose: 'All that belongs to their territories.',
    grants: {
      company: { read: ['territory'], export: ['territory'] },
      deal: { read: ['territory'], export: ['territory'] },
      ticket: { read: ['territory'], export: ['territory'], read_thread: ['territory'] },
    },
    fields: { deal: { amount: 'read' } },
    system: [],
  },
  delegated: {
    name: 'Team administrator',
    purpose: 'Runs the people of a team.',
    grants: {},
    fields: {},
    system: ['manage_users'],
  },
  line: {
    name: 'Line manager',
    purpose: 'What their people work at, with the addresses.',
    grants: {
      ticket: { read: ['own', 'reports'], update: ['own', 'reports'], export: ['reports'] },
      deal: { read: ['own', 'reports'] },
    },
    fields: { ticket: { customer_email: 'edit' }, deal: { amount: 'edit' } },
    system: [],
  },
  region_without_names: {
    name: 'Region without names',
    purpose: 'The tickets and deals of their territories, without names and amounts.',
    grants: { ticket: { read: ['territory'] }, deal: { read: ['territory', 'team'] } },
    fields: { ticket: { customer_name: 'hidden' }, deal: { amount: 'hidden' } },
    system: [],
  },
} as const satisfies Record<string, unknown> & Record<string, RolePolicy>;
export type NamedRole = keyof typeof NAMED_ROLES;
export const namedRole = (name: NamedRole): string => ids.of('role', Object.keys(NAMED_ROLES).indexOf(name));

/** Roles given to a person directly. */
export function rolesOf(n: number): (BuiltInRole | NamedRole)[] {
  if (n === ADMINISTRATOR) return ['administrator'];
  if (n < SALES_MANAGERS.until) return ['sales_manager'];
  if (n < REPRESENTATIVES.until) return ['sales_representative'];
  if (n < SUPPORT_MANAGERS.until) return ['support_manager'];
  if (n < AGENTS.until) return ['support_agent'];
  if (n < MARKETING.until) return ['marketing_manager'];
  if (n < ANALYSTS.until) return ['data_analyst'];
  if (n < AUDITORS.until) return ['auditor'];
  if (n === DELEGATED) return ['support_agent', 'delegated'];
  if (n === REGIONAL) return ['regional'];
  if (n === COMPLICATED)
    return ['support_agent', 'sales_representative', 'line', 'region_without_names', 'own_only'];
  return ['own_only'];
}

export const TAGS = 40;
export const STAGES = ['qualified', 'proposal', 'negotiation', 'won', 'lost'] as const;
export const INDUSTRIES = ['software', 'retail', 'health', 'finance', 'energy'] as const;
export const LANDS = ['DE', 'FR', 'PL', 'NO', 'US', 'CN', 'ES', 'AT'] as const;
