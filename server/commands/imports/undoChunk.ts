import { mask, type Image } from '../../../shared/access/index.ts';
import type { Value } from '../../../shared/fields/index.ts';
import { must } from '../../../shared/lib/must.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { ApiError } from '../../../shared/protocol/index.ts';
import { toJson } from '../../db/json.ts';
import { lockImages } from '../../records/parts.ts';
import type { Act } from '../perform.ts';
import { asLeft } from './asLeft.ts';
import { alterRecord } from '../records/alterRecord.ts';
import { takeAllAway } from '../records/takeAway.ts';

const AT_ONCE = 200;

interface Written {
  position: number;
  object: string;
  record_id: string;
  version: number;
  before: Record<string, Value> | null;
}

/** What is to become of something written: with a reason it is kept (of an update: those fields are). */
interface Fate extends Written {
  reason: string | null;
  /** Nothing of it is taken back. */
  whole: boolean;
}

/**
 * Takes some of what an import has written back, the newest first: what it added goes into the bin, what it changed gets
 * its old values. Whatever somebody has changed since stays as it is and is told, with the reason.
 * @throws ApiError `not_allowed`, where the right to bring files in is gone
 */
export async function undoChunk(act: Act, id: string): Promise<{ gone: number; kept: number }> {
  const { tx } = act;
  await act.mustHold('import');
  const rows = await tx<Written[]>`
    select position, object, record_id, version, before from import_write
    where import_id = ${id} and fate is null order by position desc limit ${AT_ONCE}
  `;
  const fates: Fate[] = [];
  for (const some of alike(rows)) fates.push(...(await takeBack(act, some)));
  const told = fates.map(({ position, reason }) => ({
    position,
    fate: reason === null ? 'undone' : 'kept',
    reason,
  }));
  await tx`
    update import_write set fate = r.fate, reason = r.reason
    from jsonb_to_recordset(${toJson(tx, told)}) r (position bigint, fate text, reason text)
    where import_id = ${id} and import_write.position = r.position
  `;
  return { gone: told.length, kept: told.filter(({ fate }) => fate === 'kept').length };
}

/** Runs of the same object, added or changed: what came after something may need it, so the order stays. */
function alike(rows: readonly Written[]): Written[][] {
  const runs: Written[][] = [];
  let last: Written | undefined;
  for (const row of rows) {
    if (last?.object === row.object && (last.before === null) === (row.before === null))
      runs.at(-1)?.push(row);
    else runs.push([row]);
    last = row;
  }
  return runs;
}

async function takeBack(act: Act, rows: readonly Written[]): Promise<Fate[]> {
  const object = act.app.registry.get(must(rows[0], 'something written').object);
  const ids = rows.map(({ record_id }) => record_id);
  const images = new Map((await lockImages(act.tx, object, ids)).map((image) => [image.id, image]));
  const touched = new Map(
    (
      await act.tx<{ id: string; touched: Record<string, number> }[]>`
        select id, touched from ${act.tx(object.table)} where id = any (${ids}::uuid[])
      `
    ).map((row) => [row.id, row.touched]),
  );
  const added = rows.filter(({ before }) => before === null);
  const same = await asLeft(act, object, added, images, touched);
  const fates: Fate[] = [];
  for (const row of rows) {
    const image = images.get(row.record_id) ?? null;
    const known = { touched: touched.get(row.record_id) ?? {}, isSame: same.has(row.record_id) };
    fates.push(await judge(act, object, row, image, known));
  }
  await undoAll(act, object, fates.filter(({ whole }) => !whole)); // prettier-ignore
  return fates;
}

/** What can be said before anything is tried: whoever may not see a record learns nothing of it but that. */
async function judge(
  act: Act,
  object: ObjectDef,
  row: Written,
  image: Image | null,
  { touched, isSame }: { touched: Record<string, number>; isSame: boolean },
): Promise<Fate> {
  const seen = image && mask(await act.actor(), act.app.registry, object, image);
  if (!image || !seen) return { ...row, reason: GONE, whole: true };
  if (row.before === null)
    return isSame
      ? { ...row, version: image.version, reason: null, whole: false }
      : { ...row, reason: 'Changed since', whole: true };
  const names = Object.keys(row.before);
  const since = names.filter((name) => name in seen && (touched[name] ?? 0) > row.version);
  const before = Object.fromEntries(Object.entries(row.before).filter(([name]) => !since.includes(name)));
  const labels = since.map((name) => object.fields[name]?.label ?? name);
  const reason = since.length > 0 ? `Changed since: ${labels.join(', ')}` : null;
  return { ...row, before, reason, whole: since.length === names.length };
}

const GONE = 'It is not there any more, or not yours to see';

/** All at once if it can be; where one is refused they are halved until it stands alone. */
async function undoAll(act: Act, object: ObjectDef, fates: readonly Fate[]): Promise<void> {
  if (fates.length === 0) return;
  try {
    await act.attempt((part) => undoTogether(part, object, fates));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.code === 'session_ended') throw error;
    const half = Math.ceil(fates.length / 2);
    if (fates.length === 1) fates[0]!.reason = reasonOf(error);
    else for (const some of [fates.slice(0, half), fates.slice(half)]) await undoAll(act, object, some);
  }
}

async function undoTogether(act: Act, object: ObjectDef, fates: readonly Fate[]): Promise<void> {
  const added = fates.filter(({ before }) => before === null);
  if (added.length > 0)
    await takeAllAway(
      act,
      object,
      added.map(({ record_id, version }) => ({ id: record_id, version })),
    );
  for (const { record_id, version, before, reason } of fates) {
    if (before === null) continue;
    const { after } = await alterRecord(act, object, record_id, before, version);
    if (reason === null) await asBefore(act, record_id, { was: version - 1, is: after.version });
  }
}

/** It is again as an earlier import has left it, which may be undone in its turn. */
const asBefore = ({ tx }: Act, id: string, { was, is }: { was: number; is: number }) =>
  tx`update import_write set version = ${is} where record_id = ${id} and version = ${was} and fate is null`;

function reasonOf({ code, details, message }: ApiError): string {
  if (code === 'version_conflict') return 'Changed since';
  if (code === 'not_found') return GONE;
  return details.needs === undefined ? message : `${message} (${details.needs})`;
}
