import { expect } from 'vitest';
import { loadActors } from '../../server/access/loadActor.ts';
import type { Sql } from '../../server/db/connect.ts';
import type { App } from '../../server/lib/app.ts';
import { readLog } from '../../server/outbox/log.ts';
import { findRecord } from '../../server/queries/findRecord.ts';
import { listRecords } from '../../server/queries/listRecords.ts';
import { maskedSql, type MaskedRow } from '../../server/records/readSql.ts';
import {
  decide,
  mask,
  restrictionsOn,
  type Actor,
  type Image,
  type MaskedRecord,
} from '../../shared/access/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { addTo, parseView, type Totals } from '../../shared/protocol/index.ts';
import { askOracle, askOracleOfCustomers, type Answer } from './oracle.ts';

// Puts every question there is to the three readings of the policy, and to the oracle.

const ASKED = ['read', 'update', 'delete', 'assign', 'export', 'read_thread', 'reply', 'note'] as const;

/** How many questions of which kind were asked, so that a test can tell that it asked enough of them. */
export const newTally = () => ({
  questions: 0,
  yes: 0,
  no: 0,
  partlyReadable: 0,
  exported: 0,
  notExported: 0,
  notes: 0,
  threads: 0,
  customers: 0,
  shared: 0,
  concealed: 0,
});
type Tally = ReturnType<typeof newTally>;

/** Two readings, or a reading and the oracle, say different things of one record for one person. */
export class Disagreement extends Error {
  constructor(
    readonly person: string,
    readonly object: string,
    readonly id: string,
    readonly what: string,
    details: unknown,
  ) {
    super(`${what} of ${object} ${id} for ${person}\n${JSON.stringify(details, null, 1)}`);
  }
}

/** One question, to ask nothing else: for looking into a disagreement. */
export type Question = Pick<Disagreement, 'person' | 'object' | 'id'>;

/** Asks every person about every record, by every reading, or just about one. @throws Disagreement */
export async function askEverything(app: App, log: Log, tally: Tally, only?: Question): Promise<void> {
  const { sql, registry } = app;
  const oracle = byPersonAndRecord([
    ...(await askOracle(sql, registry)),
    ...(await askOracleOfCustomers(sql)),
  ]);
  const everyone = await sql<{ id: string }[]>`select id from user_account union all select id from visitor`;
  const people = everyone.filter(({ id }) => only === undefined || id === only.person);
  const actors = await loadActors(
    sql,
    people.map(({ id }) => id),
  );
  for (const { id: person } of people) {
    const actor = actors.get(person);
    if (!actor) {
      expect(oracle.has(person), `${person} has no rights at all`).toBe(false);
      continue;
    }
    for (const object of registry.objects.values()) {
      if (only !== undefined && object.name !== only.object) continue;
      const answers = oracle.get(person)?.get(object.name) ?? new Map<string, Answer>();
      const lists = await listRecords(app, actor, parseView(object, { limit: 500 }), { total: true });
      const listed = new Map(lists.rows.map((row) => [row.id, row]));
      const cut = await sql<MaskedRow[]>`select * from ${maskedSql(sql, actor, registry, object)} m`;
      const columns = new Map(cut.map((row) => [row.id, row]));
      const taken = await sql<MaskedRow[]>`
        select * from ${maskedSql(sql, actor, registry, object, { action: 'export' })} m
      `;
      const exported = new Map(taken.map((row) => [row.id, row]));
      const disagree = (what: string, image: Image, found: unknown, expected: unknown): never => {
        const rights = { sets: setsOf(actor), roles: rolesAbout(actor, object) };
        throw new Disagreement(person, object.name, image.id, what, { found, expected, ...rights, image });
      };
      const images = log.images(object).filter(({ id }) => only === undefined || id === only.id);
      for (const image of images) {
        const expected = answers.get(image.id) ?? NOTHING;
        compareDecisions(app, actor, object, image, expected, tally, disagree);

        const whole = expectedRecord(object, image, expected);
        const masked = mask(actor, registry, object, image);
        if (!same(masked, whole)) disagree('the mask', image, masked, whole);
        const row = listed.get(image.id) ?? null;
        if (!same(row, whole)) disagree('the row in the list', image, row, whole);
        // Not only absent from the answer: what may not be read never leaves the query.
        for (const name of whole ? Object.keys(object.fields) : []) {
          const column = columns.get(image.id)?.[name];
          if (!same(column, whole?.[name] ?? null))
            disagree(`the column ${name}`, image, column, whole?.[name] ?? null);
        }
        // An export holds the rows of its own reach, and of these the very same columns.
        const file = exported.get(image.id) ?? null;
        const exports = expected.actions.includes('export');
        if (!same(file, exports ? columns.get(image.id) : null))
          disagree('the row to export', image, file, exports);
        if (whole && exports) tally.exported++;
        else if (whole) tally.notExported++;
        if (only !== undefined || tally.questions % 7 === 0) {
          const found = await findRecord(app, actor, object, image.id);
          if (!same(found, whole)) disagree('the record found', image, found, whole);
        }
        if (whole) count(tally, actor, object);
        countSharing(tally, app, actor, object, image);
        if (whole && expected.readable.length < Object.keys(object.fields).length) tally.partlyReadable++;
      }
      if (only !== undefined) continue;
      expect(lists.rows.length, `rows of ${object.name} for ${person}`).toBe(answers.size);
      compareTotals(object, lists.totals, [...listed.values()]);
    }
  }
}

function count(tally: Tally, { kind }: Actor, { name }: ObjectDef): void {
  if (kind === 'customer') tally.customers++;
  else if (name === 'message') tally.threads++;
  else if (name === 'note') tally.notes++;
}

/** What is read by nothing but a rule or a share, and what is hidden by nothing but a restriction. */
function countSharing(tally: Tally, { registry }: App, actor: Actor, object: ObjectDef, image: Image): void {
  const ways = new Set(decide(actor, registry, 'read', object, image).because.map(({ way }) => way));
  if (ways.size > 0 && [...ways].every((way) => way === 'shared' || way === 'shared_edit')) tally.shared++;
  if (restrictionsOn(actor, object, image).length === 0) return;
  const open = { ...actor, sets: { ...actor.sets, restrictions: new Set<string>() } };
  if (decide(open, registry, 'read', object, image).allowed) tally.concealed++;
}

const NOTHING: Answer = { person: '', object: '', id: '', actions: [], readable: [], editable: [] };

function compareDecisions(
  { registry }: App,
  actor: Actor,
  object: ObjectDef,
  image: Image,
  expected: Answer,
  tally: Tally,
  disagree: (what: string, image: Image, found: unknown, expected: unknown) => never,
): void {
  const check = (what: string, decision: ReturnType<typeof decide>, should: boolean) => {
    tally.questions++;
    if (should) tally.yes++;
    else tally.no++;
    if (decision.allowed !== should) disagree(what, image, decision, should);
    if (decision.because.length > 0 !== should)
      disagree(`the reason for ${what}`, image, decision.because, should);
  };
  for (const action of ASKED) {
    check(
      `the decision on ${action}`,
      decide(actor, registry, action, object, image),
      expected.actions.includes(action),
    );
  }
  for (const { name, assigns } of Object.values(object.fields)) {
    const reads = expected.readable.includes(name);
    const edits = expected.editable.includes(name);
    check(`the decision on reading ${name}`, decide(actor, registry, 'read', object, image, name), reads);
    check(`the decision on writing ${name}`, decide(actor, registry, 'update', object, image, name), edits);
    check(
      `the decision on assigning ${name}`,
      decide(actor, registry, 'assign', object, image, name),
      edits && assigns,
    );
    check(
      `the decision on exporting ${name}`,
      decide(actor, registry, 'export', object, image, name),
      reads && expected.actions.includes('export'),
    );
  }
}

/** What the oracle lets the person see of a record. */
function expectedRecord(
  object: ObjectDef,
  image: Image,
  { actions, readable, editable }: Answer,
): MaskedRecord | null {
  if (actions.length === 0) return null;
  const names = Object.keys(object.fields);
  const { id, version, created_at } = image;
  return {
    id,
    version,
    created_at,
    may: {
      actions: ASKED.filter((a) => actions.includes(a)),
      edit: names.filter((name) => editable.includes(name)),
    },
    ...Object.fromEntries(names.filter((name) => readable.includes(name)).map((name) => [name, image[name]])),
  };
}

/** Totals come to what the rows come to, one by one. */
function compareTotals(object: ObjectDef, totals: Totals | undefined, rows: MaskedRecord[]): void {
  const start: Totals = {
    count: 0,
    sum: Object.fromEntries(Object.keys(totals?.sum ?? {}).map((name) => [name, 0])),
  };
  if (totals?.groups) start.groups = {};
  const counted = rows.reduce((sum, row) => addTo(sum, object, row, 1), start);
  expect(totals, `totals of ${object.plural}`).toEqual(counted);
  for (const name of object.totals.sum) {
    // A sum is there if and only if there is something it could be of.
    if (rows.some((row) => name in row)) expect(totals?.sum).toHaveProperty(name);
  }
}

/** The log as a node reads it, and every record's latest image in it. */
export class Log {
  #seq = 0;
  readonly #images = new Map<string, Map<string, Image>>();

  images(object: ObjectDef): Image[] {
    return [...(this.#images.get(object.name)?.values() ?? [])];
  }

  async follow(sql: Sql): Promise<void> {
    await sql`select sequence_batch(10000)`;
    for (const event of await readLog(sql, this.#seq, 10_000)) {
      const images = this.#images.get(event.object) ?? new Map<string, Image>();
      this.#images.set(event.object, images);
      // The fan-out judges the image before as well: it must be the very one that was judged as the image after.
      const known = images.get(event.id) ?? null;
      expect({ ...event.before, deleted_at: 0 }, `before of ${event.object} at ${event.seq}`).toEqual({
        ...known,
        deleted_at: 0,
      });
      expect(event.before?.deleted_at ?? null).toBe(known?.deleted_at ?? null);
      images.set(event.id, event.after);
      this.#seq = event.seq;
    }
  }
}

function byPersonAndRecord(answers: Answer[]): Map<string, Map<string, Map<string, Answer>>> {
  const all = new Map<string, Map<string, Map<string, Answer>>>();
  for (const answer of answers) {
    const objects = all.get(answer.person) ?? new Map<string, Map<string, Answer>>();
    const records = objects.get(answer.object) ?? new Map<string, Answer>();
    all.set(answer.person, objects.set(answer.object, records.set(answer.id, answer)));
  }
  return all;
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const setsOf = ({ sets }: Actor) =>
  Object.fromEntries(Object.entries(sets).map(([name, ids]) => [name, [...ids]]));
const rolesAbout = ({ roles }: Actor, object: ObjectDef) =>
  roles.map((role) => ({
    name: role.name,
    grants: Object.fromEntries([object.name, ...object.parents].map((p) => [p, role.grants[p]])),
    fields: role.fields[object.name],
  }));
