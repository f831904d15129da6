import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

export const contact = defineObject({
  name: 'contact',
  plural: 'contacts',
  label: 'Contact',
  labelPlural: 'Contacts',
  title: 'name',
  facts: { owner: 'owner', team: 'team', territory: 'territory', policies: 'policies' },
  search: ['name', 'job_title', 'email'],
  pages: {
    rail: { position: 4, key: 'p' },
    columns: ['name', 'job_title', 'company', 'email', 'phone', 'owner'],
    phone: ['name', 'job_title', 'company', 'email'],
    filters: ['company', 'owner', 'language', 'team'],
    form: ['name', 'company', 'job_title', 'email', 'phone'],
  },
  found: { beside: ['job_title', 'company', 'email'], whole: ['email', 'external_id'] },
  fields: {
    name: f.text('Name', { required: true }),
    job_title: f.text('Job title', { max: 120 }),
    company: f.relation('Company', 'company'),
    email: f.email('E-mail', { sensitivity: 'sensitive' }),
    phone: f.phone('Phone', { sensitivity: 'sensitive' }),
    language: f.choice('Language', {
      en: 'English',
      de: 'German',
      fr: 'French',
      es: 'Spanish',
      it: 'Italian',
      nl: 'Dutch',
      ja: 'Japanese',
      zh: 'Chinese',
    }),
    owner: f.relation('Owner', 'user', { assigns: true }),
    team: f.relation('Team', 'team', { assigns: true }),
    territory: f.relation('Territory', 'territory', { assigns: true }),
    about: f.longtext('About', { max: 4000 }),
    external_id: f.text('Id elsewhere', { max: 200 }),
    // For the policy only, as `FACTS` says.
    policies: f.ids('Rules and shares', { system: true, sensitivity: 'secret' }),
  },
});
