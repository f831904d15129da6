import {
  notFound,
  type RestrictionAnswer,
  type SharingRuleAnswer,
} from '../../../../shared/protocol/index.ts';
import { readRestrictions, readSharingRules } from '../../../access/rules.ts';
import type { AuditEntry } from '../../../identity/audit.ts';
import type { App } from '../../../lib/app.ts';
import type { Act } from '../../perform.ts';

/** As it is in this transaction. @throws ApiError `not_found` */
export async function sharingRuleAnswer({ tx }: Act, id: string): Promise<SharingRuleAnswer> {
  const [rule] = await readSharingRules(tx, id);
  if (!rule) throw notFound();
  return rule;
}

/** The same. */
export async function restrictionAnswer({ tx }: Act, id: string): Promise<RestrictionAnswer> {
  const [restriction] = await readRestrictions(tx, id);
  if (!restriction) throw notFound();
  return restriction;
}

/** What was answered, with the progress of now. */
export async function sharingRuleNow({ sql }: App, known: SharingRuleAnswer): Promise<SharingRuleAnswer> {
  const [now] = await readSharingRules(sql, known.id);
  return now?.version === known.version ? now : known;
}

/** The same. */
export async function restrictionNow({ sql }: App, known: RestrictionAnswer): Promise<RestrictionAnswer> {
  const [now] = await readRestrictions(sql, known.id);
  return now?.version === known.version ? now : known;
}

/** What decides, for the trail. */
export const trailOfRule = ({ name, object, criteria, to, level, active }: SharingRuleAnswer): Trail =>
  ({ name, object, criteria, to, level, active }) as Trail;

export const trailOfRestriction = ({ name, object, criteria, except, active }: RestrictionAnswer): Trail =>
  ({ name, object, criteria, except, active }) as Trail;

// Criteria came in as JSON, which their type does not tell.
type Trail = AuditEntry['after'];
