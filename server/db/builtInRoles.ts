import { SYSTEM_PERMISSIONS, type GrantedWay, type RolePolicy } from '../../shared/access/index.ts';

/** The keys that the program knows the built-in roles by. */
export const BUILT_IN_ROLES = ['administrator', 'sales_manager', 'sales_representative', 'support_manager', 'support_agent', 'marketing_manager', 'data_analyst', 'auditor'] as const; // prettier-ignore
export type BuiltInRole = (typeof BUILT_IN_ROLES)[number];

/** The same id in every installation. */
export const builtInRoleId = (key: BuiltInRole): string =>
  `00000000-0000-7000-8000-${String(BUILT_IN_ROLES.indexOf(key) + 1).padStart(12, '0')}`;

const ALL: GrantedWay[] = ['all'];
const OWN: GrantedWay[] = ['own'];
const TEAM: GrantedWay[] = ['own', 'team'];
const LED: GrantedWay[] = ['own', 'reports', 'team'];
const KEEPS = { read: ALL, create: true, update: ALL, delete: ALL, export: ALL };
const EVERYTHING = { ...KEEPS, assign: ALL };
/** All that is done with tickets, as far as they reach. */
const works = (reach: GrantedWay[]) => ({
  read: reach,
  create: true,
  update: reach,
  assign: reach,
  read_thread: reach,
  reply: reach,
  note: reach,
});

/** What comes with the product. Fields not named follow their sensitivity: normal ones the grant, others hidden. */
export const BUILT_IN_POLICIES: Record<BuiltInRole, RolePolicy> = {
  administrator: {
    name: 'Administrator',
    purpose: 'Runs Rolecall: people, roles and settings, and all data. Everything done is audited.',
    grants: {
      user: KEEPS,
      team: KEEPS,
      territory: KEEPS,
      pipeline: KEEPS,
      company: EVERYTHING,
      contact: EVERYTHING,
      product: EVERYTHING,
      deal: EVERYTHING,
      activity: KEEPS,
      queue: KEEPS,
      channel: KEEPS,
      tag: KEEPS,
      ticket: { ...works(ALL), delete: ALL, export: ALL },
      session: { read: ALL },
      import: { read: ALL },
    },
    fields: {
      company: { phone: 'edit', revenue: 'edit' },
      contact: { email: 'edit', phone: 'edit' },
      product: { price: 'edit' },
      deal: { amount: 'edit', discount: 'edit', margin: 'edit' },
      ticket: { customer_email: 'edit' },
    },
    system: [...SYSTEM_PERMISSIONS],
  },
  sales_manager: {
    name: 'Sales manager',
    purpose:
      'Leads sales people: their deals and those of the team, reassignment, discounts and margins, products.',
    grants: {
      company: { read: ALL, create: true, update: LED, delete: LED, assign: LED, export: LED },
      contact: { read: ALL, create: true, update: LED, delete: LED, assign: LED, export: LED },
      product: { read: ALL, create: true, update: ALL },
      deal: { read: LED, create: true, update: LED, delete: LED, assign: LED, export: LED },
      activity: { read: ALL, create: true, update: LED, delete: LED },
    },
    fields: {
      company: { phone: 'edit', revenue: 'edit' },
      contact: { email: 'edit', phone: 'edit' },
      product: { price: 'edit' },
      deal: { amount: 'edit', discount: 'edit', margin: 'edit' },
    },
    system: [],
  },
  sales_representative: {
    name: 'Sales representative',
    purpose:
      'Sells: own deals, the companies and contacts of the team, products. No export, no reassignment.',
    grants: {
      company: { read: TEAM, create: true, update: OWN, delete: OWN },
      contact: { read: TEAM, create: true, update: OWN, delete: OWN },
      product: { read: ALL },
      deal: { read: OWN, create: true, update: OWN, delete: OWN },
      activity: { read: ALL, create: true, update: OWN, delete: OWN },
    },
    fields: {
      company: { phone: 'edit', revenue: 'read' },
      contact: { email: 'edit', phone: 'edit' },
      product: { price: 'read' },
      deal: { amount: 'edit', discount: 'read' },
    },
    system: [],
  },
  support_manager: {
    name: 'Support manager',
    purpose:
      'Leads support: all tickets of the queues of their teams, companies and contacts. No prices, no deals.',
    grants: {
      company: { read: ALL, create: true, update: ALL },
      contact: { read: ALL, create: true, update: ALL, delete: LED, assign: LED },
      product: { read: ALL },
      activity: { read: ALL, create: true, update: LED, delete: LED },
      ticket: { ...works(LED), delete: LED, export: LED },
      channel: { update: ALL },
      tag: { create: true, update: ALL, delete: ALL },
    },
    fields: {
      company: { phone: 'edit' },
      contact: { email: 'edit', phone: 'edit' },
      ticket: { customer_email: 'edit' },
    },
    system: [],
  },
  support_agent: {
    name: 'Support agent',
    purpose:
      'Helps customers: works the tickets of their queues, reads companies and contacts. No prices, no deals.',
    grants: {
      company: { read: ALL },
      contact: { read: ALL, update: ALL },
      product: { read: ALL },
      activity: { read: ALL, create: true, update: OWN },
      ticket: works(TEAM),
      tag: { create: true },
    },
    fields: {
      ticket: { customer_email: 'edit', external_id: 'read' },
      company: { phone: 'read' },
      contact: {
        name: 'read',
        job_title: 'read',
        company: 'read',
        about: 'read',
        email: 'edit',
        phone: 'edit',
        external_id: 'read',
      },
    },
    system: [],
  },
  marketing_manager: {
    name: 'Marketing manager',
    purpose: 'Runs campaigns: all companies and contacts, and what is said of products. No deals, no prices.',
    grants: {
      company: { read: ALL, create: true, update: ALL, export: ALL },
      contact: { read: ALL, create: true, update: ALL, export: ALL },
      product: { read: ALL, create: true, update: ALL },
      activity: { read: ALL, create: true, update: OWN },
    },
    fields: { company: { phone: 'read', revenue: 'read' }, contact: { email: 'edit', phone: 'read' } },
    system: ['import'],
  },
  data_analyst: {
    name: 'Data analyst',
    purpose: 'Reads the figures of the whole business. No personal data, no changes.',
    grants: {
      company: { read: ALL, export: ALL },
      contact: { read: ALL },
      product: { read: ALL, export: ALL },
      deal: { read: ALL, export: ALL },
      activity: { read: ALL },
      ticket: { read: ALL, export: ALL },
    },
    fields: {
      company: { revenue: 'read' },
      // Who asks, and the subject they gave it, may be anything personal.
      ticket: { subject: 'hidden', customer_name: 'hidden' },
      // An id elsewhere leads to the person as surely as a name.
      contact: { about: 'hidden', external_id: 'hidden' },
      product: { price: 'read' },
      deal: { amount: 'read', discount: 'read', margin: 'read' },
      // What people wrote may hold anything.
      activity: { body: 'hidden' },
    },
    system: [],
  },
  auditor: {
    name: 'Auditor',
    purpose: 'Checks access: roles, sessions and the audit log. No customer data, no changes.',
    grants: { session: { read: ALL } },
    fields: {},
    system: ['read_audit'],
  },
};
