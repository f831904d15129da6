import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** A way for customers to reach a queue: the chat widget on one or more web sites. */
export const channel = defineObject({
  name: 'channel',
  plural: 'channels',
  label: 'Channel',
  labelPlural: 'Channels',
  title: 'name',
  baseline: 'read',
  facts: {},
  pages: { columns: ['name', 'queue', 'greeting', 'origins', 'active'] },
  fields: {
    /** What customers read above the chat. */
    name: f.text('Name', { required: true, max: 80 }),
    queue: f.relation('Queue', 'queue', { required: true }),
    greeting: f.text('Greeting', { max: 200 }),
    /** One origin a line (`https://shop.example`); our own pages are always allowed. */
    origins: f.longtext('Web sites that may show it', { max: 4000 }),
    active: f.boolean('Active', { required: true }),
  },
});
