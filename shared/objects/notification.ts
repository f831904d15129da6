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
    kind: f.choice('What', { mention: 'Mentioned', assigned: 'Assigned' }, { system: true, required: true }),
    ticket: f.relation('Ticket', 'ticket', { system: true }),
    author: f.relation('By', 'user', { system: true }),
    read_at: f.instant('Read', { system: true }),
  },
});
