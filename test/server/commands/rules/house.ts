import { loadActor } from '../../../../server/access/loadActor.ts';
import { assignRole } from '../../../../server/commands/governance/assignRole.ts';
import { createRestriction } from '../../../../server/commands/governance/rules/createRestriction.ts';
import { createSharingRule } from '../../../../server/commands/governance/rules/createSharingRule.ts';
import { builtInRoleId } from '../../../../server/db/builtInRoles.ts';
import type { DemoPerson } from '../../../../server/db/demo/people.ts';
import type { Caller } from '../../../../server/lib/app.ts';
import { listRecords } from '../../../../server/queries/listRecords.ts';
import type { MaskedRecord } from '../../../../shared/access/index.ts';
import { must } from '../../../../shared/lib/must.ts';
import {
  parseView,
  type RestrictionAnswer,
  type RestrictionInput,
  type SharingRuleAnswer,
  type SharingRuleInput,
  type Target,
} from '../../../../shared/protocol/index.ts';
import { openNordlicht, type Nordlicht } from '../../../world/nordlicht.ts';
import { people } from '../../../world/people.ts';

export const ADMINISTRATOR = builtInRoleId('administrator');
export const REPRESENTATIVE = builtInRoleId('sales_representative');

/** The demo's organisation with two administrators, one of whom can undo what the other must not. */
export interface RuleHouse extends Nordlicht {
  rafael: Caller;
  oskar: Caller;
  /** A rule that opens deals from fairs to Chiamaka, of another name each time. */
  rule(given?: Partial<SharingRuleInput>): SharingRuleInput;
  /** A restriction that hides deals from fairs from all but administrators. */
  restriction(given?: Partial<RestrictionInput>): RestrictionInput;
  /** Made by Rafael. */
  share(given?: Partial<SharingRuleInput>): Promise<SharingRuleAnswer>;
  hide(given?: Partial<RestrictionInput>): Promise<RestrictionAnswer>;
  /** What somebody sees of a record now, by a list. */
  seen(person: DemoPerson, record: { id: string }, object?: string): Promise<MaskedRecord | undefined>;
  /** The last thing that nodes were told of rights. */
  lastAccess(): Promise<{ seq: number; cause: string; users: string[] | null }>;
}

export async function openRules(): Promise<RuleHouse> {
  const house = await openNordlicht();
  const { app, sql, as } = house;
  const rafael = await as(people.rafael);
  await assignRole(app, rafael, { user: people.oskar.id, role: ADMINISTRATOR });
  let names = 0;
  const rule = (given: Partial<SharingRuleInput> = {}): SharingRuleInput => ({
    name: `Rule ${++names}`,
    object: 'deal',
    criteria: { source: 'fair' },
    to: toUser(people.chiamaka),
    level: 'read',
    ...given,
  });
  const restriction = (given: Partial<RestrictionInput> = {}): RestrictionInput => ({
    name: `Restriction ${++names}`,
    object: 'deal',
    criteria: { source: 'fair' },
    except: [ADMINISTRATOR],
    ...given,
  });
  return {
    ...house,
    rafael,
    oskar: await as(people.oskar),
    rule,
    restriction,
    share: (given) => createSharingRule(app, rafael, { rule: rule(given) }),
    hide: (given) => createRestriction(app, rafael, { restriction: restriction(given) }),
    async seen(person, { id }, object = 'deal') {
      const actor = must(await loadActor(sql, person.id), 'somebody active');
      const view = parseView(app.registry.get(object), { filter: { id } });
      return (await listRecords(app, actor, view)).rows[0];
    },
    async lastAccess() {
      const [row] = await sql<{ seq: number; cause: string; users: string[] | null }[]>`
        select seq, cause, users from access_log order by seq desc limit 1
      `;
      return must(row, 'a change of rights');
    },
  };
}

export const toUser = (person: DemoPerson): Target => ({ kind: 'user', id: person.id });
