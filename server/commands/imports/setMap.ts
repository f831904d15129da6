import { alreadyDone, type ImportMap } from '../../../shared/protocol/index.ts';
import { toJson } from '../../db/json.ts';
import type { App, Caller } from '../../lib/app.ts';
import { changeRecord } from '../../records/write.ts';
import { perform } from '../perform.ts';
import { checkMap } from './checkMap.ts';
import { findOwnImport, holdPlan, lockOwnImport, type Plan } from './own.ts';
import { mustBeKept, openRows, readingOf } from './rowsOf.ts';
import { targetsOf } from './targets.ts';

/**
 * Says what the columns of a file mean; what was found by another map is void then. Answers it with the reading.
 * @throws ApiError `not_found`, `not_allowed`, `field_not_readable`, `invalid`, `already_done` (rows have come in)
 */
export async function setMap(app: App, caller: Caller, id: string, asked: ImportMap): Promise<ImportMap> {
  const { plan } = await findOwnImport(app, caller.actor, id);
  mustBeKept(plan);
  const read = await readingOf(app, id, asked.read);
  const { heads, rows } = await openRows(app, id, read);
  await rows.return(undefined);
  const map = { ...asked, read };
  return perform(app, caller, async (act) => {
    await holdPlan(act, id);
    const { record, object, plan: now } = await lockOwnImport(act, id);
    mustBeOpenToMapping(String(record['status']), now);
    const actor = await act.actor();
    checkMap(actor, app.registry, object, await targetsOf(act.tx, actor, app.registry, object), heads, map);
    await act.tx`
      update import_plan set map = ${toJson(act.tx, map)}, result = null, doing = null, at = 0, phase = 'rows'
      where import_id = ${id}
    `;
    await changeRecord(act.tx, app, act.ctx, app.registry.get('import'), id, { status: 'uploaded', problem: null });
    return map;
  });
}

function mustBeOpenToMapping(status: string, { doing }: Plan): void {
  if (['checking', 'running', 'undoing'].includes(status))
    throw alreadyDone('It is at work: stop it first');
  if (doing === 'run' || doing === 'undo')
    throw alreadyDone('Rows of it have come in already: undo it, and send the file again');
}
