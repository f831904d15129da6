import { must } from '../../../shared/lib/must.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import {
  sessionEnded,
  type ColumnMap,
  type ImportMap,
  type ImportTarget,
} from '../../../shared/protocol/index.ts';
import { loadActor } from '../../access/loadActor.ts';
import type { Reading } from '../../csv/reading.ts';
import type { App } from '../../lib/app.ts';
import { checkMap, mustBeWhole } from './checkMap.ts';
import { keyOfKind, type Column, type Found, type Job } from './job.ts';
import { planOf, type Doing, type Plan } from '../../imports/own.ts';
import { countRows } from './countRows.ts';
import { mustBeKept, openRows, readingOf } from '../../imports/rowsOf.ts';
import { isPart, PARTS, targetsOf } from '../../imports/targets.ts';

export type Loaded = { owner: string; at: number; phase: Plan['phase']; reading: Reading } & (
  { doing: 'undo'; job: null } | { doing: Exclude<Doing, 'undo'>; job: Job }
);

/**
 * An import as it stands in the store, ready to be gone on with. A check has tried things that are not there now: it
 * begins anew. `live` is called now and then as long as it takes.
 * @throws ApiError where the map cannot be followed (any more)
 */
export async function loadJob(app: App, id: string, live: () => Promise<void>): Promise<Loaded> {
  const [row] = await app.sql<{ object: string; owner: string; rows: number | null }[]>`
    select object, owner_id as owner, rows from data_import where id = ${id}
  `;
  const { object: name, owner, rows } = must(row, 'the import');
  const plan = await planOf(app.sql, id);
  const reading: Reading = { encoding: 'utf-8', delimiter: ',' };
  if (plan.doing === 'undo') return { doing: 'undo', job: null, owner, at: 0, phase: 'rows', reading };
  mustBeKept(plan);
  const doing = must(plan.doing, 'something to do');
  const map = must(plan.map, 'a map');
  const object = app.registry.get(name);
  const read = await readingOf(app, id, map.read);
  const { heads, rows: opened } = await openRows(app, id, read);
  await opened.return(undefined);
  if (rows === null) await countRows(app, id, owner, read, live);

  const actor = await loadActor(app.sql, owner);
  if (!actor) throw sessionEnded();
  const targets = await targetsOf(app.sql, actor, app.registry, object);
  checkMap(actor, app.registry, object, targets, heads, map);
  mustBeWhole(targets, map);
  const dry = doing === 'check';
  if (dry) await app.sql`delete from import_row where import_id = ${id} and dry`;
  return {
    doing,
    owner,
    reading: read,
    at: dry ? 0 : plan.at,
    phase: dry ? 'rows' : plan.phase,
    job: {
      id,
      owner,
      object,
      dry,
      map,
      heads,
      columns: columnsOf(app.registry, object, map, heads, targets),
      found: foundIn(dry ? null : plan),
      rights: actor.fingerprint,
      made: new Set(),
    },
  };
}

function columnsOf(
  registry: Registry,
  object: ObjectDef,
  map: ImportMap,
  heads: readonly string[],
  targets: readonly ImportTarget[],
): Column[] {
  const byKey = new Map(targets.map((target) => [target.key, target]));
  const common = (to: string) => ({
    to,
    field: isPart(to) ? (registry.get(PARTS[to].part).fields['body'] ?? null) : (object.fields[to] ?? null),
    target: must(byKey.get(to), `the target ${to}`),
  });
  return [
    ...Object.entries(map.columns).map(([head, column]): Column => ({
      ...column,
      ...common(column.to),
      head,
      index: heads.indexOf(head),
      template: null,
    })),
    ...Object.entries(map.set ?? {}).map(([to, template]): Column => ({
      ...howRead(map, template),
      ...common(to),
      head: null,
      index: -1,
      template,
    })),
  ];
}

/** What is nothing but the text of one column is read as that column is. */
function howRead({ columns }: ImportMap, template: string): Partial<ColumnMap> {
  const head = /^\{([^{}]+)\}$/.exec(template)?.[1];
  const { dates, decimal, factor } = (head === undefined ? undefined : columns[head]) ?? {};
  return { dates, decimal, factor };
}

function foundIn(plan: Plan | null): Found {
  const { rows = [], along = {}, unknown = [], kinds = [] } = plan?.result ?? {};
  return {
    rows: [...rows],
    along: { ...along },
    kinds: new Map(kinds.map((one) => [keyOfKind(one), { ...one, lines: [...one.lines] }])),
    unknown: new Map(unknown.map((one) => [JSON.stringify([one.column, one.to, one.text]), { ...one }])),
  };
}
