import type { App } from '../../../server/lib/app.ts';
import { guessReads } from '../../../server/records/guessReads.ts';
import { rowsSql } from '../../../server/records/rowsSql.ts';
import { sourceOf } from '../../../server/records/source.ts';
import { decodeCursor, partsOf } from '../../../server/records/sortSql.ts';
import type { Actor } from '../../../shared/access/index.ts';
import type { View } from '../../../shared/protocol/index.ts';

interface Node {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  Plans?: Node[];
}

/** How the store would find the rows of a page: the scans of the plan, each once, in the order of the plan. */
export async function plansOf(app: App, actor: Actor, view: View, cursor?: string): Promise<string> {
  const after = cursor === undefined ? null : decodeCursor(view, cursor);
  const reads = await guessReads(app.sql, actor, app.registry, view.object);
  const source = sourceOf(app.sql, actor, app.registry, view, reads);
  const [part = 'filled'] = partsOf(source.sorted, after);
  const [row] = await app.sql<{ 'QUERY PLAN': [{ Plan: Node }] }[]>`
    explain (format json) ${rowsSql(app.sql, source, view, { part, after, limit: view.limit + 1 })}
  `;
  const found = row ? scansIn(row['QUERY PLAN'][0].Plan) : [];
  return [...new Set(found)].join(', ');
}

function scansIn(node: Node): string[] {
  const scan = node['Node Type'].includes('Scan') && !node['Node Type'].startsWith('Bitmap Heap');
  const own = scan
    ? [node['Index Name'] ?? `${node['Node Type']} ${node['Relation Name'] ?? ''}`.trim()]
    : [];
  return [...own, ...(node.Plans ?? []).flatMap(scansIn)];
}
