import { Router } from 'express';
import { malformed, seeAsQuerySchema, seeAsSchema, type SeeAs } from '../../shared/protocol/index.ts';
import { beginSeeAs, endSeeAs } from '../commands/governance/seeAs.ts';
import type { HttpDeps } from './deps.ts';
import { doors } from './door.ts';
import { bySession } from './entrance.ts';
import { nothing } from './query.ts';

/** Looking as somebody else: begun and ended as oneself, whatever the header says. */
export function seeAsRoutes(deps: HttpDeps): Router {
  const router = Router();
  const { write } = doors(deps, bySession(deps, false));
  router.post(
    '/see-as',
    write(async ({ app, caller, query, body }) => {
      nothing.parse(query);
      const { why, ...target } = seeAsSchema.parse(body);
      const as = targetOf(target);
      if (!as) throw malformed('Name a user or a role');
      const begun = await beginSeeAs(app, caller, { as, ...(why === undefined ? {} : { why }) });
      return { status: 201, body: begun };
    }),
  );
  router.delete(
    '/see-as',
    write(async ({ app, caller, query }) => {
      const { id = null, ...target } = seeAsQuerySchema.parse(query);
      return { status: 200, body: await endSeeAs(app, caller, { as: targetOf(target), id }) };
    }),
  );
  return router;
}

function targetOf({ user, role }: { user?: string | undefined; role?: string | undefined }): SeeAs | null {
  if (user !== undefined) return { kind: 'user', id: user.toLowerCase() };
  return role === undefined ? null : { kind: 'role', id: role.toLowerCase() };
}
