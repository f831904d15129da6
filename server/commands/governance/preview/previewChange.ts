import type { Actor } from '../../../../shared/access/index.ts';
import { PREVIEW_LISTED, type PolicyChange, type PreviewAnswer } from '../../../../shared/protocol/index.ts';
import { loadActors } from '../../../access/loadActor.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { RightsBook } from '../../../records/effect/book.ts';
import { effectOf, effectOfPlacing, orphansOf, type Effect } from '../../../records/effect/effect.ts';
import { beyondRecords } from '../../../records/effect/beyond.ts';
import { isChanged, type Pair } from '../../../records/effect/scope.ts';
import type { ObjectEffect } from '../../../records/effect/tally.ts';
import { Watch } from '../../../records/effect/watch.ts';
import { perform } from '../../perform.ts';
import { make, touches } from './make.ts';
import { tryOut, tryPlacing } from './trial.ts';

/** After so long it answers with what it has. */
const LIMIT_ms = 10_000;

/**
 * What a change of policy would come to, without making it: who and how many records come and go, and what would be left
 * to nobody. It is made and taken back at once, by the command itself, and then counted; so nobody is told more than
 * who could make it, and what would be refused is refused.
 * @throws ApiError as the change itself
 */
export async function previewChange(
  app: App,
  { sql = app.sql, limit_ms = LIMIT_ms }: { sql?: App['sql']; limit_ms?: number },
  caller: Caller,
  change: PolicyChange,
): Promise<PreviewAnswer> {
  const watch = new Watch(limit_ms);
  if (change.kind === 'territory_rule') return previewPlacing(app, { sql, watch }, caller, change);
  const trial = await perform(app, caller, (act) =>
    tryOut(act, (part) => make(part, change, { asBegun: true }), touches(change)),
  );
  const book = new RightsBook(app.registry);
  const pairs = trial.pairs.filter((pair) => isChanged(book, pair));
  const effect = await effectOf(sql, book, pairs, trial.unmarked, watch);
  return answerWith(app, {
    book,
    effect,
    people: pairs.map(({ user }) => user),
    everyone: once(() => everyoneAfter(app, pairs)),
    ...beyondRecords(book, pairs),
    moved: 0,
    filling: trial.filling,
    watch,
  });
}

/** Nobody's rights change by a rule of a territory: the companies move, and what belongs to them. */
async function previewPlacing(
  app: App,
  { sql, watch }: { sql: App['sql']; watch: Watch },
  caller: Caller,
  change: Extract<PolicyChange, { kind: 'territory_rule' }>,
): Promise<PreviewAnswer> {
  const { rules, markings, filling } = await perform(app, caller, (act) =>
    tryPlacing(act, (part) => make(part, change)),
  );
  const book = new RightsBook(app.registry);
  const people = await everyoneAfter(app, []);
  const effect = await effectOfPlacing(sql, book, { people, rules, markings }, watch);
  return answerWith(app, {
    book,
    effect,
    people: [...new Set(effect.objects.flatMap(({ concerned }) => [...concerned]))],
    everyone: () => Promise.resolve(people),
    creates: [],
    permissions: [],
    moved: effect.moved,
    filling,
    watch,
  });
}

interface Found extends ReturnType<typeof beyondRecords> {
  book: RightsBook;
  effect: Effect;
  /** Whom it concerns. */
  people: readonly string[];
  /** Everyone who is active, as they would be. */
  everyone: () => Promise<Actor[]>;
  moved: number;
  /** Whether more is seen shortly in any case. */
  filling: boolean;
  watch: Watch;
}

async function answerWith(app: App, found: Found): Promise<PreviewAnswer> {
  const { book, effect, people, everyone, watch } = found;
  const orphans = { tickets: 0, records: 0 };
  for (const one of effect.objects) {
    const count = await orphansOf(book, one, everyone, watch);
    orphans[one.object.name === 'ticket' ? 'tickets' : 'records'] += count;
  }
  const { actions, ...fields } = items(effect.objects);
  return {
    people: people.length,
    sockets: await socketsOf(app, people),
    objects: effect.objects.flatMap(summary),
    ...fields,
    actions: [...found.creates, ...actions],
    permissions: found.permissions,
    list: await mostConcerned(app, effect.objects),
    orphans,
    moved: found.moved,
    exact: effect.complete && !found.filling && !watch.isOver(),
    took_ms: watch.took_ms(),
  };
}

/** Everyone who is active, as they would be. */
async function everyoneAfter(app: App, pairs: readonly Pair[]): Promise<Actor[]> {
  const changed = new Map(pairs.map(({ user, after }) => [user, after]));
  const rows = await app.sql<{ id: string }[]>`
    select id from user_account where active and deleted_at is null and id <> all (${[...changed.keys()]}::uuid[])
  `;
  const others = rows.map(({ id }) => id);
  const all = [...changed.values()].filter((actor) => actor !== null);
  for (let from = 0; from < others.length; from += BATCH)
    all.push(...(await loadActors(app.sql, others.slice(from, from + BATCH))).values());
  return all;
}
const BATCH = 1_000;

async function socketsOf(app: App, people: readonly string[]): Promise<number> {
  const [row] = await app.sql<{ sockets: number }[]>`
    select coalesce(sum(sockets), 0)::int as sockets from session
    where user_id = any (${[...people]}::uuid[]) and ended_at is null and expires_at > now() and deleted_at is null
  `;
  return row?.sockets ?? 0;
}

function summary({ object, gained, lost, people }: ObjectEffect): PreviewAnswer['objects'] {
  if (gained + lost === 0) return [];
  const counts = [...people.values()];
  const those = (way: 'gained' | 'lost') => counts.filter((one) => one[way] > 0).length;
  return [{ object: object.name, gained, lost, people_gained: those('gained'), people_lost: those('lost') }];
}

function items(effects: readonly ObjectEffect[]): Pick<PreviewAnswer, 'fields' | 'editable' | 'actions'> {
  const of = (kind: 'fields' | 'editable' | 'actions') =>
    effects.flatMap(({ object, items }) =>
      items
        .filter(({ item }) => item.of === kind)
        .map(({ item, gained, lost }) => ({ object: object.name, name: item.name, gained, lost })),
    );
  const named = (rows: ReturnType<typeof of>) => rows.map(({ name, ...rest }) => ({ ...rest, field: name }));
  return {
    fields: named(of('fields')),
    editable: named(of('editable')),
    actions: of('actions').map(({ name, ...rest }) => ({ ...rest, action: name })),
  };
}

/** Those for whom most records come and go, by number and then by name. */
async function mostConcerned(app: App, effects: readonly ObjectEffect[]): Promise<PreviewAnswer['list']> {
  const byPerson = new Map<string, { sum: number; objects: PreviewAnswer['list'][number]['objects'] }>();
  for (const { object, people } of effects) {
    for (const [user, { gained, lost }] of people) {
      const known = byPerson.get(user) ?? { sum: 0, objects: [] };
      known.sum += gained + lost;
      known.objects.push({ object: object.name, gained, lost });
      byPerson.set(user, known);
    }
  }
  const most = [...byPerson]
    .sort(([a, { sum: m }], [b, { sum: n }]) => n - m || (a < b ? -1 : 1))
    .slice(0, PREVIEW_LISTED);
  const rows = await app.sql<{ id: string; name: string }[]>`
    select id, name from user_account where id = any (${most.map(([user]) => user)}::uuid[])
  `;
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return most.map(([user, { objects }]) => ({ user, name: names.get(user) ?? '', objects }));
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
