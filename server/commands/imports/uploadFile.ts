import type { MaskedRecord } from '../../../shared/access/index.ts';
import { mask } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { IMPORT_LIMITS, invalid, notAllowed } from '../../../shared/protocol/index.ts';
import { holds } from '../../../shared/access/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { insertRecord } from '../../records/write.ts';
import { perform, type Act } from '../perform.ts';
import { importableFor } from './importable.ts';
import { dropPieces, keepPieces } from '../../imports/pieces.ts';

export interface Upload {
  /** Name of the object that the rows become. */
  object: string;
  /** What the file is called. */
  name: string;
  body: AsyncIterable<Uint8Array>;
  /** Throws once the sender's session is over. */
  mustStillHold: () => Promise<void>;
}

/**
 * Takes a file in, to be looked at and then brought in: an import of the caller's own, which nothing has come of yet.
 * @throws ApiError `not_found` (no such object), `not_allowed`, `too_large`, `malformed`, `session_ended`
 */
export async function uploadFile(app: App, caller: Caller, upload: Upload): Promise<MaskedRecord> {
  if (!holds(caller.actor, 'import')) throw notAllowed('import');
  importableFor(caller.actor, app.registry, upload.object);
  const id = newId();
  const bytes = await keepPieces(app, id, upload.body, upload.mustStillHold);
  try {
    return await perform(app, caller, (act) => addImport(act, { ...upload, id, bytes }));
  } catch (error) {
    await dropPieces(app, id);
    throw error;
  }
}

/** The record of a file that is kept. @throws ApiError `not_found`, `not_allowed` */
export async function addImport(
  act: Act,
  { id, object, name, bytes }: { id: string; object: string; name: string; bytes: number },
): Promise<MaskedRecord> {
  const { tx, app, ctx } = act;
  await act.mustHold('import');
  const actor = await act.actor();
  importableFor(actor, app.registry, object);
  await mustHaveRoom(act, bytes);
  const imports = app.registry.get('import');
  const counts = { gone_through: 0, created: 0, updated: 0, same: 0, refused: 0, kept: 0 };
  const values = { name, object, owner: actor.userId, status: 'uploaded', bytes, ...counts };
  const image = await insertRecord(tx, app, ctx, imports, values, { id });
  await tx`insert into import_plan (import_id) values (${id})`;
  return must(mask(actor, app.registry, imports, image), 'sight of one’s own import');
}

/** Files are kept for thirty days, each person's up to a limit. @throws ApiError `invalid` (`file`) */
async function mustHaveRoom({ tx, caller }: Act, bytes: number): Promise<void> {
  const owner = caller.actor.userId;
  // One at a time for each person, or many at once would all fit.
  await tx`select 1 from user_account where id = ${owner}::uuid for no key update`;
  const [held] = await tx<{ unfinished: number; bytes: number }[]>`
    select count(*) filter (where d.status not in ('done', 'undone'))::int as unfinished,
      coalesce(sum(d.bytes), 0)::float8 as bytes
    from data_import d join import_plan p on p.import_id = d.id
    where d.owner_id = ${owner}::uuid and d.deleted_at is null and p.forgotten_at is null
  `;
  if ((held?.unfinished ?? 0) >= IMPORT_LIMITS.unfinished)
    throw invalid({
      file: `You have ${IMPORT_LIMITS.unfinished} imports that are not finished: finish some first`,
    });
  if ((held?.bytes ?? 0) + bytes > IMPORT_LIMITS.keptBytes)
    throw invalid({ file: 'Your files of the last thirty days fill the gigabyte that is kept for you' });
}
