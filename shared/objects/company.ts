import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

export const company = defineObject({
  name: 'company',
  plural: 'companies',
  label: 'Company',
  labelPlural: 'Companies',
  title: 'name',
  facts: { owner: 'owner', team: 'team', territory: 'territory', policies: 'policies' },
  search: ['name', 'city', 'website'],
  pages: {
    rail: { position: 3, key: 'c' },
    columns: ['name', 'industry', 'city', 'country', 'employees', 'owner', 'team'],
    phone: ['name', 'industry', 'city'],
    filters: ['industry', 'country', 'owner', 'team', 'city'],
    form: ['name', 'industry', 'website', 'city', 'country'],
  },
  found: { beside: ['industry', 'city', 'owner'], whole: ['external_id'] },
  fields: {
    name: f.text('Name', { required: true }),
    industry: f.choice('Industry', {
      software: 'Software',
      manufacturing: 'Manufacturing',
      logistics: 'Logistics',
      retail: 'Retail',
      health: 'Health',
      finance: 'Finance',
      energy: 'Energy',
      food: 'Food',
      public: 'Public sector',
      services: 'Services',
    }),
    website: f.url('Website'),
    phone: f.phone('Phone', { sensitivity: 'sensitive' }),
    city: f.text('City', { max: 100 }),
    postcode: f.text('Postcode', { max: 20 }),
    country: f.text('Country', { max: 2, codes: 'country' }),
    /** The company it belongs to: a tree (server/records/behaviours/company.ts). */
    parent: f.relation('Parent company', 'company'),
    employees: f.integer('Employees'),
    revenue: f.money('Revenue a year', { sensitivity: 'sensitive' }),
    owner: f.relation('Owner', 'user', { assigns: true }),
    team: f.relation('Team', 'team', { assigns: true }),
    /** Filled by the rules of the territories, unless it is fixed (server/records/behaviours/territories.ts). */
    territory: f.relation('Territory', 'territory', { assigns: true }),
    territory_fixed: f.boolean('Territory chosen by hand', { assigns: true }),
    about: f.longtext('About', { max: 4000 }),
    external_id: f.text('Id elsewhere', { max: 200 }),
    // For the policy only, as `FACTS` says.
    policies: f.ids('Rules and shares', { system: true, sensitivity: 'secret' }),
  },
});
