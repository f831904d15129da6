import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** Word to one person that something concerns them. It only points: what they may see of it is asked when they look. */
export const notification = defineObject({
  name: 'notification',
  plural: 'notifications',
  label: 'Notification',
  labelPlural: 'Notifications',
  title: 'kind',
  baseline: 'own',
  facts: { owner: 'user' },
  history: false,
  sort: '-created_at',
  fields: {
    user: f.relation('For', 'user', { system: true, required: true }),
    kind: f.choice(
      'What',
      {
        mention: 'Mentioned',
        assigned: 'Assigned',
        access_asked: 'Asks for access',
        access_granted: 'Access given',
        access_declined: 'Access not given',
        proposal_asked: 'Asks for approval',
        proposal_made: 'Change approved',
        proposal_declined: 'Change not approved',
      },
      { system: true, required: true },
    ),
    ticket: f.relation('Ticket', 'ticket', { system: true }),
    author: f.relation('By', 'user', { system: true }),
    read_at: f.instant('Read', { system: true }),
  },
});
