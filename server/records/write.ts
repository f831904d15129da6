import { decide, mask, type Actor, type Image } from '../../shared/access/index.ts';
import { sameValue } from '../../shared/fields/index.ts';
import { newId } from '../../shared/lib/ids.ts';
import { must } from '../../shared/lib/must.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { invalid, notFound, versionConflict } from '../../shared/protocol/index.ts';
import type { Tx } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { appendEvents } from '../outbox/append.ts';
import type { Draft, Work, Written } from './behaviours/behaviour.ts';
import { behaviourOf } from './behaviours/index.ts';
import { columnsOf, type Values } from './columns.ts';
import { imageSql } from './imageSql.ts';
import { judgeEach } from './judgeEach.ts';
import { binRows, insertRows, updateRow } from './rows.ts';
import { lockImages, partsFollow, partsGo } from './parts.ts';
import { policiesFollow } from './policies.ts';
import { placeFollowsOwner } from './placeFollowsOwner.ts';

// The only way into a registry table. Every function here writes the row and then its event, in the caller's
// transaction; a change without its event cannot be expressed. What is not asked here: whether the person may
// (server/commands), and whether values are of their kind (`valueSchema`; checked before).

/** On whose behalf, and in which request. */
export interface WriteContext {
  actorId: string | null;
  requestId: string;
  /** ISO; when it happened, if not now: only the demo tells stories of the past. */
  at?: string;
}

/** What the writing functions need of the program. */
export type Writer = Pick<App, 'registry'>;

export interface NewRecord {
  id?: string;
  values: Values;
  /** Columns of the table that are no fields (a session's token hash). */
  columns?: Record<string, unknown>;
  /** Instead of the context's. */
  at?: string;
  actorId?: string | null;
}

/** Adds a record. @throws ApiError `invalid`, per field */
export async function insertRecord(
  tx: Tx,
  app: Writer,
  ctx: WriteContext,
  object: ObjectDef,
  values: Values,
  more: Omit<NewRecord, 'values'> = {},
): Promise<Image> {
  const [image] = await insertRecords(tx, app, ctx, object, [{ values, ...more }]);
  return must(image, 'the new record');
}

/** Adds many of one object, in a few statements. @throws ApiError `invalid`, per field */
export async function insertRecords(
  tx: Tx,
  app: Writer,
  ctx: WriteContext,
  object: ObjectDef,
  records: readonly NewRecord[],
): Promise<Image[]> {
  const now = ctx.at ?? (await clock(tx));
  const drafts = records.map(({ id, values, at }): Draft => ({
    id: id ?? newId(),
    before: null,
    values: { ...initialValues(object), ...values },
    at: at ?? now,
  }));
  const told = ctx.at !== undefined || records.some(({ at }) => at !== undefined);
  const work = workOf(tx, app, ctx, object, told);
  await placeFollowsOwner(work, drafts);
  await behaviourOf(object.name).prepare?.(work, drafts);
  await policiesFollow(work, drafts);
  await judgeEach(drafts, (draft) => mustBeComplete(object, draft));

  const images = await insertRows(tx, object, drafts, records);
  const events = images.map((after, i) => ({
    ...eventOf(ctx, object),
    op: 'create' as const,
    before: null,
    after,
    actorId: records[i]?.actorId ?? ctx.actorId,
    at: records[i]?.at ?? ctx.at,
  }));
  await appendEvents(tx, events);
  await behaviourOf(object.name).follow?.(
    work,
    images.map((after) => ({ before: null, after })),
  );
  return images;
}

export interface ChangeOptions {
  /** The version that the values were meant for; fields changed since then are not overwritten. */
  version?: number;
  /** On whose behalf: who gets to see the record in a conflict, and whom nothing else may tell what they do not read. */
  viewer?: Actor | undefined;
  /** Whether people will read it as history; by default as the object has it. */
  keep?: boolean;
}

/**
 * Gives fields of a record other values; what is the same is no change, and a change of nothing writes nothing.
 * Without `version` the last one wins.
 * @throws ApiError `not_found` (absent, or in the bin), `version_conflict`, `invalid` per field
 */
export async function changeRecord(
  tx: Tx,
  app: Writer,
  ctx: WriteContext,
  object: ObjectDef,
  id: string,
  values: Values,
  options: ChangeOptions = {},
): Promise<Written & { before: Image }> {
  const { image: before, touched, now } = await lockRow(tx, object, id);
  if (before.deleted_at !== null) throw notFound();
  mustNotCross(app, object, before, touched, values, options);

  const at = ctx.at ?? now;
  if (isNothing(changed(before, values))) return { before, after: before };
  // Whole, as it was asked for: to name the team it has already is to say that it stays there.
  const draft: Draft = { id, before, values: { ...values }, at };
  const work = workOf(tx, app, ctx, object, ctx.at !== undefined, options.viewer);
  await placeFollowsOwner(work, [draft]);
  await behaviourOf(object.name).prepare?.(work, [draft]);
  await policiesFollow(work, [draft]);
  draft.values = changed(before, draft.values);
  if (isNothing(draft.values)) return { before, after: before };

  const after = await updateRow(tx, object, before, {
    ...columnsOf(tx, object, draft.values),
    at,
    touched: Object.keys(draft.values),
  });
  const event = { ...eventOf(ctx, object), keep: options.keep ?? object.history, before, after };
  return finish(work, { ...event, op: 'update' });
}

/** Puts a record into the bin, its parts with it; nothing if it is there already. @throws ApiError as changeRecord */
export async function removeRecord(
  tx: Tx,
  app: Writer,
  ctx: WriteContext,
  object: ObjectDef,
  id: string,
  { version, viewer }: Omit<ChangeOptions, 'keep'> = {},
): Promise<Written & { before: Image }> {
  const [written] = await removeRecords(tx, app, ctx, object, [{ id, version }], viewer);
  return must(written, 'the record put away');
}

/** A record to go, with `version` only if nothing has been changed since. */
export interface Leaving {
  id: string;
  version?: number | undefined;
}

/** Puts many of one object into the bin, in a few statements. If one is refused, all are. @throws ApiError as changeRecord */
export async function removeRecords(
  tx: Tx,
  app: Writer,
  ctx: WriteContext,
  object: ObjectDef,
  leaving: readonly Leaving[],
  viewer?: Actor,
): Promise<(Written & { before: Image })[]> {
  const { remove, follow } = behaviourOf(object.name);
  if (remove && leaving.length > 1) {
    // Whether one may go depends on those that are left.
    const gone = [];
    for (const one of leaving) gone.push(...(await removeRecords(tx, app, ctx, object, [one], viewer)));
    return gone;
  }
  const ids = leaving.map(({ id }) => id);
  const locked = new Map((await lockImages(tx, object, ids)).map((image) => [image.id, image]));
  const all = leaving.map(({ id, version }) => {
    const before = locked.get(id);
    if (!before) throw notFound();
    if (before.deleted_at === null && version !== undefined && version !== before.version)
      throw conflict(app, object, before, { viewer });
    return before;
  });
  const due = all.filter(({ deleted_at }) => deleted_at === null);
  if (due.length === 0) return all.map((before) => ({ before, after: before }));
  const work = workOf(tx, app, ctx, object);
  for (const before of due) await remove?.(work, before);
  const at = ctx.at ?? (await clock(tx));
  const gone = await binRows(tx, object, due.map(({ id }) => id), at); // prettier-ignore
  const written = due.map((before, i) => ({ before, after: must(gone[i], 'the row put away') }));
  const event = eventOf(ctx, object);
  await appendEvents(tx, written.map((one) => ({ ...event, op: 'delete' as const, ...one }))); // prettier-ignore
  await partsGo(tx, app.registry, object, gone, event);
  await follow?.(work, written);
  const after = new Map(gone.map((image) => [image.id, image]));
  return all.map((before) => ({ before, after: after.get(before.id) ?? before }));
}

/** Takes a record out of the bin, with the parts that went there with it; nothing if it is not there. */
export async function restoreRecord(
  tx: Tx,
  app: Writer,
  ctx: WriteContext,
  object: ObjectDef,
  id: string,
): Promise<Written & { before: Image }> {
  const { image: before, now } = await lockRow(tx, object, id);
  if (before.deleted_at === null) return { before, after: before };
  const work = workOf(tx, app, ctx, object);
  await behaviourOf(object.name).restore?.(work, before);
  const at = ctx.at ?? now;
  const after = await updateRow(tx, object, before, {
    columns: { deleted_at: null },
    custom: {},
    at,
    touched: [],
  });
  return finish(work, { ...eventOf(ctx, object), op: 'restore', before, after });
}

// —— the steps ——

interface Locked {
  image: Image;
  touched: Record<string, number>;
  now: string;
}

async function lockRow(tx: Tx, object: ObjectDef, id: string): Promise<Locked> {
  const [row] = await tx<Locked[]>`
    select ${imageSql(tx, object, 'r')} as image, r.touched, clock_timestamp() as now
    from ${tx(object.table)} r where r.id = ${id}::uuid for no key update
  `;
  if (!row) throw notFound();
  return row;
}

/** Refuses values for fields that someone changed to something else after the version they were meant for. */
function mustNotCross(
  app: Writer,
  object: ObjectDef,
  before: Image,
  touched: Record<string, number>,
  values: Values,
  options: ChangeOptions,
): void {
  const { version } = options;
  if (version === undefined || version >= before.version) return;
  const crossed = Object.keys(changed(before, values)).some((name) => (touched[name] ?? 0) > version);
  if (crossed) throw conflict(app, object, before, options);
}

const conflict = (app: Writer, object: ObjectDef, current: Image, { viewer }: ChangeOptions) =>
  versionConflict(viewer && mask(viewer, app.registry, object, current));

const changed = (before: Image, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => !isSame(before[name], value)));

// An empty list and none at all are the same.
const isSame = (before: unknown, value: unknown): boolean =>
  sameValue(before, value) || (isNone(before) && isNone(value));
const isNone = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

const isNothing = (values: Values): boolean => Object.keys(values).length === 0;

/** What a new record has where nothing is said of it. */
const initialValues = (object: ObjectDef): Values =>
  Object.fromEntries(
    Object.values(object.fields).flatMap(({ name, initial }) => (initial === null ? [] : [[name, initial]])),
  );

function mustBeComplete(object: ObjectDef, { values }: Draft): void {
  const missing = Object.values(object.fields).filter(
    (field) => field.required && !field.system && isNone(values[field.name]),
  );
  if (missing.length > 0) throw invalid(Object.fromEntries(missing.map(({ name }) => [name, 'Required'])));
}

async function finish(
  work: Work,
  change: Parameters<typeof appendEvents>[1][number] & { before: Image },
): Promise<Written & { before: Image }> {
  const { tx, registry, object } = work;
  await appendEvents(tx, [change]);
  await partsFollow(tx, registry, object, change);
  const { before, after } = change;
  await behaviourOf(object.name).follow?.(work, [{ before, after }]);
  return { before, after };
}

const eventOf = ({ actorId, requestId, at }: WriteContext, object: ObjectDef) => ({
  object: object.name,
  actorId,
  requestId,
  at,
  keep: object.history,
});

const workOf = (
  tx: Tx,
  app: Writer,
  ctx: WriteContext,
  object: ObjectDef,
  past = ctx.at !== undefined,
  viewer?: Actor,
): Work => ({
  tx,
  registry: app.registry,
  object,
  actorId: ctx.actorId,
  reads: (before, field) =>
    viewer === undefined ||
    before === null ||
    decide(viewer, app.registry, 'read', object, before, field).allowed,
  past,
  change: async (other, id, values, { at, keep = false } = {}) =>
    void (await changeRecord(tx, app, { ...ctx, at: ctx.at ?? at }, other, id, values, { keep })),
  add: async (other, records) =>
    void (await insertRecords(
      tx,
      app,
      ctx,
      other,
      records.map((values) => ({ values })),
    )),
});

async function clock(tx: Tx): Promise<string> {
  const [row] = await tx<{ now: string }[]>`select clock_timestamp() as now`;
  return must(row, 'a time').now;
}
