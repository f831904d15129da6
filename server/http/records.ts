import { Router } from 'express';
import { z } from 'zod';
import type { ObjectDef } from '../../shared/objects/index.ts';
import {
  badFilter,
  deleteQuerySchema,
  listQuerySchema,
  malformed,
  notFound,
  parseView,
} from '../../shared/protocol/index.ts';
import type { Outcome } from '../commands/records/answer.ts';
import { createRecord } from '../commands/records/createRecord.ts';
import { deleteRecord } from '../commands/records/deleteRecord.ts';
import { restoreRecord } from '../commands/records/restoreRecord.ts';
import { updateRecord } from '../commands/records/updateRecord.ts';
import { findRecord } from '../queries/findRecord.ts';
import { HISTORY_MAX, recordHistory } from '../queries/history.ts';
import { listRecords } from '../queries/listRecords.ts';
import type { Answer, Ask, Doors } from './door.ts';
import { idIn, nothing, objectIn } from './query.ts';

const versionSchema = z.int().min(1).optional();
export const historyQuery = z.strictObject({
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(1).max(HISTORY_MAX).optional(),
});

/** Every object of the registry by its plural: `/deals`, `/deals/ID`, `/deals/ID/history`, `/deals/ID/restore`. */
export function recordRoutes({ read, write }: Doors): Router {
  const router = Router();

  router.get(
    '/:plural',
    read(async (ask) => {
      const object = objectOf(ask);
      const { filter, sort, limit, cursor, q, total } = listQuerySchema.parse(ask.query);
      const view = parseView(object, { filter: filterIn(filter), sort, limit, q });
      const { totals, ...page } = await listRecords(ask.app, ask.caller.actor, view, {
        cursor,
        total: total === 'true',
      });
      return totals ? { ...page, total: totals } : page;
    }),
  );
  router.get(
    '/:plural/:id',
    read(async (ask) => {
      const object = objectOf(ask);
      nothing.parse(ask.query);
      const record = await findRecord(ask.app, ask.caller.actor, object, idIn(ask.params));
      if (!record) throw notFound();
      return record;
    }),
  );
  router.get(
    '/:plural/:id/history',
    read(async (ask) => {
      const object = objectOf(ask);
      const page = historyQuery.parse(ask.query);
      const history = await recordHistory(ask.app, ask.caller.actor, object, idIn(ask.params), page);
      if (!history || !object.history) throw notFound();
      return history;
    }),
  );

  router.post(
    '/:plural',
    write(async (ask) => {
      const object = objectOf(ask).name;
      nothing.parse(ask.query);
      const { app, caller, idempotencyKey } = ask;
      return answered(
        await createRecord(app, caller, { object, values: objectIn(ask.body), idempotencyKey }),
      );
    }),
  );
  router.patch(
    '/:plural/:id',
    write(async (ask) => {
      const object = objectOf(ask).name;
      nothing.parse(ask.query);
      const { version: sent, ...values } = objectIn(ask.body);
      const version = versionSchema.safeParse(sent);
      if (!version.success) throw malformed('The version is a whole number', { version: 'Not a version' });
      const { app, caller, idempotencyKey } = ask;
      const request = { object, id: idIn(ask.params), values, version: version.data, idempotencyKey };
      return answered(await updateRecord(app, caller, request));
    }),
  );
  router.delete(
    '/:plural/:id',
    write(async (ask) => {
      const object = objectOf(ask).name;
      const { version } = deleteQuerySchema.parse(ask.query);
      const { app, caller, idempotencyKey } = ask;
      return answered(
        await deleteRecord(app, caller, { object, id: idIn(ask.params), version, idempotencyKey }),
      );
    }),
  );
  router.post(
    '/:plural/:id/restore',
    write(async (ask) => {
      const object = objectOf(ask).name;
      nothing.parse(ask.query);
      nothing.parse(ask.body ?? {});
      const { app, caller, idempotencyKey } = ask;
      return answered(await restoreRecord(app, caller, { object, id: idIn(ask.params), idempotencyKey }));
    }),
  );
  return router;
}

/** The registry is asked each time: custom fields join it while we run. @throws ApiError `not_found` */
export function objectOf({ app, params }: Ask): ObjectDef {
  const object = app.registry.findByPlural(params['plural'] ?? '');
  if (!object) throw notFound();
  return object;
}

export function filterIn(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    return objectIn(JSON.parse(text));
  } catch {
    throw badFilter('The filter is a JSON object');
  }
}

export const answered = (outcome: Outcome): Answer => ({
  status: outcome.status,
  body: 'record' in outcome ? outcome.record : outcome.gone,
});
