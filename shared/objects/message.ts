import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

// The facts of the ticket, copied by the write path whenever they change there; for the policy only.
const facts = {
  assignee: f.relation('Assignee of the ticket', 'user', { system: true, sensitivity: 'secret' }),
  team: f.relation('Team of the ticket', 'team', { system: true, sensitivity: 'secret' }),
  participants: f.relations('Others on the ticket', 'user', { system: true, sensitivity: 'secret' }),
  queue: f.relation('Queue of the ticket', 'queue', { system: true, sensitivity: 'secret' }),
  customer: f.id('Visitor', { system: true, sensitivity: 'secret' }),
  territory: f.relation('Territory of the ticket', 'territory', { system: true, sensitivity: 'secret' }),
  policies: f.ids('Rules and shares', { system: true, sensitivity: 'secret' }),
};
const factFields = {
  owner: 'assignee',
  team: 'team',
  participants: 'participants',
  queue: 'queue',
  customer: 'customer',
  territory: 'territory',
  policies: 'policies',
};

/** What was said between a customer and us. */
export const message = defineObject({
  name: 'message',
  plural: 'messages',
  label: 'Message',
  labelPlural: 'Messages',
  title: 'body',
  facts: factFields,
  parents: ['ticket'],
  grantedBy: { object: 'ticket', read: ['read_thread', 'reply'], create: 'reply' },
  search: ['body'],
  sort: '-created_at',
  // Every message is kept as it is; there is no history beside it.
  history: false,
  fields: {
    ticket: f.relation('Ticket', 'ticket', { required: true }),
    body: f.longtext('Text', { required: true, max: 10_000 }),
    from: f.choice('From', { customer: 'Customer', us: 'Us' }, { system: true, required: true }),
    author: f.relation('Author', 'user', { system: true }),
    /** By the name the customer knows them by; customers cannot read our people. */
    author_name: f.text('Written by', { system: true, max: 120 }),
    ...facts,
  },
});

/** What we say among ourselves about a ticket. An object of its own, so that nothing of it can come with a message. */
export const note = defineObject({
  name: 'note',
  plural: 'notes',
  label: 'Private note',
  labelPlural: 'Private notes',
  title: 'body',
  facts: factFields,
  parents: ['ticket'],
  grantedBy: { object: 'ticket', read: ['note'], create: 'note' },
  addressed: ['mentions'],
  search: ['body'],
  sort: '-created_at',
  history: false,
  fields: {
    ticket: f.relation('Ticket', 'ticket', { required: true }),
    body: f.longtext('Text', { required: true, max: 10_000 }),
    mentions: f.relations('Mentions', 'user', { max: 20 }),
    author: f.relation('Author', 'user', { system: true }),
    ...facts,
  },
});
