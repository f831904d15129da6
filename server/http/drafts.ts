import { Router } from 'express';
import { draftKindSchema, draftSchema, notFound } from '../../shared/protocol/index.ts';
import { saveDraft } from '../commands/support/saveDraft.ts';
import { ownDrafts } from '../queries/drafts.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

/** What the caller is writing, kept as it is typed. */
export function draftRoutes({ read, write }: Doors): Router {
  const router = Router();

  router.get(
    '/drafts',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { drafts: await ownDrafts(app, caller) };
    }),
  );
  router.put(
    '/drafts/:id/:kind',
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      const kind = draftKindSchema.safeParse(params['kind']);
      if (!kind.success) throw notFound();
      const { mentions = [], ...draft } = draftSchema.parse(body);
      const place = { ticket: idIn(params), kind: kind.data };
      const updated_at = await saveDraft(app, caller, { ...draft, ...place, mentions });
      return { status: 200, body: { updated_at } };
    }),
  );
  return router;
}
