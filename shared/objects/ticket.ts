import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/**
 * What a customer wants, in a queue. It belongs to its assignee, to the teams that work its queue, to the team it was
 * given to, and to the customer who wrote it. What was said is in its messages, what only we say in its notes.
 */
export const ticket = defineObject({
  name: 'ticket',
  plural: 'tickets',
  label: 'Ticket',
  labelPlural: 'Tickets',
  title: 'subject',
  actions: ['read_thread', 'reply', 'note'],
  facts: {
    owner: 'assignee',
    team: 'team',
    participants: 'participants',
    queue: 'queue',
    customer: 'customer',
    territory: 'territory',
    policies: 'policies',
  },
  // Who works on a ticket and which team has it are told apart: a teammate keeps the team.
  teamFollowsOwner: false,
  // Whoever gets it must be able to answer.
  holdersNeed: 'reply',
  partition: 'queue',
  totals: { group: 'status', sum: [] },
  search: ['subject', 'customer_name'],
  found: {
    beside: ['number', 'customer_name', 'status'],
    whole: ['number', 'customer_email', 'external_id'],
  },
  sort: 'place',
  pages: {
    rail: { position: 1, key: 't' },
    columns: ['subject', 'status', 'priority', 'queue', 'assignee', 'waiting_since'],
  },
  fields: {
    number: f.integer('Number', { system: true, required: true }),
    subject: f.text('Subject', { required: true }),
    queue: f.relation('Queue', 'queue', { required: true, assigns: true }),
    status: f.choice(
      'Status',
      { open: 'Open', pending: 'Waiting for the customer', resolved: 'Resolved' },
      { required: true },
    ),
    priority: f.choice(
      'Priority',
      { urgent: 'Urgent', high: 'High', normal: 'Normal', low: 'Low' },
      { required: true },
    ),
    assignee: f.relation('Assignee', 'user', { assigns: true }),
    team: f.relation('Team', 'team', { assigns: true }),
    territory: f.relation('Territory', 'territory', { assigns: true }),
    participants: f.relations('Also working on it', 'user', { assigns: true }),
    tags: f.relations('Tags', 'tag'),
    channel: f.relation('Channel', 'channel', { system: true }),
    contact: f.relation('Contact', 'contact'),
    company: f.relation('Company', 'company'),
    customer_name: f.text('Customer', { max: 120 }),
    customer_email: f.email('E-mail of the customer', { sensitivity: 'sensitive' }),
    external_id: f.text('Id elsewhere', { max: 200 }),
    // The visitor who opened it: an actor like a person, but no record of its own. For the policy only.
    customer: f.id('Visitor', { system: true, sensitivity: 'secret' }),

    // What the thread comes to, kept by the messages and notes as they are written.
    preview: f.text('Last message', { system: true, computedFrom: 'message', inputs: ['body'] }),
    preview_from: f.choice(
      'Last message from',
      { customer: 'Customer', us: 'Us' },
      { system: true, computedFrom: 'message', inputs: ['from'] },
    ),
    last_message_at: f.instant('Last message at', { system: true, computedFrom: 'message' }),
    note_preview: f.text('Last note', { system: true, computedFrom: 'note', inputs: ['body'] }),
    last_note_at: f.instant('Last note at', { system: true, computedFrom: 'note' }),
    mentioned: f.relations('Mentioned', 'user', { system: true, computedFrom: 'note', inputs: ['mentions'] }),

    /** Since when the customer has been waiting for us; empty while we wait for them. */
    waiting_since: f.instant('Waiting since', { system: true }),
    first_replied_at: f.instant('First replied', { system: true, told: true }),
    resolved_at: f.instant('Resolved', { system: true, told: true }),
    /** How far either side has read. */
    seen_by_us_at: f.instant('Read by us', { system: true }),
    seen_by_customer_at: f.instant('Read by the customer', { system: true }),
    /** Digits that sort as a queue does: priority, then the longest waiting, then what waits for nobody. */
    place: f.text('Place in the queue', { system: true, required: true, max: 20 }),
    // For the policy only, as `FACTS` says.
    policies: f.ids('Rules and shares', { system: true, sensitivity: 'secret' }),
  },
});
