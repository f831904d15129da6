import { randomBytes } from 'node:crypto';
import { ApiError } from '../../../shared/protocol/index.ts';
import { isConflict, isUnavailable } from '../../db/failures.ts';
import { transaction } from '../../db/transaction.ts';
import type { App } from '../../lib/app.ts';
import { log } from '../../lib/log.ts';
import type { ErrandKind } from '../../records/latestErrand.ts';
import { performFor, type Act } from '../perform.ts';
import { fillSome } from './fillSome.ts';
import { takeSomeAlong } from './takeSomeAlong.ts';

// Errands are gone on with by whichever process takes them up, a chunk of records in a transaction. A process that dies
// leaves everything as it was after its last chunk, and another goes on from there once the lease is over.

const LEASE_s = 10;

/** Where an errand is: the last record gone through. */
export interface Place {
  object: string | null;
  id: string | null;
}

/** What a chunk has come to; `next` null: that was the last one. */
export interface Chunk {
  next: Place | null;
  done: number;
  changed: number;
}

interface Errand {
  id: string;
  kind: ErrandKind;
  about: string | null;
  asked_by: string;
  total: number | null;
  at_object: string | null;
  at_id: string | null;
}

const KINDS = { fill_territories: fillSome, take_along: takeSomeAlong };

/** Goes on with one errand that nobody is at, to its end; answers whether there was one. */
export async function workOnErrands(app: App, signal: AbortSignal): Promise<boolean> {
  const holder = `${app.nodeId}/${randomBytes(4).toString('hex')}`;
  const errand = await claim(app, holder);
  if (!errand) return false;
  try {
    let isLast = false;
    while (!isLast && !signal.aborted) isLast = await step(app, errand.id, holder);
  } catch (error) {
    // It is tried again once the lease is over, and not at once: the store has enough to do.
    if (isUnavailable(error) || isConflict(error)) throw error;
    if (!(error instanceof ApiError)) log.error({ err: error, errand: errand.id }, 'an errand failed');
    const problem = error instanceof ApiError ? error.message : 'Something went wrong on our side';
    await app.sql`
      update errand set status = 'failed', problem = ${problem}, finished_at = clock_timestamp(), leased_by = null
      where id = ${errand.id} and leased_by = ${holder} and status = 'running'
    `;
  }
  await app.sql`update errand set leased_by = null, leased_until = null where id = ${errand.id} and leased_by = ${holder}`;
  return true;
}

const claim = (app: App, holder: string): Promise<{ id: string } | undefined> =>
  transaction(app.sql, async (tx) => {
    const [row] = await tx<{ id: string }[]>`
      update errand set leased_by = ${holder}, leased_until = clock_timestamp() + ${LEASE_s} * interval '1 s'
      where id = (
        select id from errand
        where status = 'running' and (leased_until is null or leased_until < clock_timestamp())
        order by created_at limit 1 for update skip locked
      )
      returning id
    `;
    return row;
  });

/** One chunk; whether it was the last. */
async function step(app: App, id: string, holder: string): Promise<boolean> {
  const [asked] = await app.sql<{ asked_by: string }[]>`select asked_by from errand where id = ${id}`;
  if (!asked) return true;
  return performFor(app, { userId: asked.asked_by, requestId: `errand-${id}` }, async (act) => {
    const [errand] = await act.tx<Errand[]>`
      update errand set leased_until = clock_timestamp() + ${LEASE_s} * interval '1 s'
      where id = ${id} and leased_by = ${holder} and status = 'running'
      returning id, kind, about_id as about, asked_by, total, at_object, at_id
    `;
    if (!errand) return true;
    const place = { object: errand.at_object, id: errand.at_id };
    const kind: {
      count(act: Act, about: string): Promise<number>;
      some(act: Act, about: string, at: Place): Promise<Chunk>;
    } = KINDS[errand.kind];
    const about = errand.about ?? '';
    const total = errand.total ?? (await kind.count(act, about));
    const { next, done, changed } = await kind.some(act, about, place);
    await act.tx`
      update errand set total = ${total}, done = done + ${done}, changed = changed + ${changed},
        at_object = ${next?.object ?? null}, at_id = ${next?.id ?? null},
        status = ${next ? 'running' : 'done'}, finished_at = ${next ? null : act.tx`clock_timestamp()`}
      where id = ${id}
    `;
    return next === null;
  });
}
