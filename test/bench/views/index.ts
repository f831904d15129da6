import { loadActor } from '../../../server/access/loadActor.ts';
import { isEverReadable } from '../../../server/access/reaches.ts';
import type { App } from '../../../server/lib/app.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { snapshot } from '../../../server/queries/snapshot.ts';
import type { Actor } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { fieldsAskedBy, parseView, type View } from '../../../shared/protocol/index.ts';
import { parseArgs } from 'node:util';
import { describeMachine, machine } from '../machine.ts';
import { interleaved, round, table, type Figures } from '../measure.ts';
import { startStore } from '../store.ts';
import { casesOf, PEOPLE, type Case, type Person } from './cases.ts';
import { plainPage, plainSnapshot } from './plain.ts';
import { fill, sizeTimes } from './world.ts';

// How long the server takes for what people look at: screens as they are opened, lists with filters, orders and searches.
// Through the very functions that the doors call; beside each, in the same rounds, the same rows by a statement that
// knows no rights. A store of its own, filled with a made-up world.

/** What must hold at every size, in milliseconds. */
const GOALS = { open: 300, list: 50 };

interface Found {
  times: number;
  person: string;
  name: string;
  kind: Case['kind'];
  /** A list's rows alone, as the HTTP door answers; a screen as a whole. */
  here: Figures;
  plain: Figures;
  /** A list as a client opens it: rows and totals of one moment. */
  opened?: Figures;
  openedPlain?: Figures;
  rows: number;
}

export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      times: { type: 'string', default: '1,10' },
      rounds: { type: 'string', default: '30' },
      only: { type: 'string', default: '' },
    },
  });
  const found: Found[] = [];
  const machines = [];
  for (const times of values.times.split(',').map(Number)) {
    const store = await startStore();
    try {
      const start_ms = performance.now();
      await fill(store, sizeTimes(times));
      say(`\n${times} times the exports, filled in ${round((performance.now() - start_ms) / 1000)} s`);
      const app: App = {
        sql: store.sql,
        registry: new Registry(OBJECTS),
        nodeId: 'bench',
        poke: () => undefined,
      };
      for (const person of PEOPLE) {
        const actor = must(await loadActor(store.sql, person.id), person.name);
        const reads = (object: string, field: string) => {
          const def = app.registry.get(object);
          return !(field in def.fields) || isEverReadable(actor, app.registry, def, field);
        };
        for (const one of casesOf(person, reads)) {
          if (!`${person.name} ${one.name}`.includes(values.only)) continue;
          found.push(await measure(app, actor, person, one, times, Number(values.rounds)));
          const last = must(found.at(-1), 'a case');
          say(
            `${last.person} ${last.name}: ${JSON.stringify(last.here)} ${JSON.stringify(last.opened)} rows ${last.rows}`,
          );
        }
      }
      machines.push(await machine(store.sql));
    } finally {
      await store.stop();
    }
  }
  const where = must(machines[0], 'a size');
  say(`\n${describeMachine(where)}\n\n${asTable(found)}`);
  return { bench: 'views', machine: where, goals_ms: GOALS, worst: worst(found), cases: found };
}

async function measure(
  app: App,
  actor: Actor,
  who: Person,
  { name, kind, requests, deep = 0 }: Case,
  times: number,
  rounds: number,
): Promise<Found> {
  const views = requests.map(({ object, ...request }) => parseView(app.registry.get(object), request));
  const { scope } = who;
  const base = { times, person: who.name, name, kind };
  const how = { rounds, warmUp: 2 };
  if (kind === 'open') {
    const rows = await sameRows(app, actor, who, views);
    const { here, plain } = await interleaved(
      {
        here: () => inTurn(views, (view) => snapshot(app, actor, view)),
        plain: () => inTurn(views, (view) => plainSnapshot(app.sql, scope, view)),
      },
      how,
    );
    return { ...base, here, plain, rows };
  }
  const view = must(views[0], 'a view');
  const rows = await sameRows(app, actor, who, views);
  const cursor = await cursorAfter(app, actor, view, deep);
  const options = cursor === undefined ? {} : { cursor };
  const { here, plain, opened, openedPlain } = await interleaved(
    {
      here: () => listRecords(app, actor, view, options),
      plain: () => plainPage(app.sql, scope, view, cursor),
      opened: () => (deep > 0 ? Promise.resolve() : snapshot(app, actor, view)),
      openedPlain: () => (deep > 0 ? Promise.resolve() : plainSnapshot(app.sql, scope, view)),
    },
    how,
  );
  return { ...base, here, plain, rows, ...(deep > 0 ? {} : { opened, openedPlain }) };
}

async function inTurn(views: readonly View[], read: (view: View) => Promise<unknown>): Promise<void> {
  for (const view of views) await read(view);
}

async function cursorAfter(app: App, actor: Actor, view: View, pages: number): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < pages; page++) {
    const { next } = await listRecords(app, actor, view, cursor === undefined ? {} : { cursor });
    if (next === null) break;
    cursor = next;
  }
  return cursor;
}

/** A twin that reads something else would say nothing. Answers how many rows there are. */
async function sameRows(
  app: App,
  actor: Actor,
  { scope, perRow }: Person,
  views: readonly View[],
): Promise<number> {
  let rows = 0;
  for (const view of views) {
    const here = await listRecords(app, actor, view);
    const plain = await plainPage(app.sql, scope, view);
    const [a, b] = [here.rows.map(({ id }) => id), plain.slice(0, here.rows.length).map(({ id }) => id)];
    const differs = perRow !== undefined && fieldsAskedBy(view).includes(perRow);
    if (!differs && a.join() !== b.join())
      throw new Error(
        `The twin of ${JSON.stringify(view.filter)} ${view.q} ${view.sort.field} reads other rows`,
      );
    rows += a.length;
  }
  return rows;
}

const ratio = (a: Figures, b: Figures) => round(a.median / b.median);

const asTable = (found: readonly Found[]): string =>
  table(
    ['what', 'times', 'rows', 'median', 'p95', 'plain', '×', 'with totals', 'p95', 'plain', '×'],
    found.map((one) => [
      `${one.person}: ${one.name}`,
      one.times,
      one.rows,
      one.here.median,
      one.here.p95,
      one.plain.median,
      ratio(one.here, one.plain),
      ...(one.opened && one.openedPlain
        ? [one.opened.median, one.opened.p95, one.openedPlain.median, ratio(one.opened, one.openedPlain)]
        : ['', '', '', '']),
    ]),
  );

const worst = (found: readonly Found[]): object =>
  Object.fromEntries(
    [...new Set(found.map(({ times, kind }) => `${kind} ×${times}`))].map((key) => {
      const all = found.filter(({ times, kind }) => key === `${kind} ×${times}`);
      const top = all.reduce((a, b) => (b.here.p95 > a.here.p95 ? b : a));
      const openedTop = all.reduce((a, b) => ((b.opened?.p95 ?? 0) > (a.opened?.p95 ?? 0) ? b : a));
      return [
        key,
        {
          rows_p95: top.here.p95,
          at: `${top.person}: ${top.name}`,
          ...(openedTop.opened
            ? { totals_p95: openedTop.opened.p95, totals_at: `${openedTop.person}: ${openedTop.name}` }
            : {}),
        },
      ];
    }),
  );
