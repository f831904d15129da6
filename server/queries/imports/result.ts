import type { Actor } from '../../../shared/access/index.ts';
import type { ImportProblem, ImportResult } from '../../../shared/protocol/index.ts';
import type { App } from '../../lib/app.ts';
import { findOwnImport } from '../../imports/own.ts';
import { titlesOf } from '../../imports/titles.ts';

const SHOWN = 500;

/** What the last check has found, or what the run or its undoing has done. @throws ApiError `not_found`, `not_allowed` */
export async function importResult(app: App, actor: Actor, id: string): Promise<ImportResult> {
  const { plan } = await findOwnImport(app, actor, id);
  const dry = plan.doing === 'check';
  const empty: ImportResult = {
    doing: plan.doing,
    ignored: [],
    problems: [],
    kinds: [],
    unknown: [],
    rows: [],
    along: {},
    kept: [],
  };
  return {
    ...empty,
    ...plan.result,
    doing: plan.doing,
    problems: plan.doing === null ? [] : await problemsOf(app, id, dry),
    kept: await keptOf(app, actor, id),
  };
}

async function problemsOf({ sql }: App, id: string, dry: boolean): Promise<ImportProblem[]> {
  return sql<ImportProblem[]>`
    select line, p ->> 'column' as column, p ->> 'reason' as reason, (p ->> 'taken')::boolean as taken
    from import_row r, jsonb_array_elements(problems) with ordinality e (p, place)
    where import_id = ${id} and dry = ${dry} and problems is not null
    order by line, place limit ${SHOWN}
  `;
}

/** What an undoing has left as it was; of a record that this person cannot see, its id alone. */
async function keptOf(app: App, actor: Actor, id: string): Promise<ImportResult['kept']> {
  const rows = await app.sql<{ object: string; id: string; reason: string }[]>`
    select object, record_id as id, coalesce(reason, '') as reason from import_write
    where import_id = ${id} and fate = 'kept' order by position limit ${SHOWN}
  `;
  const titles = await titlesOf(app.sql, actor, app.registry, rows);
  return rows.map((row) => ({ ...row, title: titles.get(row.id) ?? '' }));
}
