import type { Actor } from './actor.ts';
import type { Role } from './role.ts';
import { actorSets } from './ways.ts';

/**
 * What a customer may do from outside: talk in tickets of their own, and see of those just what is named here. The role
 * is closed, so no field that is ever added, the organisation's own included, shows itself to customers.
 */
export const CUSTOMER: Role = {
  id: 'customer',
  name: 'Customer',
  purpose: 'Talks to us through a channel',
  closed: true,
  grants: { ticket: { read: ['own'], read_thread: ['own'], reply: ['own'] } },
  fields: {
    ticket: { subject: 'read', status: 'read', seen_by_us_at: 'read' },
    message: { ticket: 'edit', body: 'edit', from: 'read', author_name: 'read' },
  },
  system: [],
};

/** The actor behind a visitor's token. */
export const customerActor = (visitorId: string): Actor => ({
  kind: 'customer',
  userId: visitorId,
  // No restriction: those hide records from our own people; what a customer wrote stays theirs.
  sets: actorSets(visitorId),
  roles: [CUSTOMER],
  fingerprint: `customer:${visitorId}`,
});
