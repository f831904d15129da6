import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** A word that tickets are found by. */
export const tag = defineObject({
  name: 'tag',
  plural: 'tags',
  label: 'Tag',
  labelPlural: 'Tags',
  title: 'name',
  baseline: 'read',
  facts: {},
  pages: {},
  fields: {
    name: f.text('Name', { required: true, max: 40 }),
  },
});
