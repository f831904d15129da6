import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** A line of tickets, worked by teams: whoever is in one of them has its tickets in reach as the team's. */
export const queue = defineObject({
  name: 'queue',
  plural: 'queues',
  label: 'Queue',
  labelPlural: 'Queues',
  title: 'name',
  baseline: 'read',
  facts: {},
  sort: 'position',
  pages: { columns: ['name', 'teams', 'position'] },
  fields: {
    name: f.text('Name', { required: true, max: 80 }),
    teams: f.relations('Worked by', 'team'),
    position: f.integer('Position', { required: true }),
  },
});
