import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** A way of selling, as an ordered list of stages. Stages live inside it: a deal names one by its key. */
export const pipeline = defineObject({
  name: 'pipeline',
  plural: 'pipelines',
  label: 'Pipeline',
  labelPlural: 'Pipelines',
  title: 'name',
  baseline: 'read',
  facts: {},
  sort: 'position',
  fields: {
    name: f.text('Name', { required: true, max: 80 }),
    stages: f.stages('Stages', { required: true }),
    position: f.integer('Position', { required: true }),
  },
});
