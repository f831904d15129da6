import { Router } from 'express';
import {
  furtherTeamsSchema,
  heldRolesQuerySchema,
  moveSchema,
  territoryRuleSchema,
} from '../../shared/protocol/index.ts';
import { invitePerson } from '../commands/governance/people/invitePerson.ts';
import { movePerson } from '../commands/governance/people/movePerson.ts';
import { setTeams } from '../commands/governance/people/setTeams.ts';
import { fillTerritories } from '../commands/governance/territories/fillTerritories.ts';
import { setTerritoryRule } from '../commands/governance/territories/setRule.ts';
import {
  fillProgress,
  furtherMembers,
  heldRoles,
  joining,
  moveProgress,
  personTeams,
  teamAdministrators,
  territoryCounts,
  territoryRule,
} from '../queries/organisation.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

/** Where people stand, beyond what is said by the fields of people, teams and territories. */
export function organisationRoutes({ read, write }: Doors): Router {
  const router = Router();

  router.get(
    '/held-roles',
    read(async ({ app, caller, query }) => ({
      rows: await heldRoles(app, caller.actor, heldRolesQuerySchema.parse(query).users),
      next: null,
    })),
  );
  router.get(
    '/users/:id/teams',
    read(async ({ app, params, query }) => {
      nothing.parse(query);
      return personTeams(app, idIn(params));
    }),
  );
  router.put(
    '/users/:id/teams',
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      const { teams } = furtherTeamsSchema.parse(body);
      return { status: 200, body: await setTeams(app, caller, idIn(params), teams) };
    }),
  );
  router.get(
    '/teams/:id/members',
    read(async ({ app, params, query }) => {
      nothing.parse(query);
      return { rows: await furtherMembers(app, idIn(params)), next: null };
    }),
  );
  router.get(
    '/teams/:id/administrators',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      return { rows: await teamAdministrators(app, caller.actor, idIn(params)), next: null };
    }),
  );
  router.get(
    '/users/:id/invitation',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      return joining(app, caller.actor, idIn(params));
    }),
  );
  router.post(
    '/users/:id/invitation',
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      nothing.parse(body ?? {});
      return { status: 201, body: await invitePerson(app, caller, idIn(params)) };
    }),
  );
  router.post(
    '/users/:id/move',
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const { progress } = await movePerson(
        app,
        caller,
        idIn(params),
        moveSchema.parse(body),
        idempotencyKey,
      );
      return { status: 200, body: { progress } };
    }),
  );
  router.get(
    '/users/:id/move',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      return { progress: await moveProgress(app, caller.actor, idIn(params)) };
    }),
  );

  router.get(
    '/territories/counts',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await territoryCounts(app, caller.actor), next: null };
    }),
  );
  router.get(
    '/territories/fill',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { progress: await fillProgress(app, caller.actor) };
    }),
  );
  router.post(
    '/territories/fill',
    write(async ({ app, caller, query, body }) => {
      nothing.parse(query);
      nothing.parse(body ?? {});
      return { status: 202, body: { progress: await fillTerritories(app, caller) } };
    }),
  );
  router.get(
    '/territories/:id/rule',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      return territoryRule(app, caller.actor, idIn(params));
    }),
  );
  router.put(
    '/territories/:id/rule',
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      const { criteria } = territoryRuleSchema.parse(body);
      return { status: 200, body: await setTerritoryRule(app, caller, idIn(params), criteria) };
    }),
  );
  return router;
}
