import type { Actor } from '../../shared/access/index.ts';
import {
  notAllowed,
  notFound,
  type RestrictionAnswer,
  type SharingRuleAnswer,
} from '../../shared/protocol/index.ts';
import { readRestrictions, readSharingRules } from '../access/rules.ts';
import type { App } from '../lib/app.ts';
import { mayOversee } from './explain.ts';

// Rules and restrictions are read by those who manage or audit roles, and told to nobody else.

/** @throws ApiError `not_allowed` */
export function listSharingRules(app: App, actor: Actor): Promise<SharingRuleAnswer[]> {
  mustOversee(actor);
  return readSharingRules(app.sql);
}

/** @throws ApiError `not_allowed`, `not_found` */
export async function findSharingRule(app: App, actor: Actor, id: string): Promise<SharingRuleAnswer> {
  mustOversee(actor);
  const [rule] = await readSharingRules(app.sql, id);
  if (!rule) throw notFound();
  return rule;
}

/** @throws ApiError `not_allowed` */
export function listRestrictions(app: App, actor: Actor): Promise<RestrictionAnswer[]> {
  mustOversee(actor);
  return readRestrictions(app.sql);
}

/** @throws ApiError `not_allowed`, `not_found` */
export async function findRestriction(app: App, actor: Actor, id: string): Promise<RestrictionAnswer> {
  mustOversee(actor);
  const [restriction] = await readRestrictions(app.sql, id);
  if (!restriction) throw notFound();
  return restriction;
}

function mustOversee(actor: Actor): void {
  if (!mayOversee(actor)) throw notAllowed('manage_roles');
}
