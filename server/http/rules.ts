import { Router } from 'express';
import {
  criteriaCountSchema,
  policyDeleteQuerySchema,
  restrictionPatchSchema,
  restrictionSchema,
  shareSchema,
  sharesQuerySchema,
  sharingRulePatchSchema,
  sharingRuleSchema,
} from '../../shared/protocol/index.ts';
import { createRestriction } from '../commands/governance/rules/createRestriction.ts';
import { createSharingRule } from '../commands/governance/rules/createSharingRule.ts';
import { deleteRestriction, deleteSharingRule } from '../commands/governance/rules/deleteRule.ts';
import { updateRestriction } from '../commands/governance/rules/updateRestriction.ts';
import { updateSharingRule } from '../commands/governance/rules/updateSharingRule.ts';
import { giveShare } from '../commands/governance/shares/giveShare.ts';
import { takeShare } from '../commands/governance/shares/takeShare.ts';
import { countCriteria } from '../queries/countCriteria.ts';
import { findRestriction, findSharingRule, listRestrictions, listSharingRules } from '../queries/rules.ts';
import { listShares } from '../queries/shares.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

/** Sharing rules, restrictions, and shares of single records. */
export function ruleRoutes(doors: Doors): Router {
  const router = Router();
  router.use(sharingRules(doors), restrictions(doors), shares(doors));
  router.post(
    '/criteria/count',
    // It reads: but a filter may be longer than an address.
    doors.read(async ({ app, caller, query, body }) => {
      nothing.parse(query);
      return countCriteria(app, caller.actor, criteriaCountSchema.parse(body));
    }),
  );
  return router;
}

function sharingRules({ read, write }: Doors): Router {
  const router = Router();
  router.get(
    '/sharing-rules',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await listSharingRules(app, caller.actor), next: null };
    }),
  );
  router.get(
    '/sharing-rules/:id',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      return findSharingRule(app, caller.actor, idIn(params));
    }),
  );
  router.post(
    '/sharing-rules',
    write(async ({ app, caller, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const rule = sharingRuleSchema.parse(body);
      return { status: 201, body: await createSharingRule(app, caller, { rule, idempotencyKey }) };
    }),
  );
  router.patch(
    '/sharing-rules/:id',
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const request = { id: idIn(params), patch: sharingRulePatchSchema.parse(body), idempotencyKey };
      return { status: 200, body: await updateSharingRule(app, caller, request) };
    }),
  );
  router.delete(
    '/sharing-rules/:id',
    write(async ({ app, caller, params, query, idempotencyKey }) => {
      const request = { id: idIn(params), ...policyDeleteQuerySchema.parse(query), idempotencyKey };
      return { status: 200, body: await deleteSharingRule(app, caller, request) };
    }),
  );
  return router;
}

function restrictions({ read, write }: Doors): Router {
  const router = Router();
  router.get(
    '/restrictions',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await listRestrictions(app, caller.actor), next: null };
    }),
  );
  router.get(
    '/restrictions/:id',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      return findRestriction(app, caller.actor, idIn(params));
    }),
  );
  router.post(
    '/restrictions',
    write(async ({ app, caller, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const restriction = restrictionSchema.parse(body);
      return { status: 201, body: await createRestriction(app, caller, { restriction, idempotencyKey }) };
    }),
  );
  router.patch(
    '/restrictions/:id',
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const request = { id: idIn(params), patch: restrictionPatchSchema.parse(body), idempotencyKey };
      return { status: 200, body: await updateRestriction(app, caller, request) };
    }),
  );
  router.delete(
    '/restrictions/:id',
    write(async ({ app, caller, params, query, idempotencyKey }) => {
      const request = { id: idIn(params), ...policyDeleteQuerySchema.parse(query), idempotencyKey };
      return { status: 200, body: await deleteRestriction(app, caller, request) };
    }),
  );
  return router;
}

function shares({ read, write }: Doors): Router {
  const router = Router();
  router.get(
    '/shares',
    read(async ({ app, caller, query }) => ({
      rows: await listShares(app, caller.actor, sharesQuerySchema.parse(query)),
      next: null,
    })),
  );
  router.post(
    '/shares',
    write(async ({ app, caller, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const share = shareSchema.parse(body);
      return { status: 201, body: await giveShare(app, caller, { share, idempotencyKey }) };
    }),
  );
  router.delete(
    '/shares/:id',
    write(async ({ app, caller, params, query, idempotencyKey }) => {
      nothing.parse(query);
      return { status: 200, body: await takeShare(app, caller, { id: idIn(params), idempotencyKey }) };
    }),
  );
  return router;
}
