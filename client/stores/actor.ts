import type { Actor } from '../../shared/access/index.ts';
import type { Me } from '../../shared/protocol/index.ts';

/** Before anyone is signed in, and after. */
export const NOBODY: Actor = {
  kind: 'person',
  userId: '',
  sets: { self: new Set(), reports: new Set(), teams: new Set(), queues: new Set() },
  roles: [],
  fingerprint: '',
};

/** Whoever `/api/me` describes, as the policy takes them. */
export const actorOf = (me: Me): Actor => ({
  kind: 'person',
  userId: me.user.id,
  sets: {
    self: new Set([me.user.id]),
    reports: new Set(me.rights.reports),
    teams: new Set(me.rights.teams),
    queues: new Set(me.rights.queues),
  },
  roles: me.roles,
  fingerprint: me.rights.fingerprint,
});
