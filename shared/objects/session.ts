import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

/** A signed-in device. Written only by the program (server/identity/sessions.ts); everyone may read their own. */
export const session = defineObject({
  name: 'session',
  plural: 'sessions',
  label: 'Session',
  labelPlural: 'Sessions',
  title: 'device',
  baseline: 'own',
  facts: { owner: 'user' },
  history: false,
  sort: '-seen_at',
  fields: {
    user: f.relation('Person', 'user', { system: true, required: true }),
    device: f.text('Device', { system: true }),
    address: f.text('Address', { system: true }),
    method: f.text('Signed in by', { system: true }),
    seen_at: f.instant('Seen', { system: true, required: true }),
    expires_at: f.instant('Ends by itself', { system: true, required: true }),
    sockets: f.integer('Open', { system: true, required: true }),
    ended_at: f.instant('Ended', { system: true }),
    end_reason: f.text('Why it ended', { system: true }),
    ended_by: f.relation('Ended by', 'user', { system: true }),
  },
});
