import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** A part of the market, in a tree: who works in one reaches the records of those below it too. */
export const territory = defineObject({
  name: 'territory',
  plural: 'territories',
  label: 'Territory',
  labelPlural: 'Territories',
  title: 'name',
  baseline: 'read',
  facts: {},
  fields: {
    name: f.text('Name', { required: true, max: 80 }),
    parent: f.relation('Part of', 'territory'),
  },
});
