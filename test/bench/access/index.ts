import { parseArgs } from 'node:util';
import { loadActor } from '../../../server/access/loadActor.ts';
import { isEverReadable, isReadableWithRow } from '../../../server/access/reaches.ts';
import { isUnavailable } from '../../../server/db/failures.ts';
import type { App } from '../../../server/lib/app.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { readTotals } from '../../../server/records/readView.ts';
import type { Actor } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { fieldsAskedBy, parseView, type View } from '../../../shared/protocol/index.ts';
import { describeMachine, machine } from '../machine.ts';
import { interleaved, round, table, type Figures } from '../measure.ts';
import { startStore, type BenchStore } from '../store.ts';
import { plainPage, plainTotals } from '../views/plain.ts';
import { casesOf, PEOPLE, type Case, type Person } from './cases.ts';
import { changes, type Changes } from './changes.ts';
import { plansOf } from './plans.ts';
import { ids } from './people.ts';
import { dropTwin, twinOf, type Twin } from './twin.ts';
import { fill } from './world.ts';

// What rights cost at size: every list of the console, for whoever holds each built-in role and those whose reach is odd,
// through the function that the doors call, beside a twin that reads the same rows without any rights.

/** What must hold of every list: its median beside its twin's, and its p95 in milliseconds. */
const GOALS = { times_twin: 2, p95_ms: 20 };

interface Found {
  person: string;
  name: string;
  rows: number;
  here: Figures;
  /** A table that holds only what the person may read, with the same indexes: the same rows. */
  twin: Figures;
  /** The whole table without a word of rights: other rows, where the person does not read all. */
  unguarded: Figures;
  /** The whole list counted, as a tab does. */
  total?: Figures;
  total_twin?: Figures;
  count?: number;
  /** How the store finds the rows: kinds of scan and indexes. */
  plan: string;
}

export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '30' },
      only: { type: 'string', default: '' },
      keep: { type: 'string' },
      'without-changes': { type: 'boolean', default: false },
    },
  });
  const store = await startStore(values.keep);
  try {
    await filled(store, Number(values.scale), say);
    const app: App = {
      sql: store.sql,
      registry: new Registry(OBJECTS),
      nodeId: 'bench',
      poke: () => undefined,
    };
    const found: Found[] = [];
    const unanswered: string[] = [];
    for (const person of PEOPLE)
      found.push(
        ...(await lists(store, app, person, {
          rounds: Number(values.rounds),
          only: values.only,
          unanswered,
          say,
        })),
      );
    const changed: Changes | null = values['without-changes'] ? null : await changes(store, app, say);
    const where = await machine(store.sql);
    say(
      `\n${describeMachine(where)}\n\n${asTable(found)}\n\nNot answered: ${unanswered.join('; ') || 'none'}`,
    );
    const lists_over = found.filter(isOver).map(({ person, name }) => `${person} ${name}`);
    return {
      bench: 'access',
      machine: where,
      goals: GOALS,
      lists_over,
      unanswered,
      lists: found,
      changes: changed,
    };
  } finally {
    await store.stop();
  }
}

async function filled(store: BenchStore, scale: number, say: (text: string) => void): Promise<void> {
  const [there] = await store.owner<{ filled: boolean }[]>`select exists (select from ticket) as filled`;
  if (there?.filled) return;
  const start_ms = performance.now();
  await fill(store, { scale });
  say(`Filled in ${round((performance.now() - start_ms) / 1000)} s`);
}

interface How {
  rounds: number;
  only: string;
  /** Lists that were not answered. */
  unanswered: string[];
  say: (text: string) => void;
}

async function lists(store: BenchStore, app: App, person: Person, how: How): Promise<Found[]> {
  const actor = must(await loadActor(store.sql, ids.of('user', person.n)), person.name);
  const reads = (object: string, field: string) => {
    const def = app.registry.get(object);
    return !(field in def.fields) || isEverReadable(actor, app.registry, def, field);
  };
  const found: Found[] = [];
  for (const seen of person.sees) {
    const cases = casesOf({ ...person, sees: [seen] }, reads).filter(({ name }) =>
      `${person.name} ${name}`.includes(how.only),
    );
    if (cases.length === 0) continue;
    const object = app.registry.get(seen);
    const twin = await twinOf(store, app, actor, object);
    for (const one of cases) {
      // What the store has no answer to in the time of a statement is told apart: it has no figures.
      const line = await measure(app, actor, one, twin, how.rounds).catch((error: unknown) => {
        if (!isUnavailable(error)) throw error;
        how.unanswered.push(`${person.name} ${one.name}`);
      });
      if (!line) continue;
      found.push({ person: person.name, ...line });
      how.say(asLine(must(found.at(-1), 'a list')));
    }
    await dropTwin(store, twin);
  }
  return found;
}

async function measure(
  app: App,
  actor: Actor,
  { name, request: { object, ...request }, deep = 0 }: Case,
  twin: Twin,
  rounds: number,
): Promise<Omit<Found, 'person'>> {
  const view = parseView(app.registry.get(object), request);
  const other: View = { ...view, object: twin.object };
  const cursor = await cursorAfter(app, actor, view, deep);
  const options = cursor === undefined ? {} : { cursor };
  // What is readable on some rows only is found and ordered as if it were empty on the others: no twin tells these apart.
  const perRow = fieldsAskedBy(view).some(
    (field) => !isReadableWithRow(actor, app.registry, view.object, field),
  );
  const rows = await sameRows(app, actor, view, other, twin.same && !perRow, cursor);
  const { here, beside, unguarded } = await interleaved(
    {
      here: () => listRecords(app, actor, view, options),
      beside: () => plainPage(app.sql, ALL, other, cursor),
      unguarded: () => plainPage(app.sql, ALL, view, cursor),
    },
    { rounds, warmUp: 2 },
  );
  const plan = await plansOf(app, actor, view, cursor);
  const line = { name, rows, here, twin: beside, unguarded, plan };
  if (deep > 0) return line;
  const count = (await readTotals(app.sql, actor, app.registry, view)).count;
  const { total, total_twin } = await interleaved(
    {
      total: () => readTotals(app.sql, actor, app.registry, view),
      total_twin: () => plainTotals(app.sql, ALL, other),
    },
    { rounds: Math.min(rounds, 7), warmUp: 1 },
  );
  return { ...line, count, total, total_twin };
}

const ALL = (): null => null;

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
  view: View,
  twin: View,
  mustBe: boolean,
  cursor: string | undefined,
): Promise<number> {
  const here = await listRecords(app, actor, view, cursor === undefined ? {} : { cursor });
  const plain = await plainPage(app.sql, ALL, twin, cursor);
  const [a, b] = [here.rows.map(({ id }) => id), plain.slice(0, here.rows.length).map(({ id }) => id)];
  if (mustBe && a.join() !== b.join())
    throw new Error(
      `The twin of ${JSON.stringify(view.filter)} ${view.q} ${view.sort.field} reads other rows`,
    );
  return a.length;
}

const times = ({ here, twin }: Pick<Found, 'here' | 'twin'>): number =>
  round(here.median / Math.max(twin.median, 0.01));
const isOver = (found: Found): boolean => times(found) > GOALS.times_twin || found.here.p95 > GOALS.p95_ms;

const asLine = (one: Found): string =>
  `${isOver(one) ? '!' : ' '} ${one.person} ${one.name}: ${one.here.median} / ${one.twin.median} ms = ${times(one)}, p95 ${one.here.p95}; least ${one.here.least} / ${one.twin.least}; ` +
  `unguarded ${one.unguarded.median}; ${one.rows} rows; count ${one.count ?? '–'} in ${one.total?.median ?? '–'} / ${one.total_twin?.median ?? '–'} [${one.plan}]`;

const asTable = (found: readonly Found[]): string =>
  table(
    [
      'list',
      'rows',
      'median',
      'p95',
      'twin',
      'times',
      'least',
      'twin',
      'unguarded',
      'count',
      'counted in',
      'twin',
    ],
    found.map((one) => [
      `${one.person}: ${one.name}`,
      one.rows,
      one.here.median,
      one.here.p95,
      one.twin.median,
      times(one),
      one.here.least,
      one.twin.least,
      one.unguarded.median,
      one.count ?? '',
      one.total?.median ?? '',
      one.total_twin?.median ?? '',
    ]),
  );
