import type { Image, MaskedRecord } from '../../../shared/access/index.ts';
import { mask } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { alreadyDone, invalid } from '../../../shared/protocol/index.ts';
import { audit } from '../../identity/audit.ts';
import type { App, Caller } from '../../lib/app.ts';
import type { Values } from '../../records/columns.ts';
import { changeRecord } from '../../records/write.ts';
import { perform, type Act } from '../perform.ts';
import { mustBeWhole } from './checkMap.ts';
import { importableFor } from './importable.ts';
import type { Doing, OwnImport } from '../../imports/own.ts';
import { holdPlan, lockOwnImport } from './lock.ts';
import { mustBeKept } from '../../imports/rowsOf.ts';
import { targetsOf } from '../../imports/targets.ts';

export type { Doing } from '../../imports/own.ts';

// What people say to an import. They only say it: the work is done by whichever node takes it up (work.ts).

const ACTIVE = { check: 'checking', run: 'running', undo: 'undoing' } as const;

/**
 * Has an import checked, brought in or undone. A run that was stopped or failed goes on where it was, and so does an
 * undoing. Answers the import as it is now.
 * @throws ApiError `not_found`, `not_allowed`, `invalid` (there is no map yet), `already_done`
 */
export const startImport = (app: App, caller: Caller, id: string, doing: Doing): Promise<MaskedRecord> =>
  perform(app, caller, (act) => begin(act, id, doing));

export async function begin(act: Act, id: string, doing: Doing): Promise<MaskedRecord> {
  const { tx, app } = act;
  await holdPlan(act, id);
  const own = await lockOwnImport(act, id);
  mustBeginnable(own, doing);
  const goesOn = own.plan.doing === doing && doing !== 'check';
  if (doing !== 'undo') {
    mustBeKept(own.plan);
    if (!own.plan.map) throw invalid({ map: 'Say first what the columns mean' });
    const actor = await act.actor();
    importableFor(actor, app.registry, own.object.name);
    mustBeWhole(await targetsOf(tx, actor, app.registry, own.object), own.plan.map);
  }
  if (!goesOn) {
    const isCheck = doing === 'check';
    if (doing !== 'undo') await tx`delete from import_row where import_id = ${id} and dry = ${isCheck}`;
    await tx`
      update import_plan set doing = ${doing}, at = 0, phase = 'rows',
        result = case when ${doing} = 'undo' then result end
      where import_id = ${id}
    `;
  }
  await tx`update import_plan set leased_by = null, leased_until = null where import_id = ${id}`;
  const counts = { gone_through: 0, created: 0, updated: 0, same: 0, refused: 0 };
  const fresh: Values = {
    ...(doing === 'undo' ? { gone_through: 0, kept: 0 } : counts),
    started_at: await now(act),
  };
  const record = await change(act, id, {
    ...(goesOn ? {} : fresh),
    status: ACTIVE[doing],
    problem: null,
    finished_at: null,
  });
  if (doing !== 'check')
    await audit(tx, { ...act.by, action: `import.${doing}`, object: 'import', targetId: id });
  return record;
}

/** Has it pause: the rows under way come in, and no further ones. @throws ApiError `not_found`, `not_allowed` */
export const stopImport = (app: App, caller: Caller, id: string): Promise<MaskedRecord> =>
  perform(app, caller, (act) => stop(act, id));

export async function stop(act: Act, id: string): Promise<MaskedRecord> {
  const { record } = await lockOwnImport(act, id);
  const status = String(record['status']);
  if (!Object.values(ACTIVE).some((active) => active === status)) throw alreadyDone('It is not at work');
  return change(act, id, { status: 'stopped' });
}

function mustBeginnable({ record, plan }: OwnImport<Image>, doing: Doing): void {
  const status = String(record['status']);
  if (Object.values(ACTIVE).some((active) => active === status)) throw alreadyDone('It is at work already');
  if (doing === 'undo') {
    if (plan.doing !== 'run' && plan.doing !== 'undo') throw alreadyDone('Nothing of it has come in');
    if (status === 'undone') throw alreadyDone('It is undone already');
    return;
  }
  if (plan.doing === 'undo') throw alreadyDone('It was undone: send the file again');
  if (plan.doing === 'run' && (doing === 'check' || status === 'done'))
    throw alreadyDone('Rows of it have come in already');
}

async function change(act: Act, id: string, values: Values): Promise<MaskedRecord> {
  const { tx, app, ctx } = act;
  const imports = app.registry.get('import');
  const { after } = await changeRecord(tx, app, ctx, imports, id, values);
  return must(mask(await act.actor(), app.registry, imports, after), 'sight of one’s own import');
}

async function now({ tx }: Act): Promise<string> {
  const [row] = await tx<{ now: string }[]>`select clock_timestamp() as now`;
  return must(row, 'a time').now;
}
