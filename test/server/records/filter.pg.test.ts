import { describe, expect, test } from 'vitest';
import type { App } from '../../../server/lib/app.ts';
import { readLog } from '../../../server/outbox/log.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { asksForText } from '../../../server/records/filterSql.ts';
import { sourceOf } from '../../../server/records/source.ts';
import { readSorted } from '../../../server/records/viewRows.ts';
import {
  actorSets,
  mask,
  type Actor,
  type Image,
  type MaskedRecord,
  type Role,
  type GrantedWay,
} from '../../../shared/access/index.ts';
import { KINDS, type Field, type Operator } from '../../../shared/fields/index.ts';
import { must } from '../../../shared/lib/must.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import {
  addTo,
  ApiError,
  compareIn,
  fieldsAskedBy,
  matches,
  parseView,
  type Totals,
  type View,
  type ViewRequest,
} from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { Dice } from '../../world/dice.ts';
import { randomOrganisation, type Organisation } from '../../world/randomOrganisation.ts';
import { randomValue } from '../../world/randomValues.ts';

// A view is read twice: by SQL on the server, and by `matches` and `compareIn` on masked records, in the fan-out and in
// every browser. If they disagreed, a live list would differ from the same list reloaded. Here random views of random
// records, masked for random people, are read both ways; `SEED=…` throws the same again.

const seed = Dice.runSeed();
const VIEWS = 30;
const tally = { views: 0, rows: 0, refused: 0, masked: 0, texts: 0 };

describe(`a view is the same in SQL and in JavaScript (SEED=${seed})`, async () => {
  const dice = new Dice(seed);
  const { sql } = await freshDatabase();
  const organisation = await randomOrganisation(sql, dice, 40);
  const { registry } = organisation;
  const app: App = { sql, registry, nodeId: 'test', poke: () => undefined };
  const actors = dice.many(6, () => randomActor(dice, organisation));
  const events = await readLog(sql, 0, 10_000);

  test.each([...registry.objects.values()])('$labelPlural', { timeout: 60_000 }, async (object) => {
    const told = events.filter((event) => event.object === object.name);
    // The latest of each.
    const images = [...new Map(told.map(({ id, after }) => [id, after])).values()];
    // Whoever sees nothing of an object tells us nothing of its views.
    const seeing = actors.filter((actor) => seenBy(actor, images, object).length > 2);
    for (let i = 0; i < VIEWS && seeing.length > 0; i++) {
      const actor = dice.pick(seeing);
      const seen = seenBy(actor, images, object);
      const request = randomView(dice, object, seen);
      await compare(
        actor,
        parseView(object, request),
        seen,
        `SEED=${seed} ${object.name} ${JSON.stringify(request)}`,
      );
    }
  });

  test('the views were worth asking', () => {
    expect(tally.views).toBeGreaterThan(100);
    expect(tally.rows).toBeGreaterThan(200);
    expect(tally.masked).toBeGreaterThan(20);
    expect(tally.texts).toBeGreaterThan(10);
  });

  const seenBy = (actor: Actor, images: Image[], object: ObjectDef): MaskedRecord[] =>
    images.flatMap((image) => mask(actor, registry, object, image) ?? []);

  async function compare(actor: Actor, view: View, seen: MaskedRecord[], what: string): Promise<void> {
    const readable = (name: string) => !(name in view.object.fields) || seen.some((row) => name in row);
    const expected = seen.filter((row) => matches(view, row)).sort((a, b) => compareIn(view, a, b));
    const first = await listRecords(app, actor, view, { total: true }).catch((error: unknown) => error);
    if (first instanceof ApiError) {
      expect(first.code, what).toBe('field_not_readable');
      expect(fieldsAskedBy(view).every(readable), what).toBe(false);
      tally.refused++;
      return;
    }
    if (first instanceof Error) throw new Error(what, { cause: first });

    // Page by page: every row exactly once, in the order of the browser.
    const { totals, ...page } = first as Awaited<ReturnType<typeof listRecords>>;
    const rows = [...page.rows];
    for (let { next } = page; next !== null;) {
      const more = await listRecords(app, actor, view, { cursor: next });
      rows.push(...more.rows);
      next = more.next;
      expect(rows.length, what).toBeLessThanOrEqual(seen.length);
    }
    expect(rows.map(shown(view)), what).toEqual(expected.map(shown(view)));
    if (asksForText(view)) {
      // Looked for among the first rows, among more of them, and by an index where these do not suffice.
      for (const looks of [
        { from: 0, at: 2_000, each: 0 },
        { from: 0, at: 2, each: Infinity },
        { from: 0, at: 2, each: 0 },
      ]) {
        const source = sourceOf(sql, actor, registry, view);
        const found = await readSorted(sql, source, view, null, 500, looks);
        expect(found.map(({ id }) => id), what).toEqual(expected.map(({ id }) => id)); // prettier-ignore
      }
      tally.texts++;
    }
    expect(totals, what).toEqual(counted(view.object, must(totals, 'totals'), expected));
    tally.views++;
    tally.rows += rows.length;
    if (seen.some((row) => fieldsAskedBy(view).some((name) => name !== 'id' && !(name in row))))
      tally.masked++;
  }
});

/** Somebody who sees a lot through one role, and part of it with other fields through a second. */
function randomActor(dice: Dice, { registry, people, teams }: Organisation): Actor {
  const role = (name: string, reach: () => GrantedWay[]): Role => ({
    id: dice.id(),
    name,
    purpose: '',
    grants: Object.fromEntries([...registry.objects.keys()].map((object) => [object, { read: reach() }])),
    fields: Object.fromEntries(
      [...registry.objects.values()].map((object) => [
        object.name,
        Object.fromEntries(
          dice.some(Object.keys(object.fields), 0.4).map((field) => [field, dice.pick(['hidden', 'read'])]),
        ),
      ]),
    ),
    system: [],
  });
  const userId = dice.pick(people);
  return {
    kind: 'person',
    userId,
    sets: actorSets(userId, {
      reports: new Set(dice.some(people, 0.4)),
      teams: new Set(dice.some(teams, 0.5)),
    }),
    roles: [
      role('wide', () => [dice.pick(['all', 'reports', 'team'])]),
      role('narrow', () => dice.some(['own', 'reports', 'team'], 0.5)),
    ],
    fingerprint: '',
  };
}

const shown = (view: View) => (row: MaskedRecord) => `${row.id} ${JSON.stringify(row[view.sort.field])}`;

function counted(object: ObjectDef, totals: Totals, rows: MaskedRecord[]): Totals {
  const start: Totals = {
    count: 0,
    sum: Object.fromEntries(Object.keys(totals.sum).map((name) => [name, 0])),
  };
  return rows.reduce(
    (sum, row) => addTo(sum, object, row, 1),
    totals.groups ? { ...start, groups: {} } : start,
  );
}

// —— random views, about fields that mostly are to be seen ——

function randomView(dice: Dice, object: ObjectDef, seen: MaskedRecord[]): Omit<ViewRequest, 'object'> {
  const names = Object.keys(object.fields).filter(
    (name) => dice.chance(0.03) || seen.some((row) => name in row),
  );
  const fields = names.map((name) => must(object.fields[name], name));
  const sortable = [
    ...fields.filter((field) => KINDS[field.kind].sortable).map(({ name }) => name),
    'created_at',
  ];
  const view: Omit<ViewRequest, 'object'> = { limit: dice.pick([2, 5, 20, 50]) };
  if (dice.chance(0.8)) view.filter = randomFilter(dice, fields, seen, 1);
  if (dice.chance(0.8)) view.sort = `${dice.pick(['', '-'])}${dice.pick(sortable)}`;
  if (dice.chance(0.2))
    view.q = piece(
      dice,
      String(
        randomValue(
          dice,
          { ...must(Object.values(object.fields)[0], 'a field'), kind: 'text', name: '' },
          [],
        ),
      ),
    );
  if (dice.chance(0.1)) view.record = dice.pick(seen).id;
  return view;
}

function randomFilter(
  dice: Dice,
  fields: Field[],
  seen: MaskedRecord[],
  depth: number,
): Record<string, unknown> {
  const askable = fields.filter((field) => KINDS[field.kind].operators.length > 0);
  const filter: Record<string, unknown> = {};
  for (const field of dice.many(dice.int(depth === 1 ? 0 : 1, 2), () => dice.pick(askable))) {
    filter[field.name] = randomTest(dice, field, seen);
  }
  if (depth < 4 && dice.chance(0.4)) {
    const parts = dice.many(dice.int(1, 3), () => randomFilter(dice, fields, seen, depth + 1));
    filter[dice.pick(['or', 'or', 'and'])] = parts;
  }
  return filter;
}

function randomTest(dice: Dice, field: Field, seen: MaskedRecord[]): unknown {
  if (dice.chance(0.1)) return null;
  const tests = dice.many(dice.chance(0.2) ? 2 : 1, () => {
    const operator = dice.pick(KINDS[field.kind].operators);
    return [operator, operand(dice, field, operator, seen)];
  });
  const [only] = tests;
  return tests.length === 1 && only?.[0] === 'eq' && dice.chance(0.5) ? only[1] : Object.fromEntries(tests);
}

function operand(dice: Dice, field: Field, operator: Operator, seen: MaskedRecord[]): unknown {
  const ids = seen
    .map((row) => row[field.name])
    .flat()
    .filter((id): id is string => typeof id === 'string');
  const value = () => randomValue(dice, field, ids.length > 0 ? ids : [seen[0]?.id ?? '']);
  if (operator === 'empty') return dice.chance(0.5);
  if (operator === 'contains') return piece(dice, String(value()));
  if (operator === 'starts') return start(dice, String(value()));
  if (operator === 'has') return dice.pick(ids.length > 0 ? ids : [seen[0]?.id ?? '']);
  if (operator === 'in' || operator === 'nin') return dice.many(dice.int(0, 4), value);
  return value();
}

const start = (dice: Dice, text: string): string => piece(dice, text, 0);

/** Part of a text, by whole characters, in small, great or its own letters. */
function piece(dice: Dice, text: string, from?: number): string {
  const letters = [...text];
  const start = from ?? dice.int(0, letters.length - 1);
  const found = letters.slice(start, start + dice.int(1, 4)).join('');
  const cased = dice.pick([found, found.toLowerCase(), found.toUpperCase()]);
  return cased.replaceAll('\n', ' ');
}
