import { possible, rightsOf } from '../../../shared/access/index.ts';
import type { Value } from '../../../shared/fields/index.ts';
import { ApiError } from '../../../shared/protocol/index.ts';
import { sqlState } from '../../db/failures.ts';
import type { Values } from '../../records/columns.ts';
import { judgeEach, refusalsIn } from '../../records/judgeEach.ts';
import type { Act } from '../perform.ts';
import { addRecords, type Addition } from '../records/addRecords.ts';
import { alterRecord } from '../records/alterRecord.ts';
import { addAlong, type AddedAlong } from './along.ts';
import {
  isRefused,
  isValue,
  keyOfWanted,
  problem,
  refuse,
  type Draft,
  type Job,
  type Trace,
  type Wanted,
} from './job.ts';
import { wantedAs, type Along } from './linkRows.ts';
import { differences } from './matchRows.ts';
import { momentOf, partsOf, type NewParts } from './parts.ts';
import { giveRoles } from './roles.ts';

/** What the writing of some rows needs to know, and learns. */
interface Writing {
  job: Job;
  along: Along;
  /** Ids of records added along, by key. */
  made: Map<string, string>;
  now: string;
}

/**
 * Writes rows, all at once if it can be. Where some are refused that the refusal names, the others are tried again
 * without them; else the rows are halved until it stands alone. Nothing of it remains, and the others come in.
 */
export async function writeRows(
  act: Act,
  job: Job,
  drafts: readonly Draft[],
  along: Along,
  now: string,
): Promise<Trace[]> {
  const due = drafts.filter(({ outcome }) => outcome === 'create' || outcome === 'update');
  return takeAll(act, { job, along, made: new Map(), now }, due);
}

async function takeAll(act: Act, writing: Writing, drafts: readonly Draft[]): Promise<Trace[]> {
  if (drafts.length === 0) return [];
  try {
    const { traces, added } = await act.attempt((part) => take(part, writing, drafts));
    for (const { key, id, object } of added) {
      writing.made.set(key, id);
      countAlong(writing.job, key, object);
    }
    return traces;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const refusals = refusalsIn(error);
    const named =
      drafts.length === 1 ? drafts : drafts.filter(({ recordId }) => refusals.has(recordId ?? ''));
    for (const draft of named) {
      const own = refusals.get(draft.recordId ?? '') ?? error;
      if (!goesWithout(writing.job, draft, own)) blame(writing.job, draft, own);
    }
    if (named.length > 0) return takeAll(act, writing, drafts.filter(isDue));
    const half = Math.ceil(drafts.length / 2);
    const first = await takeAll(act, writing, drafts.slice(0, half));
    return [...first, ...(await takeAll(act, writing, drafts.slice(half)))];
  }
}

/**
 * People who are there and cannot hold the record (they have left, they have no role) are no more than people who are
 * not there: where the map says so, the row comes in without them. Answers whether anything is left away.
 */
function goesWithout(job: Job, draft: Draft, error: unknown): boolean {
  const told = Object.entries(error instanceof ApiError ? (error.details.fields ?? {}) : {});
  const out = told.flatMap(([name, words]) => {
    const column = job.columns.find(({ to, head }) => to === name && head !== null);
    const isPerson = column?.target.target === 'user' && column.missing === 'empty';
    return isPerson && name in draft.values ? [{ name, words, head: column.head }] : [];
  });
  if (out.length === 0 || out.length < told.length) return false;
  for (const { name, words, head } of out) {
    draft.problems.push(problem(draft.line, head, words, true));
    draft.values = Object.fromEntries(Object.entries(draft.values).filter(([key]) => key !== name));
  }
  return true;
}

/** What a row may be refused for; whatever else goes wrong is not for one row to bear. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ApiError) return error.status < 500 && error.code !== 'session_ended';
  return /^2[23]/.test(sqlState(error) ?? '');
}

/** A check adds along what it needs anew with every chunk, and counts it once. */
function countAlong({ found, dry, made }: Job, key: string, object: string): void {
  if (dry && made.has(key)) return;
  if (dry) made.add(key);
  found.along[object] = (found.along[object] ?? 0) + 1;
}

async function take(
  act: Act,
  writing: Writing,
  drafts: readonly Draft[],
): Promise<{ traces: Trace[]; added: AddedAlong[] }> {
  const { job, along, now } = writing;
  const made = new Map(writing.made);
  const missing = new Map<string, { one: Wanted; line: number }>();
  for (const { wanted, line } of drafts)
    for (const one of wanted) {
      const key = keyOfWanted(one);
      if (along.has(key) && !made.has(key) && !missing.has(key)) missing.set(key, { one, line });
    }
  const isComing = (one: Wanted) => job.dry && job.made.has(keyOfWanted(one));
  const added = await addAlong(
    act,
    [...missing.values()].map(({ one }) => one),
    now,
    isComing,
  );
  for (const { key, id } of added) made.set(key, id);
  const traces = added.map(({ key, object, id }): Trace => ({
    line: missing.get(key)?.line ?? 0,
    object,
    id,
    version: 1,
    before: null,
  }));
  traces.push(...(await createAll(act, job, drafts, made, now)));
  traces.push(...(await updateAll(act, job, drafts, made)));
  return { traces: await withVersions(act, traces), added };
}

async function createAll(
  act: Act,
  job: Job,
  drafts: readonly Draft[],
  made: ReadonlyMap<string, string>,
  now: string,
): Promise<Trace[]> {
  const fresh = drafts.filter(({ outcome }) => outcome === 'create');
  if (fresh.length === 0) return [];
  const unowned = await givesAway(act, job);
  const additions: Addition[] = [];
  const parts: NewParts = {};
  for (const draft of fresh) {
    const id = draft.recordId ?? '';
    const at = momentOf(draft, now);
    const values = {
      ...unowned,
      ...known(draft.set, made),
      ...known(draft.values, made),
      ...foreignId(job, draft),
    };
    const own = partsOf(draft, job.object.name, id, at, values);
    for (const [part, some] of Object.entries(own.parts)) parts[part] = [...(parts[part] ?? []), ...some];
    additions.push({
      id,
      values,
      told: { ...byDefault(job, draft, values), ...draft.told, ...own.told },
      at,
    });
  }
  await addRecords(act, job.object, additions);
  for (const [part, some] of Object.entries(parts)) await addRecords(act, act.app.registry.get(part), some);
  for (const { recordId, roles } of fresh) if (roles.length > 0) await giveRoles(act, recordId ?? '', roles);
  return fresh.map(({ line, recordId }) => ({
    line,
    object: job.object.name,
    id: recordId ?? '',
    version: 1,
    before: null,
  }));
}

/** Where the file has a column for owners and leaves it empty, the record is nobody's, if one may give it away at all. */
async function givesAway(act: Act, { object, columns }: Job): Promise<Values> {
  const owner = object.facts.owner;
  if (owner === undefined || !columns.some(({ to, head }) => to === owner && head !== null)) return {};
  const rights = rightsOf(await act.actor(), act.app.registry, object, null);
  return possible(rights.actions.assign) ? { [owner]: null } : {};
}

/** What the program says of a record that nobody has told. */
function byDefault({ object, dry }: Job, { line }: Draft, values: Values): Values {
  if (object.name === 'activity') return 'kind' in values ? {} : { kind: 'task' };
  if (object.name !== 'ticket') return {};
  return {
    // Who brings a file in does not work on what is in it.
    ...('assignee' in values ? {} : { assignee: null }),
    // Numbers that a check took would be missing afterwards.
    ...(dry ? { number: -line } : {}),
  };
}

/** The id of elsewhere is kept, unless the row comes from yet another place, whose id it says. */
const foreignId = ({ object }: Job, { foreignId: id, values }: Draft): Values =>
  id !== null && 'external_id' in object.fields && !isValue(values['external_id']) ? { external_id: id } : {};

/** In one order for everyone, so that imports at the same time do not wait for each other in a circle. */
async function updateAll(
  act: Act,
  job: Job,
  drafts: readonly Draft[],
  made: ReadonlyMap<string, string>,
): Promise<Trace[]> {
  const traces: Trace[] = [];
  const due = drafts.filter(({ outcome }) => outcome === 'update');
  const inOrder = due
    .map((draft) => ({ id: draft.recordId ?? '', draft }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  await judgeEach(inOrder, async ({ id, draft }) => {
    const values = known(differences(draft), made);
    const { before, after } = await alterRecord(act, job.object, id, values, draft.existing?.version);
    if (after.version === before.version) return;
    const names = Object.keys(job.object.fields).filter((name) => name in values);
    const old = Object.fromEntries(names.map((name) => [name, before[name] ?? null]));
    traces.push({
      line: draft.line,
      object: job.object.name,
      id: after.id,
      version: after.version,
      before: old,
    });
  });
  return traces;
}

const known = (values: Values, made: ReadonlyMap<string, string>): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, knownValue(value, made)]));

function knownValue(value: Value, made: ReadonlyMap<string, string>): Value {
  const idOf = (text: string) =>
    text.startsWith(ALONG) ? (made.get(text.slice(ALONG.length)) ?? text) : text;
  if (typeof value === 'string') return idOf(value);
  return Array.isArray(value)
    ? (value.map((one) => (typeof one === 'string' ? idOf(one) : one)) as Value)
    : value;
}

const ALONG = wantedAs('');

/** As they are now: what came with a record may have moved it. */
async function withVersions({ tx, app }: Act, traces: readonly Trace[]): Promise<Trace[]> {
  const versions = new Map<string, number>();
  for (const name of new Set(traces.map(({ object }) => object))) {
    const ids = traces.filter(({ object }) => object === name).map(({ id }) => id);
    const rows = await tx<{ id: string; version: number }[]>`
      select id, version from ${tx(app.registry.get(name).table)} where id = any (${ids}::uuid[])
    `;
    for (const { id, version } of rows) versions.set(id, version);
  }
  return traces.map((trace) => ({ ...trace, version: versions.get(trace.id) ?? trace.version }));
}

/** The columns that a refusal means, and its reason in words. */
export function blame(job: Job, draft: Draft, error: unknown): void {
  for (const { column, reason } of reasonsOf(job, error)) refuse(draft, column, reason);
}

export function reasonsOf(
  { columns, object }: Job,
  error: unknown,
): { column: string | null; reason: string }[] {
  if (!(error instanceof ApiError)) {
    const reason =
      sqlState(error) === '23505' ? 'There is such a record already' : 'The store cannot keep this row';
    return [{ column: null, reason }];
  }
  const { fields, needs } = error.details;
  if (!fields || Object.keys(fields).length === 0)
    return [{ column: null, reason: needs === undefined ? error.message : `${error.message} (${needs})` }];
  return Object.entries(fields).map(([name, words]) => {
    const column =
      columns.find(({ to }) => to === name) ??
      columns.find(({ to }) => to === 'belongs_to' && object.parents.includes(name));
    if (column?.head) return { column: column.head, reason: words };
    return {
      column: null,
      reason: `${column?.target.label ?? object.fields[name]?.label ?? name}: ${words}`,
    };
  });
}

export const isDue = (draft: Draft): boolean => !isRefused(draft);
