import { alreadyDone, type ImportMap } from '../../../shared/protocol/index.ts';
import { toJson } from '../../db/json.ts';
import type { App, Caller } from '../../lib/app.ts';
import { changeRecord } from '../../records/write.ts';
import { perform, type Act } from '../perform.ts';
import { checkMap } from './checkMap.ts';
import { findOwnImport, type Plan } from '../../imports/own.ts';
import { holdPlan, lockOwnImport } from './lock.ts';
import { mustBeKept, openRows, readingOf } from '../../imports/rowsOf.ts';
import { targetsOf } from '../../imports/targets.ts';

/**
 * Says what the columns of a file mean; what was found by another map is void then. Answers it with the reading.
 * @throws ApiError `not_found`, `not_allowed`, `field_not_readable`, `invalid`, `already_done` (rows have come in)
 */
export async function setMap(app: App, caller: Caller, id: string, asked: ImportMap): Promise<ImportMap> {
  const { plan } = await findOwnImport(app, caller.actor, id);
  mustBeKept(plan);
  const read = await openedFor(app, id, asked);
  return perform(app, caller, (act) => putMap(act, id, read));
}

/** A map, and the heads of the file that it is for. */
export interface ReadMap {
  map: ImportMap;
  heads: string[];
}

/** Reads the heads of a file that is kept, outside of any transaction. @throws ApiError `invalid`, `too_large` */
export async function openedFor(app: App, id: string, asked: ImportMap): Promise<ReadMap> {
  const read = await readingOf(app, id, asked.read);
  const { heads, rows } = await openRows(app, id, read);
  await rows.return(undefined);
  return { map: { ...asked, read }, heads };
}

/** The same as `setMap` within work that is under way. */
export async function putMap(act: Act, id: string, { map, heads }: ReadMap): Promise<ImportMap> {
  const { tx, app, ctx } = act;
  await holdPlan(act, id);
  const { record, object, plan } = await lockOwnImport(act, id);
  mustBeOpenToMapping(String(record['status']), plan);
  const actor = await act.actor();
  checkMap(actor, app.registry, object, await targetsOf(tx, actor, app.registry, object), heads, map);
  await tx`
    update import_plan set map = ${toJson(tx, map)}, result = null, doing = null, at = 0, phase = 'rows'
    where import_id = ${id}
  `;
  const { read } = plan.map ?? {};
  const isReadAnew = read?.delimiter !== map.read?.delimiter || read?.encoding !== map.read?.encoding || read?.heads !== map.read?.heads; // prettier-ignore
  await changeRecord(tx, app, ctx, app.registry.get('import'), id, {
    status: 'uploaded',
    problem: null,
    // Read in another way, it has other rows.
    ...(isReadAnew ? { rows: null } : {}),
  });
  return map;
}

function mustBeOpenToMapping(status: string, { doing }: Plan): void {
  if (['checking', 'running', 'undoing'].includes(status)) throw alreadyDone('It is at work: stop it first');
  if (doing === 'run' || doing === 'undo')
    throw alreadyDone('Rows of it have come in already: undo it, and send the file again');
}
