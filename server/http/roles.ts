import { Router } from 'express';
import { z } from 'zod';
import { roleSchema } from '../../shared/access/index.ts';
import {
  assignmentSchema,
  assignmentsQuerySchema,
  notFound,
  rolePatchSchema,
  unassignQuerySchema,
} from '../../shared/protocol/index.ts';
import { assignRole } from '../commands/governance/assignRole.ts';
import { createRole } from '../commands/governance/createRole.ts';
import { deleteRole } from '../commands/governance/deleteRole.ts';
import { unassignRole } from '../commands/governance/unassignRole.ts';
import { updateRole } from '../commands/governance/updateRole.ts';
import { listAssignments } from '../queries/assignments.ts';
import { findRole, listRoles } from '../queries/roles.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

export const rolePatchBody = rolePatchSchema.extend({ version: z.int().min(1).optional() });

/** Roles, and who holds them. */
export function roleRoutes({ read, write }: Doors): Router {
  const router = Router();

  router.get(
    '/roles',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await listRoles(app, caller.actor), next: null };
    }),
  );
  router.get(
    '/roles/:id',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      const role = await findRole(app, caller.actor, idIn(params));
      if (!role) throw notFound();
      return role;
    }),
  );
  router.post(
    '/roles',
    write(async ({ app, caller, query, body, idempotencyKey }) => {
      nothing.parse(query);
      return {
        status: 201,
        body: await createRole(app, caller, { policy: roleSchema.parse(body), idempotencyKey }),
      };
    }),
  );
  router.patch(
    '/roles/:id',
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const { version, ...patch } = rolePatchBody.parse(body);
      const role = await updateRole(app, caller, { id: idIn(params), patch, version, idempotencyKey });
      return { status: 200, body: role };
    }),
  );
  router.delete(
    '/roles/:id',
    write(async ({ app, caller, params, query, idempotencyKey }) => {
      nothing.parse(query);
      const id = idIn(params);
      await deleteRole(app, caller, { id, idempotencyKey });
      return { status: 200, body: { id, gone: true } };
    }),
  );

  router.get(
    '/assignments',
    read(async ({ app, caller, query }) => ({
      rows: await listAssignments(app, caller.actor, assignmentsQuerySchema.parse(query)),
      next: null,
    })),
  );
  router.post(
    '/assignments',
    write(async ({ app, caller, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const request = { ...assignmentSchema.parse(body), idempotencyKey };
      return { status: 201, body: await assignRole(app, caller, request) };
    }),
  );
  router.delete(
    '/assignments',
    write(async ({ app, caller, query, idempotencyKey }) => {
      const held = unassignQuerySchema.parse(query);
      await unassignRole(app, caller, { ...held, idempotencyKey });
      return { status: 200, body: { ...held, gone: true } };
    }),
  );
  return router;
}
