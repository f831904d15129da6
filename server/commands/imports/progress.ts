import { must } from '../../../shared/lib/must.ts';
import type { ImportResult } from '../../../shared/protocol/index.ts';
import { toJson } from '../../db/json.ts';
import { transaction } from '../../db/transaction.ts';
import { audit } from '../../identity/audit.ts';
import type { App } from '../../lib/app.ts';
import type { Values } from '../../records/columns.ts';
import { fetchImage } from '../../records/imageSql.ts';
import { changeRecord } from '../../records/write.ts';
import type { Act } from '../perform.ts';
import { noteProblem, PROBLEMS_KEPT, type Draft, type Job } from './job.ts';
import { REFUSED_HEADS } from '../../imports/rowsOf.ts';
import { suggest } from './suggest.ts';

/** How far an import has come, in the transaction that brought it there; its record tells everyone who may see it. */
export async function note(
  act: Act,
  job: Job,
  step: { at?: number; phase?: 'rows' | 'links'; rows?: number; drafts?: readonly Draft[]; updated?: number },
): Promise<void> {
  const { tx } = act;
  const { at, phase, rows, drafts = [], updated = 0 } = step;
  for (const { problems } of drafts)
    for (const one of problems.slice(0, PROBLEMS_KEPT)) noteProblem(job.found, one);
  await tx`
    update import_plan set result = ${toJson(tx, resultOf(job))},
      at = coalesce(${at ?? null}::int, at), phase = coalesce(${phase ?? null}::text, phase)
    where import_id = ${job.id}
  `;
  const count = (...outcomes: string[]) => drafts.filter(({ outcome }) => outcomes.includes(outcome)).length;
  await add(
    act,
    job.id,
    {
      created: count('create'),
      updated: count('update') + updated,
      same: count('same', 'skip') - updated,
      refused: count('refuse'),
    },
    { ...(at === undefined ? {} : { gone_through: at }), ...(rows === undefined ? {} : { rows }) },
  );
}

/** It is through: says what there is to say in the end. */
export async function finish(act: Act, job: Job): Promise<void> {
  const { tx, app, ctx } = act;
  const result = { ...resultOf(job), unknown: await suggest(act, job) };
  await tx`update import_plan set result = ${toJson(tx, result)} where import_id = ${job.id}`;
  const values = { status: job.dry ? 'checked' : 'done', finished_at: await now(act) };
  const { after } = await changeRecord(tx, app, ctx, app.registry.get('import'), job.id, values);
  if (job.dry) return;
  const { created, updated, same, refused } = after;
  const counts = {
    created: Number(created),
    updated: Number(updated),
    same: Number(same),
    refused: Number(refused),
  };
  await audit(tx, { ...act.by, action: 'import.done', object: 'import', targetId: job.id, after: counts });
}

/** How far an undoing has come; null: it is through. */
export async function undone(
  act: Act,
  id: string,
  step: { gone: number; kept: number } | null,
): Promise<void> {
  const { tx, app, ctx } = act;
  if (step) return add(act, id, { gone_through: step.gone, kept: step.kept });
  const values = { status: 'undone', finished_at: await now(act) };
  const { after } = await changeRecord(tx, app, ctx, app.registry.get('import'), id, values);
  const counts = { gone_through: Number(after['gone_through']), kept: Number(after['kept']) };
  await audit(tx, { ...act.by, action: 'import.undone', object: 'import', targetId: id, after: counts });
}

/** It cannot go on: says why, if it is still this process' to say. */
export async function failed(app: App, id: string, holder: string, problem: string): Promise<void> {
  await transaction(app.sql, async (tx) => {
    const [ours] = await tx`
      select 1 from import_plan where import_id = ${id} and leased_by = ${holder} for no key update
    `;
    const imports = app.registry.get('import');
    const image = ours && (await fetchImage(tx, imports, id, { lock: true }));
    if (!image || !['checking', 'running', 'undoing'].includes(String(image['status']))) return;
    const ctx = { actorId: null, requestId: `import-${id}` };
    await changeRecord(tx, app, ctx, imports, id, { status: 'failed', problem: problem.slice(0, 500) });
  });
  app.poke('log');
}

/** Only counts: whether it goes on is said by others, perhaps at this very moment. */
async function add({ tx, app, ctx }: Act, id: string, counts: Record<string, number>, set: Values = {}) {
  const imports = app.registry.get('import');
  const image = must(await fetchImage(tx, imports, id, { lock: true }), 'the import');
  const sums = Object.entries(counts).map(([name, count]) => [
    name,
    Math.max(0, Number(image[name]) + count),
  ]);
  await changeRecord(tx, app, ctx, imports, id, { ...Object.fromEntries(sums), ...set });
}

function resultOf({ found, heads, map, dry }: Job): ImportResult {
  const ignored = heads.filter(
    (head) => !(head in map.columns) && !REFUSED_HEADS.some((own) => own === head) && !isNamed(head, map.set),
  );
  const unknown = [...found.unknown.values()].map((one) => ({ ...one, suggestion: null }));
  return {
    doing: dry ? 'check' : 'run',
    ignored,
    problems: [],
    kinds: [...found.kinds.values()].toSorted((a, b) => b.rows - a.rows),
    unknown,
    rows: found.rows,
    along: found.along,
    kept: [],
  };
}

const isNamed = (head: string, set: Record<string, string> = {}): boolean =>
  Object.values(set).some((template) => template.includes(`{${head}}`));

async function now({ tx }: Act): Promise<string> {
  const [row] = await tx<{ now: string }[]>`select clock_timestamp() as now`;
  return must(row, 'a time').now;
}
