import { Router, type RequestHandler } from 'express';
import {
  EXPORT_LIMITS,
  exportQuerySchema,
  foreignOrigin,
  parseView,
  tooManyRequests,
} from '../../shared/protocol/index.ts';
import { noteExport, noteExportEnd } from '../commands/records/noteExport.ts';
import { exportRecords, exportSize, orderExport, type ExportOrder } from '../queries/exportRecords.ts';
import type { HttpDeps } from './deps.ts';
import type { Ask, Doors } from './door.ts';
import { sameOrigin } from './origin.ts';
import { filterIn, objectOf } from './records.ts';

/** Any list as a file of rows: `/deals/export`, and `/deals/export/size`, which asks the same and takes nothing out. */
export function exportRoutes({ env, exportSql }: HttpDeps, { read, stream }: Doors): Router {
  const router = Router();
  const places = new Places({ ...EXPORT_LIMITS, ...env.exports });

  /**
   * A page of another site could have a file fall upon somebody by a mere link. Ours opens the door in a hidden frame,
   * from which it reads a refusal: so that is what the file stays away from.
   */
  const fromOurPages: RequestHandler = (request, response, next) => {
    if (!sameOrigin(env, request)) throw foreignOrigin();
    const policy = String(response.getHeader('Content-Security-Policy') ?? '');
    const name = 'Content-Security-Policy';
    response.setHeader(name, policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"));
    next();
  };

  router.get(
    '/:plural/export/size',
    read((ask) => exportSize(ask.app, ask.caller.actor, orderOf(ask))),
  );
  const send = stream(async (ask, flow) => {
    const { app, caller } = ask;
    const order = orderOf(ask);
    // Here a sign-in of the last minutes will be asked for, as before everything that takes much away at once.
    const leave = places.take(caller.actor.userId);
    try {
      await noteExport(app, caller, order);
      let sent = 0;
      try {
        flow.headers = fileHeaders(order.view.object.plural);
        const write = async (lines: string, rows: number) => {
          await flow.write(lines);
          sent += rows;
        };
        await exportRecords(app, exportSql, caller.actor, order, { write, signal: flow.signal });
        await flow.end();
      } catch (error) {
        await noteExportEnd(app, caller, order, { rows: sent, why: flow.cutBecause ?? 'failed' });
        throw error;
      }
      await noteExportEnd(app, caller, order, { rows: sent });
    } finally {
      leave();
    }
  });
  router.get('/:plural/export', fromOurPages, send);
  return router;
}

/** @throws ApiError as `orderExport` does, `bad_filter`, `malformed` */
function orderOf(ask: Ask): ExportOrder {
  const object = objectOf(ask);
  const { filter, sort, q, columns } = exportQuerySchema.parse(ask.query);
  const view = parseView(object, { filter: filterIn(filter), sort, q });
  return orderExport(ask.app.registry, ask.caller.actor, view, columns?.split(','));
}

const fileHeaders = (plural: string): Record<string, string> => ({
  'Content-Type': 'text/csv; charset=utf-8',
  'Content-Disposition': `attachment; filename="${plural} ${new Date().toISOString().slice(0, 10)}.csv"`,
});

/** How many exports run at once here, of each person and of all. */
class Places {
  readonly #limits: Pick<typeof EXPORT_LIMITS, 'perPerson' | 'perNode'>;
  readonly #taken = new Map<string, number>();

  constructor(limits: Pick<typeof EXPORT_LIMITS, 'perPerson' | 'perNode'>) {
    this.#limits = limits;
  }

  /** Returns what to call when it is free again. @throws ApiError `too_many_requests` */
  take(userId: string): () => void {
    const own = this.#taken.get(userId) ?? 0;
    const all = [...this.#taken.values()].reduce((sum, count) => sum + count, 0);
    if (own >= this.#limits.perPerson || all >= this.#limits.perNode) throw tooManyRequests(RETRY_s);
    this.#taken.set(userId, own + 1);
    return () => {
      const left = (this.#taken.get(userId) ?? 0) - 1;
      if (left > 0) this.#taken.set(userId, left);
      else this.#taken.delete(userId);
    };
  }
}

const RETRY_s = 10;
