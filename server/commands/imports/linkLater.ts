import type { ImportProblem } from '../../../shared/protocol/index.ts';
import { toJson } from '../../db/json.ts';
import type { Values } from '../../records/columns.ts';
import type { Act } from '../perform.ts';
import { alterRecord } from '../records/alterRecord.ts';
import { addAlong } from './along.ts';
import { findRecords, type Finds } from './findRecords.ts';
import {
  keyOfWanted,
  noteProblem,
  noteUnknown,
  problem,
  PROBLEMS_KEPT,
  type Job,
  type Trace,
  type Wanted,
} from './job.ts';
import { keepTraces } from './keepRows.ts';
import { ambiguous, unknownWords } from './linkRows.ts';
import { madeKey, mustStillMay, onlyTried } from './takeChunk.ts';
import { reasonsOf } from './writeRows.ts';

const AT_ONCE = 100;

interface Row {
  line: number;
  outcome: string;
  record_id: string;
  links: Wanted[];
  problems: ImportProblem[] | null;
}

/**
 * Once all rows are in: links some of them to others of the same object, whichever came first in the file. What is not
 * there even now is added along, or told as a problem of a row that came in without it. Answers how many rows it was,
 * and how many records that were there before it has changed.
 */
export async function linkLater(act: Act, job: Job): Promise<{ rows: number; updated: number }> {
  const { tx } = act;
  await mustStillMay(act, job);
  const rows = await tx<Row[]>`
    select line, outcome, record_id, links, problems from import_row
    where import_id = ${job.id} and dry = ${job.dry} and links is not null order by line limit ${AT_ONCE}
  `;
  if (rows.length === 0) return { rows: 0, updated: 0 };
  const wanted = rows.flatMap(({ links }) => links);
  const finds = await findRecords(tx, await act.actor(), act.app.registry, wanted);
  const traces = await addMissing(act, job, rows, finds);
  let updated = 0;
  for (const row of rows) updated += (await linkRow(act, job, row, finds)) ? 1 : 0;
  await keepTraces(act, job, traces);
  const kept = rows.map(({ line, problems }) => ({ line, problems }));
  await tx`
    update import_row set links = null, problems = r.problems
    from jsonb_to_recordset(${toJson(tx, kept)}) r (line int, problems jsonb)
    where import_id = ${job.id} and dry = ${job.dry} and import_row.line = r.line
  `;
  return { rows: rows.length, updated };
}

/** Adds what rows name, is nowhere, and may be added; each by itself, as one that cannot be is no reason against others. */
async function addMissing(act: Act, job: Job, rows: readonly Row[], finds: Finds): Promise<Trace[]> {
  const traces: Trace[] = [];
  const now = new Date().toISOString();
  for (const row of rows) {
    for (const one of row.links) {
      const key = keyOfWanted(one);
      if (one.missing !== 'create' || (finds.get(key) ?? []).length > 0 || isMade(job, one)) continue;
      const isComing = (other: Wanted) => job.dry && job.made.has(keyOfWanted(other));
      const add = (part: Act) => addAlong(part, [one], now, isComing);
      try {
        const [added] = job.dry ? await onlyTried(act, add) : await act.attempt(add);
        if (!added) continue;
        job.found.along[one.object] = (job.found.along[one.object] ?? 0) + 1;
        if (job.dry) job.made.add(madeKey(one.object, one.text));
        else {
          finds.set(key, [added.id]);
          traces.push({ line: row.line, object: one.object, id: added.id, version: 1, before: null });
        }
      } catch (error) {
        tell(row, job, error, one);
      }
    }
  }
  return traces;
}

/** Whether a check has found, or tried to add, a record of that name. */
const isMade = ({ dry, made }: Job, { object, text }: Wanted): boolean =>
  dry && made.has(madeKey(object, text));

/** Answers whether a record was changed that this import has not added itself. */
async function linkRow(act: Act, job: Job, row: Row, finds: Finds): Promise<boolean> {
  const values: Values = {};
  for (const one of row.links) {
    const ids = finds.get(keyOfWanted(one)) ?? [];
    const [id] = ids;
    if (ids.length > 1) told(row, job, problem(row.line, one.column, ambiguous(one, ids.length), true));
    else if (id !== undefined && one.many) values[one.to] = [...((values[one.to] as string[]) ?? []), id];
    else if (id !== undefined) values[one.to] = id;
    else if (!isMade(job, one) && !isTold(row, one)) {
      noteUnknown(job.found, one.column, one.to, one.text);
      told(row, job, problem(row.line, one.column, unknownWords(one), true));
    }
  }
  if (job.dry || Object.keys(values).length === 0) return false;
  try {
    const { before, after } = await act.attempt((part) =>
      alterRecord(part, job.object, row.record_id, values),
    );
    if (after.version === before.version) return false;
    const old = Object.fromEntries(Object.keys(values).map((name) => [name, before[name] ?? null]));
    return !(await noteLink(act, job, row, { old, was: before.version, version: after.version }));
  } catch (error) {
    for (const one of row.links) tell(row, job, error, one);
    return false;
  }
}

/**
 * Notes what was linked with what was written before; by itself, where somebody has changed the record in between, whose
 * change must still show. Answers whether this import had written the record before.
 */
async function noteLink(
  act: Act,
  job: Job,
  { line, record_id: id }: Row,
  { old, was, version }: { old: Values; was: number; version: number },
): Promise<boolean> {
  const { tx } = act;
  const [known] = await tx`
    update import_write set version = ${version}, before = ${toJson(tx, old)}::jsonb || before
    where import_id = ${job.id} and record_id = ${id} and version = ${was} returning 1
  `;
  if (known) return true;
  const [other] =
    await tx`select from import_write where import_id = ${job.id} and record_id = ${id} limit 1`;
  await keepTraces(act, job, [{ line, object: job.object.name, id, version, before: old }]);
  return other !== undefined;
}

function tell(row: Row, job: Job, error: unknown, { column }: Wanted): void {
  for (const { reason } of reasonsOf(job, error)) told(row, job, problem(row.line, column, reason, true));
}

function told(row: Row, { found }: Job, one: ImportProblem): void {
  if ((row.problems?.length ?? 0) >= PROBLEMS_KEPT) return;
  row.problems = [...(row.problems ?? []), one];
  noteProblem(found, one);
}

const isTold = ({ problems }: Row, { column }: Wanted): boolean =>
  problems?.some((one) => one.column === column && one.taken) ?? false;
