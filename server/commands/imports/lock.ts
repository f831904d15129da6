import { mask, type Image } from '../../../shared/access/index.ts';
import { ownImport, type OwnImport } from '../../imports/own.ts';
import { fetchImage } from '../../records/imageSql.ts';
import type { Act } from '../perform.ts';

/**
 * An import to be steered, held meanwhile: by whoever began it, and nobody else, as long as they may bring in files.
 * @throws ApiError `not_found`, `not_allowed`
 */
export async function lockOwnImport(act: Act, id: string): Promise<OwnImport<Image>> {
  const { tx, app } = act;
  const imports = app.registry.get('import');
  const record = await fetchImage(tx, imports, id, { lock: true });
  const actor = await act.actor();
  return ownImport(tx, app, actor, record && mask(actor, app.registry, imports, record) ? record : null);
}

/**
 * Keeps an import from going on until the transaction is over. Comes before its record is locked, as where it goes on
 * (work.ts), or the two would wait for each other.
 */
export const holdPlan = ({ tx }: Pick<Act, 'tx'>, id: string) =>
  tx`select from import_plan where import_id = ${id} for no key update`;
