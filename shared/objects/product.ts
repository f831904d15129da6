import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** Something that is sold: deals name it. What it costs is given to roles like every sum. */
export const product = defineObject({
  name: 'product',
  plural: 'products',
  label: 'Product',
  labelPlural: 'Products',
  title: 'name',
  facts: { owner: 'owner', team: 'team', policies: 'policies' },
  search: ['name', 'code'],
  found: { beside: ['code', 'series'], whole: ['external_id'] },
  pages: {
    rail: { position: 5, key: 'o' },
    columns: ['name', 'code', 'series', 'price', 'active', 'owner'],
    phone: ['name', 'code', 'price'],
    filters: ['series', 'active', 'price', 'owner'],
    form: ['name', 'code', 'series', 'price', 'active', 'about'],
  },
  fields: {
    name: f.text('Name', { required: true }),
    code: f.text('Code', { max: 60 }),
    series: f.text('Series', { max: 100 }),
    price: f.money('List price', { sensitivity: 'sensitive' }),
    /** Still sold; deals may name one that is not. */
    active: f.boolean('Active', { required: true, initial: true }),
    owner: f.relation('Owner', 'user', { assigns: true }),
    team: f.relation('Team', 'team', { assigns: true }),
    about: f.longtext('About', { max: 4000 }),
    external_id: f.text('Id elsewhere', { max: 200 }),
    // For the policy only, as `FACTS` says.
    policies: f.ids('Rules and shares', { system: true, sensitivity: 'secret' }),
  },
});
