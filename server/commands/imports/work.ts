import { randomBytes } from 'node:crypto';
import { ApiError } from '../../../shared/protocol/index.ts';
import { isConflict, isUnavailable } from '../../db/failures.ts';
import { transaction } from '../../db/transaction.ts';
import type { App } from '../../lib/app.ts';
import { monotonic_ms } from '../../lib/clock.ts';
import { log } from '../../lib/log.ts';
import type { CsvRow } from '../../csv/read.ts';
import type { Act } from '../perform.ts';
import { performFor } from '../perform.ts';
import { copyOf, type Job } from './job.ts';
import { linkLater } from './linkLater.ts';
import { loadJob, type Loaded } from './loadJob.ts';
import { failed, finish, note, undone } from './progress.ts';
import { openRows } from '../../imports/rowsOf.ts';
import { takeChunk } from './takeChunk.ts';
import { undoChunk } from './undoChunk.ts';

// Imports are gone on with by whichever process takes them up: one at a time each, a chunk of rows in a transaction.
// A process that dies leaves everything as it was after its last chunk, and another goes on from there.

/** Rows, or so many characters of them, that are one transaction. */
const ROWS = 200;
const CHARACTERS = 500_000;
/** A process that has said nothing for so long has died. Any chunk is over sooner, and holds the row of its plan. */
const LEASE_s = 10;
const RENEW_EVERY_ms = 2_000;

/** Goes on with one import that nobody is at, to its end; answers whether there was one. `only` chooses it. */
export async function workOnImports(app: App, signal: AbortSignal, only?: string): Promise<boolean> {
  const holder = `${app.nodeId}/${randomBytes(4).toString('hex')}`;
  const id = await claim(app, holder, only);
  if (id === null) return false;
  const turn: Turn = { app, id, holder, signal, renewed_ms: monotonic_ms() };
  try {
    await goOn(turn);
  } catch (error) {
    // It is tried again once the lease is over, and not at once: the store has enough to do.
    if (isUnavailable(error) || isConflict(error)) throw error;
    if (!(error instanceof Over)) {
      await failed(app, id, holder, whyFailed(error));
      if (!(error instanceof ApiError)) log.error({ err: error, import: id }, 'an import failed');
    }
  }
  await release(turn);
  return true;
}

interface Turn {
  app: App;
  id: string;
  holder: string;
  signal: AbortSignal;
  /** Monotonic, when it last said that it lives without writing anything. */
  renewed_ms: number;
}

/** This turn is over: it was stopped, or somebody else has it, or the program ends. */
class Over extends Error {}

const claim = (app: App, holder: string, only?: string): Promise<string | null> =>
  transaction(app.sql, async (tx) => {
    const [row] = await tx<{ import_id: string }[]>`
      update import_plan set leased_by = ${holder}, leased_until = clock_timestamp() + ${LEASE_s} * interval '1 s'
      where import_id = (
        select p.import_id from import_plan p join data_import d on d.id = p.import_id
        where d.status in ('checking', 'running', 'undoing') and d.deleted_at is null
          and (p.leased_until is null or p.leased_until < clock_timestamp())
          and ${only === undefined ? tx`true` : tx`p.import_id = ${only}`}
        order by d.started_at limit 1 for update of p skip locked
      )
      returning import_id
    `;
    return row?.import_id ?? null;
  });

const release = ({ app, id, holder }: Turn) =>
  app.sql`
    update import_plan set leased_by = null, leased_until = null where import_id = ${id} and leased_by = ${holder}
  `.catch((err: unknown) => log.warn({ err }, 'an import was not let go; its lease will end'));

async function goOn(turn: Turn): Promise<void> {
  const loaded = await loadJob(turn.app, turn.id, () => live(turn));
  if (loaded.doing === 'undo') return undo(turn, loaded);
  const job = loaded.job;
  if (loaded.phase === 'rows') await takeRows(turn, loaded, job);
  for (;;) {
    const found = copyOf(job.found);
    const made = job.made.size;
    const rows = await step(turn, loaded.owner, async (act) => {
      job.found = copyOf(found);
      shorten(job.made, made);
      const { rows, updated } = await linkLater(act, job);
      if (rows > 0) await note(act, job, { updated });
      return rows;
    });
    if (rows === 0) break;
  }
  await step(turn, loaded.owner, (act) => finish(act, job));
}

async function takeRows(turn: Turn, { owner, at, reading }: Loaded & { job: Job }, job: Job): Promise<void> {
  const { rows } = await openRows(turn.app, turn.id, reading);
  try {
    let done = 0;
    for await (const chunk of chunks(rows)) {
      done += chunk.length;
      await live(turn);
      if (done <= at) continue;
      // A chunk is the same each time, unless the program has changed in between.
      const due = chunk.slice(Math.max(0, at - (done - chunk.length)));
      // A transaction that lost against another one runs again: what it had found is then found anew.
      const found = copyOf(job.found);
      const made = job.made.size;
      await step(turn, owner, async (act) => {
        job.found = copyOf(found);
        shorten(job.made, made);
        const drafts = await takeChunk(act, job, due);
        await note(act, job, { at: done, drafts });
      });
    }
    await step(turn, owner, (act) => note(act, job, { at: done, phase: 'links', rows: done }));
  } finally {
    await rows.return(undefined);
  }
}

/** Takes out what was put in last, down to this size. */
function shorten(set: Set<string>, size: number): void {
  if (set.size > size) for (const key of [...set].slice(size)) set.delete(key);
}

async function* chunks(rows: AsyncIterable<CsvRow>): AsyncGenerator<CsvRow[]> {
  let chunk: CsvRow[] = [];
  let characters = 0;
  for await (const row of rows) {
    chunk.push(row);
    for (const cell of row.cells ?? []) characters += cell.length;
    if (chunk.length < ROWS && characters < CHARACTERS) continue;
    yield chunk;
    [chunk, characters] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
}

async function undo(turn: Turn, { owner }: Loaded): Promise<void> {
  for (;;) {
    const gone = await step(turn, owner, async (act) => {
      const done = await undoChunk(act, turn.id);
      if (done.gone > 0) await undone(act, turn.id, done);
      return done.gone;
    });
    if (gone === 0) break;
  }
  await step(turn, owner, (act) => undone(act, turn.id, null));
}

/** Keeps the lease where nothing is written for long: a large file is read anew up to where it goes on. */
async function live(turn: Turn): Promise<void> {
  const { app, id, holder } = turn;
  if (monotonic_ms() - turn.renewed_ms < RENEW_EVERY_ms) return;
  const [ours] = await app.sql`
    update import_plan set leased_until = clock_timestamp() + ${LEASE_s} * interval '1 s'
    where import_id = ${id} and leased_by = ${holder} returning 1
  `;
  if (!ours) throw new Over();
  turn.renewed_ms = monotonic_ms();
}

/** One transaction on behalf of whoever brings the file in, as long as the import is ours and has not been stopped. */
async function step<T>(
  { app, id, holder, signal }: Turn,
  owner: string,
  work: (act: Act) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw new Over();
  return performFor(app, { userId: owner, requestId: `import-${id}` }, async (act) => {
    const [ours] = await act.tx`
      update import_plan set leased_until = clock_timestamp() + ${LEASE_s} * interval '1 s'
      where import_id = ${id} and leased_by = ${holder}
        and exists (
          select from data_import where id = ${id} and deleted_at is null
            and status in ('checking', 'running', 'undoing'))
      returning 1
    `;
    if (!ours) throw new Over();
    return work(act);
  });
}

function whyFailed(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong on our side';
  if (error.code === 'session_ended') return 'Whoever brings it in is not active any more';
  const { fields, needs } = error.details;
  if (needs !== undefined) return `${error.message} (${needs})`;
  return fields ? Object.values(fields).join('; ') : error.message;
}
