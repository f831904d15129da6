import type { Value } from '../../../shared/fields/index.ts';
import { OBJECTS } from '../../../shared/objects/index.ts';
import type { StageDef } from '../../../shared/fields/index.ts';
import type { Act } from '../perform.ts';
import { findRecords, type Finds } from './findRecords.ts';
import {
  isRefused,
  keyOfWanted,
  noteUnknown,
  problem,
  refuse,
  type Draft,
  type Job,
  type Wanted,
} from './job.ts';

/** Records to be added along with the rows that name them, by key of what is wanted. */
export type Along = Map<string, Wanted>;

/** Puts in the records that rows name; of what is not there, each row gets the fate that the map gives it. */
export async function linkRows(act: Act, job: Job, drafts: readonly Draft[]): Promise<Along> {
  const { tx, app } = act;
  const open = drafts.filter((draft) => isLookedAt(job, draft));
  const wanted = open.flatMap((draft) => draft.wanted);
  const finds = await findRecords(tx, await act.actor(), app.registry, wanted);
  const along: Along = new Map();
  for (const draft of open) for (const one of draft.wanted) link(job, draft, one, finds, along);
  return along;
}

/** A check says all that is wrong with a row at once, so that it need not be made again for each. */
const isLookedAt = ({ dry }: Job, draft: Draft): boolean => dry || !isRefused(draft);

function link(job: Job, draft: Draft, one: Wanted, finds: Finds, along: Along): void {
  const key = keyOfWanted(one);
  const ids = finds.get(key) ?? [];
  const { column, to, text } = one;
  if (ids.length > 1) return refuse(draft, column, ambiguous(one, ids.length));
  const [id] = ids;
  if (id !== undefined) put(draft, one, id);
  else if (isRefused(draft) && (one.missing !== 'refuse' || one.object === job.object.name)) return;
  // It may stand further down in the file: what comes of that is seen when all rows are in.
  else if (one.object === job.object.name) draft.links.push(one);
  else if (one.missing === 'create') {
    along.set(key, one);
    put(draft, one, wantedAs(key));
  } else {
    noteUnknown(job.found, column, to, text);
    const words = unknownWords(one);
    if (one.missing === 'empty') draft.problems.push(problem(draft.line, column, words, true));
    else refuse(draft, column, words);
  }
}

/** Stands for the id that a record added along will have. */
export const wantedAs = (key: string): string => `along:${key}`;

function put(draft: Draft, { to, many, isSet }: Wanted, id: string): void {
  const values = isSet ? draft.set : draft.values;
  if (!many) values[to] = id;
  else values[to] = [...new Set([...listOf(values[to]), id])];
}

const listOf = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

export const unknownWords = ({ object, text }: Wanted): string =>
  `No such ${labelOf(object)}: ${text.slice(0, 200)}`;

export const ambiguous = ({ object, text }: Wanted, count: number): string =>
  `There are ${count} of this name, so it is not clear which ${labelOf(object)} is meant: ${text.slice(0, 200)}`;

/** What people call such a record. */
const labelOf = (object: string): string =>
  (OBJECTS.find(({ name }) => name === object)?.label ?? object).toLowerCase();

interface Pipeline {
  id: string;
  stages: StageDef[];
}

/** Without the pipeline that it names, nothing can be said of the row's stage. */
const lacksPipeline = ({ wanted, values, set }: Draft): boolean =>
  wanted.some(({ to }) => to === 'pipeline') && !('pipeline' in values) && !('pipeline' in set);

/** Stages are named within the pipeline of the row: the one it names, that of the record there, or the first. */
export async function placeRows(act: Act, job: Job, drafts: readonly Draft[]): Promise<void> {
  const open = drafts.filter((draft) => isLookedAt(job, draft) && draft.stage && !lacksPipeline(draft));
  if (open.length === 0) return;
  const pipelines = await act.tx<Pipeline[]>`
    select id, stages from pipeline where deleted_at is null order by position, name, id
  `;
  for (const draft of open) {
    const { column, text } = draft.stage!;
    const named = draft.values['pipeline'] ?? draft.existing?.['pipeline'] ?? draft.set['pipeline'];
    const pipeline = named === undefined ? pipelines[0] : pipelines.find(({ id }) => id === named);
    const small = text.toLowerCase();
    const stage = pipeline?.stages.find(({ key, name }) => key === small || name.toLowerCase() === small);
    if (stage) {
      const values = column.head === null ? draft.set : draft.values;
      values[column.to] = stage.key;
      draft.shown[column.to] = stage.name;
    } else {
      noteUnknown(job.found, column.head ?? column.to, column.to, text);
      refuse(draft, column.head ?? column.to, `No such stage in this pipeline: ${text.slice(0, 200)}`);
    }
  }
}
