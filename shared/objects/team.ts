import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

export const team = defineObject({
  name: 'team',
  plural: 'teams',
  label: 'Team',
  labelPlural: 'Teams',
  title: 'name',
  baseline: 'read',
  facts: { team: 'id' },
  fields: {
    name: f.text('Name', { required: true, max: 80 }),
    parent: f.relation('Part of', 'team'),
    lead: f.relation('Lead', 'user'),
  },
});
