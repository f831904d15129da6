import { actorSets, type Actor } from '../../shared/access/index.ts';
import type { Me } from '../../shared/protocol/index.ts';

/** Before anyone is signed in, and after. */
export const NOBODY: Actor = {
  kind: 'person',
  userId: '',
  sets: actorSets(''),
  roles: [],
  fingerprint: '',
};

/** Whoever `/api/me` describes, as the policy takes them. */
export const actorOf = (me: Me): Actor => ({
  kind: 'person',
  userId: me.user.id,
  // What is shared with somebody, and what is hidden, is the server's to judge.
  sets: actorSets(me.user.id, {
    reports: new Set(me.rights.reports),
    teams: new Set(me.rights.teams),
    queues: new Set(me.rights.queues),
    territories: new Set(me.rights.territories),
  }),
  roles: me.roles,
  open: me.rights.open,
  fingerprint: me.rights.fingerprint,
});
