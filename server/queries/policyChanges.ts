import { holds, type Actor } from '../../shared/access/index.ts';
import { POLICY_CHANGES_LISTED, type PolicyChangeEntry } from '../../shared/protocol/index.ts';
import { transaction } from '../db/transaction.ts';
import { readTrail, tellTrail } from '../identity/policyTrail.ts';
import type { App } from '../lib/app.ts';
import { mayOversee } from './explain.ts';

/** The latest changes of policy: everyone's with manage_roles or read_audit, else the person's own. */
export const listPolicyChanges = (app: App, actor: Actor): Promise<PolicyChangeEntry[]> =>
  transaction(
    app.sql,
    async (tx) => {
      const by = mayOversee(actor) ? null : actor.userId;
      const entries = await readTrail(tx, { limit: POLICY_CHANGES_LISTED, by });
      return tellTrail(tx, entries, { withCriteria: holds(actor, 'manage_roles') });
    },
    { isolation: 'snapshot' },
  );
