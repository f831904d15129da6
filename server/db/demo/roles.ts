import type { RolePolicy } from '../../../shared/access/index.ts';
import { demoId } from './random.ts';

/** A role that the demo's administrator made: the team's deals without a single figure. */
export const SALES_ASSISTANT_ID = demoId('role', 1);
export const SALES_ASSISTANT: RolePolicy = {
  name: 'Sales assistant',
  purpose: 'Keeps the deals of the team moving: stages, dates and next steps. Amounts stay hidden.',
  grants: {
    company: { read: ['team'] },
    contact: { read: ['team'] },
    product: { read: ['all'] },
    deal: { read: ['team'], update: ['team'] },
    activity: { read: ['all'], create: true, update: ['team'] },
  },
  fields: {
    company: { phone: 'read' },
    contact: { email: 'read', phone: 'read' },
    deal: {
      title: 'read',
      pipeline: 'read',
      company: 'read',
      contact: 'read',
      product: 'read',
      source: 'read',
      campaign: 'read',
      amount: 'hidden',
      discount: 'hidden',
      margin: 'hidden',
    },
  },
  system: [],
};
