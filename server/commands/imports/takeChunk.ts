import { holds } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { notAllowed } from '../../../shared/protocol/index.ts';
import type { CsvRow } from '../../csv/read.ts';
import type { Act } from '../perform.ts';
import { linkParents, settleDone } from './activities.ts';
import { checkMap } from './checkMap.ts';
import { draftRow } from './draftRow.ts';
import { importableFor } from './importable.ts';
import { isRefused, normal, type Draft, type Job, type Trace } from './job.ts';
import { keepRows } from './keepRows.ts';
import { linkRows, placeRows } from './linkRows.ts';
import { differences, matchRows } from './matchRows.ts';
import { targetsOf } from '../../imports/targets.ts';
import { titlesOf } from '../../imports/titles.ts';
import { writeRows } from './writeRows.ts';

const SHOWN = 20;

/**
 * Takes some rows in, with the rights that the import's owner has at this moment. A check does all of the same, and
 * takes back what it has written.
 * @throws ApiError `not_allowed`, where the right to bring files in, or to add such records, is gone
 */
export async function takeChunk(act: Act, job: Job, rows: readonly CsvRow[]): Promise<Draft[]> {
  await mustStillMay(act, job);
  await oneAtATime(act, job);
  const now = await clock(act);
  const drafts = rows.map((row) => draftRow(job, row, now));
  const along = await linkRows(act, job, drafts);
  await linkParents(act, job, drafts);
  await matchRows(act, job, drafts);
  for (const draft of drafts) settleDone(draft, now);
  await placeRows(act, job, drafts);
  for (const draft of drafts)
    if (draft.outcome === 'update' && Object.keys(differences(draft)).length === 0) draft.outcome = 'same';
  const work = (part: Act) => writeRows(part, job, drafts, along, now);
  const traces = job.dry ? await onlyTried(act, work) : await work(act);
  settle(drafts, traces);
  await show(act, job, drafts);
  if (job.dry) remember(job, drafts);
  await keepRows(act, job, drafts, job.dry ? [] : traces);
  return drafts;
}

/**
 * Chunks that look for records and add what is missing wait for each other, per object and until the commit: two imports
 * of one file at the same moment would both find nothing.
 */
async function oneAtATime({ tx }: Act, { dry, map, object, columns }: Job): Promise<void> {
  if (dry) return;
  const along = columns.flatMap(({ missing, target }) => (missing === 'create' ? (target.target ?? []) : []));
  const names = new Set([...((map.match ?? []).length > 0 ? [object.name] : []), ...along]);
  for (const name of [...names].sort()) await tx`select pg_advisory_xact_lock(hashtext(${`import ${name}`}))`;
}

/**
 * Whether the map may be followed under the rights of this moment: a field that records were known by and that may not
 * be read any more would make all of them new ones.
 * @throws ApiError `not_allowed`, `field_not_readable`, `invalid`
 */
export async function mustStillMay(act: Act, job: Job): Promise<void> {
  const actor = await act.actor();
  const { registry } = act.app;
  if (!holds(actor, 'import')) throw notAllowed('import');
  importableFor(actor, registry, job.object.name);
  if (actor.fingerprint === job.rights) return;
  const targets = await targetsOf(act.tx, actor, registry, job.object);
  checkMap(actor, registry, job.object, targets, job.heads, job.map);
  job.rights = actor.fingerprint;
}

/** Does it, and takes all of it back. */
export async function onlyTried<T>(act: Act, work: (part: Act) => Promise<T>): Promise<T> {
  try {
    return await act.attempt(async (part) => {
      throw new Tried(await work(part));
    });
  } catch (error) {
    if (error instanceof Tried) return error.result as T;
    throw error;
  }
}

class Tried extends Error {
  constructor(readonly result: unknown) {
    super('It was only tried');
  }
}

/** A row that changed nothing after all (what it says is what the program keeps there) is the same. */
function settle(drafts: readonly Draft[], traces: readonly Trace[]): void {
  const written = new Set(traces.map(({ id }) => id));
  for (const draft of drafts)
    if (draft.outcome === 'update' && !written.has(draft.recordId ?? '')) draft.outcome = 'same';
}

/** The first rows, as people will read them: who is meant instead of what was written, where somebody was found. */
async function show(act: Act, { object, found }: Job, drafts: readonly Draft[]): Promise<void> {
  const some = drafts.slice(0, Math.max(0, SHOWN - found.rows.length));
  if (some.length === 0) return;
  const named = some.flatMap(({ wanted, values, set }) =>
    wanted.flatMap(({ to, object: name, many }) => {
      const id = values[to] ?? set[to];
      return !many && typeof id === 'string' && !id.startsWith('along:') ? [{ object: name, id }] : [];
    }),
  );
  const titles = await titlesOf(act.tx, await act.actor(), act.app.registry, named);
  for (const { line, outcome, shown, values, set, wanted } of some) {
    for (const { to } of wanted) {
      const title = titles.get(String(values[to] ?? set[to]));
      if (title !== undefined) shown[to] = title;
    }
    const own = Object.entries(shown).filter(
      ([to]) => outcome === 'create' || !(to in set) || to in object.fields,
    );
    found.rows.push({ line, act: outcome, values: Object.fromEntries(own) });
  }
}

/** What would be there by now, by its texts: rows further down may name it. */
function remember(job: Job, drafts: readonly Draft[]): void {
  const selves = job.columns.filter(({ target }) => target.target === job.object.name);
  if (selves.length === 0) return;
  const names = [...new Set([job.object.title, ...selves.flatMap(({ find }) => find ?? [])])];
  for (const { outcome, values, set } of drafts.filter(
    (draft) => !isRefused(draft) && draft.outcome === 'create',
  )) {
    for (const name of names) {
      const value = values[name] ?? set[name];
      if (outcome === 'create' && typeof value === 'string') job.made.add(madeKey(job.object.name, value));
    }
  }
}

export const madeKey = (object: string, text: string): string => `${object}\0${normal(text)}`;

async function clock({ tx }: Act): Promise<string> {
  const [row] = await tx<{ now: string }[]>`select clock_timestamp() as now`;
  return must(row, 'a time').now;
}
