import { fetchImage } from '../../records/imageSql.ts';
import type { Image } from '../../../shared/access/index.ts';
import type { ObjectDef, ReachedAction } from '../../../shared/objects/index.ts';
import { alreadyDone, notForOneself, notFound } from '../../../shared/protocol/index.ts';
import { waysToGive, type WaysToGive } from '../../access/waysToGive.ts';
import type { Act } from '../perform.ts';

/** A request that the caller may answer, with the record as it is. */
export interface OpenRequest {
  id: string;
  asker: string;
  object: ObjectDef;
  image: Image;
  action: ReachedAction;
  field: string | null;
  by: WaysToGive;
}

interface Row {
  id: string;
  asker: string;
  object: string;
  record: string;
  action: ReachedAction;
  field: string | null;
  status: string;
}

/**
 * An open request, locked. It is there for whoever could give what is asked for, and for nobody else.
 * @throws ApiError `not_found`, `not_allowed` (their own), `already_done` (somebody has answered it)
 */
export async function openRequest(act: Act, id: string): Promise<OpenRequest> {
  const { tx, app, caller } = act;
  const [row] = await tx<Row[]>`
    select id, asker_id as asker, object, record_id as record, action, field, status
    from access_request where id = ${id} for update
  `;
  if (!row) throw notFound();
  if (row.asker === caller.actor.userId) throw notForOneself('Someone else has to answer what you ask for');
  const object = app.registry.find(row.object);
  const image = object && (await fetchImage(tx, object, row.record, { lock: false }));
  const by = object && image && waysToGive(await act.actor(), app.registry, object, image, row);
  if (!object || !image || !by) throw notFound();
  if (row.status !== 'open') throw alreadyDone('This was answered already');
  const { asker, action, field } = row;
  return { id, asker, object, image, action, field, by };
}
