import type { Actor } from '../../../shared/access/index.ts';
import type { ImportProblem } from '../../../shared/protocol/index.ts';
import { csvLine, disarm } from '../../csv/write.ts';
import type { App } from '../../lib/app.ts';
import { findOwnImport } from '../../imports/own.ts';
import { mustBeKept, openRows, readingOf, REFUSED_HEADS } from '../../imports/rowsOf.ts';

const AT_ONCE = 500;

export interface RefusedFile {
  name: string;
  /** Lines of CSV, the head first. */
  lines: AsyncGenerator<string>;
}

/**
 * The refused rows as a file to be mended and brought in again: the file's own columns, then the line that each stood on,
 * the column to blame and the reason.
 * @throws ApiError `not_found`, `not_allowed`, `already_done` (they are forgotten)
 */
export async function refusedRows(app: App, actor: Actor, id: string): Promise<RefusedFile> {
  const { record, plan } = await findOwnImport(app, actor, id);
  mustBeKept(plan);
  const { heads: all, rows } = await openRows(app, id, await readingOf(app, id, plan.map?.read));
  await rows.return(undefined);
  const name = String(record['name']).replace(/\.[a-z]{1,5}$/i, '');
  return { name: `${name}.refused.csv`, lines: linesOf(app, id, plan.doing === 'check', all) };
}

async function* linesOf(app: App, id: string, dry: boolean, all: string[]): AsyncGenerator<string> {
  // A file of refused rows may be refused again: its own three columns are not repeated.
  const own = all.flatMap((head, i) => (REFUSED_HEADS.some((known) => known === head) ? [] : [i]));
  yield csvLine([...own.map((i) => disarm(all[i] ?? '')), ...REFUSED_HEADS]);
  let after = 0;
  for (;;) {
    const rows = await app.sql<{ line: number; cells: string[] | null; problems: ImportProblem[] }[]>`
      select line, cells, problems from import_row
      where import_id = ${id} and dry = ${dry} and outcome = 'refuse' and line > ${after}
      order by line limit ${AT_ONCE}
    `;
    for (const { line, cells, problems } of rows) {
      after = line;
      const columns = [...new Set(problems.flatMap(({ column }) => column ?? []))].join('; ');
      const reasons = [...new Set(problems.map(({ reason }) => reason))].join('; ');
      const told = [String(line), columns, reasons].map(disarm);
      yield csvLine([...own.map((i) => disarm(cells?.[i] ?? '')), ...told]);
    }
    if (rows.length < AT_ONCE) return;
  }
}
