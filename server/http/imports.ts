import { Router } from 'express';
import {
  IMPORT_LIMITS,
  importMapSchema,
  readingQuerySchema,
  uploadQuerySchema,
} from '../../shared/protocol/index.ts';
import { columnFields } from '../queries/imports/columnFields.ts';
import { previewImport } from '../queries/imports/preview.ts';
import { refusedRows } from '../queries/imports/refused.ts';
import { importResult } from '../queries/imports/result.ts';
import { setMap } from '../commands/imports/setMap.ts';
import { startImport, stopImport, type Doing } from '../commands/imports/steer.ts';
import { uploadFile } from '../commands/imports/uploadFile.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

/** A file comes in as it is. A door of its own, before all others that take JSON and nothing else. */
export function uploadRoutes({ take }: Doors): Router {
  const router = Router({ caseSensitive: true });
  router.post(
    '/imports',
    take(IMPORT_LIMITS.bytes, async ({ app, caller, query }, body, mustStillHold) => {
      const { object, name } = uploadQuerySchema.parse(query);
      return { status: 201, body: await uploadFile(app, caller, { object, name, body, mustStillHold }) };
    }),
  );
  return router;
}

/** What is done with a file that is in. Each import is a record, too, and read like any other (records.ts). */
export function importRoutes({ read, write, stream }: Doors): Router {
  const router = Router();

  router.get(
    '/imports/:id/preview',
    read(({ app, caller, params, query }) =>
      previewImport(app, caller.actor, idIn(params), readingQuerySchema.parse(query)),
    ),
  );
  router.get(
    '/imports/:id/columns',
    read(({ app, caller, params, query }) => {
      nothing.parse(query);
      return columnFields(app, caller.actor, idIn(params));
    }),
  );
  router.put(
    '/imports/:id/map',
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      return { status: 200, body: await setMap(app, caller, idIn(params), importMapSchema.parse(body)) };
    }),
  );

  const start = (doing: Doing) =>
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      nothing.parse(body ?? {});
      return { status: 202, body: await startImport(app, caller, idIn(params), doing) };
    });
  router.post('/imports/:id/check', start('check'));
  router.post('/imports/:id/run', start('run'));
  router.post('/imports/:id/undo', start('undo'));
  router.post(
    '/imports/:id/stop',
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      nothing.parse(body ?? {});
      return { status: 202, body: await stopImport(app, caller, idIn(params)) };
    }),
  );

  router.get(
    '/imports/:id/result',
    read(({ app, caller, params, query }) => {
      nothing.parse(query);
      return importResult(app, caller.actor, idIn(params));
    }),
  );
  router.get(
    '/imports/:id/refused',
    stream(async ({ app, caller, params, query }, flow) => {
      nothing.parse(query);
      const { name, lines } = await refusedRows(app, caller.actor, idIn(params));
      flow.headers = {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      };
      for await (const piece of pieces(lines)) await flow.write(piece);
      await flow.end();
    }),
  );
  return router;
}

/** Lines put together, so that the client is not waited for at each. */
async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
const PIECE_CHARACTERS = 65_536;
