import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, Image } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { ApiError, sessionEnded, type ImportMap } from '../../../shared/protocol/index.ts';
import { loadActor } from '../../access/loadActor.ts';
import type { App } from '../../lib/app.ts';
import { fetchImages } from '../../records/fetchImages.ts';
import { isConflict, isUnavailable } from '../../db/failures.ts';
import { transaction } from '../../db/transaction.ts';
import { performFor } from '../perform.ts';
import { dropPieces, keepPieces } from '../../imports/pieces.ts';
import { openedFor, putMap } from './setMap.ts';
import { begin, stop } from './steer.ts';
import { addImport } from './uploadFile.ts';
import { workOnImports } from './work.ts';

export interface Bringing {
  /** The person it is done as. */
  userId: string;
  object: string;
  name: string;
  body: AsyncIterable<Uint8Array>;
  /** What its columns mean. */
  map: ImportMap | undefined;
  /** The same as it looks, where nobody says: asked once the file is there. */
  guess(actor: Actor, id: string): Promise<ImportMap>;
  dry: boolean;
  signal: AbortSignal;
  /** Called now and then with how far it is. */
  onProgress(record: Image): void;
}

export interface Brought {
  id: string;
  actor: Actor;
  map: ImportMap;
  record: Image;
}

/**
 * A file, whole and at once, for a process without doors: sent, mapped and brought in as a person, with that person's
 * rights. Another node may be the one that does the work; this waits for it.
 * @throws ApiError as uploadFile, setMap and startImport
 */
export async function bringFile(app: App, bringing: Bringing): Promise<Brought> {
  const { userId, object, name, body, dry, signal } = bringing;
  const someone = { userId, requestId: 'import' };
  const actor = await loadActor(app.sql, userId);
  if (!actor) throw sessionEnded();
  const id = newId();
  const bytes = await keepPieces(app, id, body);
  const doing = dry ? 'check' : 'run';
  let map: ImportMap;
  try {
    const read = bringing.map && (await openedFor(app, id, bringing.map));
    // All or nothing: a map that does not fit leaves no import behind.
    const put = await performFor(app, someone, async (act) => {
      await addImport(act, { id, object, name, bytes });
      const put = read && (await putMap(act, id, read));
      if (put) await begin(act, id, doing);
      return put;
    });
    map = put ?? (await guessed());
  } catch (error) {
    await performFor(app, someone, ({ tx }) => tx`select 1 from data_import where id = ${id}`).then(
      ({ length }) => (length === 0 ? dropPieces(app, id) : undefined),
    );
    throw error;
  }

  const reporting = setInterval(() => void report().catch(() => undefined), 500);
  try {
    while (['checking', 'running'].includes(String((await report())['status'])) && !signal.aborted)
      if (!(await takeTurn())) await sleep(200);
  } finally {
    clearInterval(reporting);
  }
  // Otherwise whichever node is there would go on with what somebody has broken off.
  if (signal.aborted) await performFor(app, someone, (act) => stop(act, id)).catch(unlessOver);
  return { id, actor, map, record: await report() };

  async function guessed(): Promise<ImportMap> {
    const read = await openedFor(app, id, await bringing.guess(must(actor, 'the person'), id));
    return performFor(app, someone, async (act) => {
      const map = await putMap(act, id, read);
      await begin(act, id, doing);
      return map;
    });
  }

  /** Having lost against others is no reason to give up: it goes on once the lease is over. */
  async function takeTurn(): Promise<boolean> {
    try {
      return await workOnImports(app, signal, id);
    } catch (error) {
      if (isConflict(error) || isUnavailable(error)) return false;
      throw error;
    }
  }

  async function report(): Promise<Image> {
    const [record] = await transaction(app.sql, (tx) => fetchImages(tx, app.registry.get('import'), [id]));
    bringing.onProgress(must(record, 'the import'));
    return must(record, 'the import');
  }
}

/** It may have come to its end meanwhile. */
function unlessOver(error: unknown): void {
  if (!(error instanceof ApiError && error.code === 'already_done')) throw error;
}
