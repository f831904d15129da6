import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** A person of the organisation. `manager` makes the management tree; `team` is the home team their records go to. */
export const user = defineObject({
  name: 'user',
  plural: 'users',
  label: 'Person',
  labelPlural: 'People',
  table: 'user_account',
  title: 'name',
  baseline: 'read',
  facts: { owner: 'id', team: 'team' },
  search: ['name', 'email'],
  found: { beside: ['title', 'team', 'email', 'active'], whole: ['email', 'external_id'] },
  fields: {
    name: f.text('Name', { required: true, max: 120 }),
    email: f.email('E-mail'),
    title: f.text('Job title', { max: 120 }),
    manager: f.relation('Manager', 'user'),
    team: f.relation('Team', 'team'),
    /** Where they work; records go to the first of them with their owner. */
    territories: f.relations('Territories', 'territory'),
    active: f.boolean('Active', { required: true }),
    /** Not at work: the unsolved tickets went back to the queue (server/commands/support/setAway.ts). */
    away: f.boolean('Away', { system: true, required: true }),
    time_zone: f.text('Time zone', { max: 60 }),
    external_id: f.text('Id elsewhere', { max: 200 }),
  },
});
