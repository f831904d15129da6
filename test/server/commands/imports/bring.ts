import type { MaskedRecord } from '../../../../shared/access/index.ts';
import { must } from '../../../../shared/lib/must.ts';
import type { ImportMap, ImportResult } from '../../../../shared/protocol/index.ts';
import type { Doing } from '../../../../server/imports/own.ts';
import { importResult } from '../../../../server/queries/imports/result.ts';
import { setMap } from '../../../../server/commands/imports/setMap.ts';
import { startImport } from '../../../../server/commands/imports/steer.ts';
import { uploadFile } from '../../../../server/commands/imports/uploadFile.ts';
import { workOnImports } from '../../../../server/commands/imports/work.ts';
import type { App, Caller } from '../../../../server/lib/app.ts';
import { findMasked } from '../../../../server/records/readView.ts';

export async function* inPieces(bytes: string | Uint8Array, size = 50_000): AsyncGenerator<Uint8Array> {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let i = 0; i < all.length; i += size) yield await Promise.resolve(all.subarray(i, i + size));
}

/** Sends a file, and says what its columns mean; answers the id. */
export async function upload(
  app: App,
  caller: Caller,
  object: string,
  file: string | Uint8Array,
  map: ImportMap,
): Promise<string> {
  const body = inPieces(file);
  const mustStillHold = () => Promise.resolve();
  const { id } = await uploadFile(app, caller, { object, name: `${object}.csv`, body, mustStillHold });
  await setMap(app, caller, id, map);
  return id;
}

/** Has it done, as a node would; answers the import and its result. */
export async function carryOut(
  app: App,
  caller: Caller,
  id: string,
  doing: Doing,
): Promise<{ record: MaskedRecord; result: ImportResult }> {
  await startImport(app, caller, id, doing);
  await workOnImports(app, new AbortController().signal, id);
  return lookAt(app, caller, id);
}

export async function lookAt(app: App, caller: Caller, id: string) {
  const record = must(
    await findMasked(app.sql, caller.actor, app.registry, app.registry.get('import'), id),
    'the import',
  );
  return { record, result: await importResult(app, caller.actor, id) };
}

/** A file, whole. */
export async function bringIn(
  app: App,
  caller: Caller,
  object: string,
  file: string | Uint8Array,
  map: ImportMap,
) {
  return carryOut(app, caller, await upload(app, caller, object, file, map), 'run');
}

/** Column heads of a file that become fields of the same name. */
export const plainly = (...names: string[]): ImportMap['columns'] =>
  Object.fromEntries(names.map((name) => [name, { to: name }]));
