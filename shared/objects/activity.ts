import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** Something done or to be done with a deal, a company or a contact; seen with it, never wider. */
export const activity = defineObject({
  name: 'activity',
  plural: 'activities',
  label: 'Activity',
  labelPlural: 'Activities',
  title: 'subject',
  facts: {
    owner: 'owner',
    team: 'team',
    territory: 'territory',
    participants: 'participants',
    policies: 'policies',
  },
  parents: ['deal', 'company', 'contact'],
  search: ['subject'],
  sort: '-created_at',
  fields: {
    kind: f.choice(
      'Kind',
      { note: 'Note', task: 'Task', call: 'Call', meeting: 'Meeting', email: 'E-mail' },
      { required: true },
    ),
    subject: f.text('Subject', { required: true }),
    body: f.longtext('Text'),
    due_at: f.instant('Due'),
    done_at: f.instant('Done'),
    duration_min: f.integer('Minutes'),
    assignee: f.relation('Assignee', 'user'),
    deal: f.relation('Deal', 'deal'),
    company: f.relation('Company', 'company'),
    contact: f.relation('Contact', 'contact'),
    external_id: f.text('Id elsewhere', { max: 200 }),
    // The parent's facts, copied by the write path whenever they change there. Secret, because whoever may not read
    // the parent's owner shall not read it here.
    owner: f.relation('Owner of the record', 'user', { system: true, sensitivity: 'secret' }),
    team: f.relation('Team of the record', 'team', { system: true, sensitivity: 'secret' }),
    territory: f.relation('Territory of the record', 'territory', { system: true, sensitivity: 'secret' }),
    participants: f.relations('Others on the record', 'user', { system: true, sensitivity: 'secret' }),
    policies: f.ids('Rules and shares', { system: true, sensitivity: 'secret' }),
  },
});
