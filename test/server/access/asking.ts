import type { App, Caller } from '../../../server/lib/app.ts';
import { explain } from '../../../server/queries/explain.ts';
import { exportRecords, exportSize, orderExport } from '../../../server/queries/exportRecords.ts';
import { findRecord } from '../../../server/queries/findRecord.ts';
import { recordHistory } from '../../../server/queries/history.ts';
import { readDuplicates, readHealth } from '../../../server/queries/health.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { search } from '../../../server/queries/search.ts';
import { snapshot } from '../../../server/queries/snapshot.ts';
import { KINDS, type Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { LIKENESSES, parseView, type ViewRequest } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { randomValue } from '../../world/randomValues.ts';

export type Request = Omit<ViewRequest, 'object'>;

/** Asks, and remembers each answer, as JSON, by its question; a refusal is an answer like another. */
export class Questions {
  readonly answers: Record<string, string> = {};
  readonly #app: App;
  readonly #caller: Caller;
  readonly #apart: (key: string, value: unknown) => unknown;

  /** `apart` takes out of the answers what is said to differ. */
  constructor(
    app: App,
    caller: Caller,
    apart: (key: string, value: unknown) => unknown = (_, value) => value,
  ) {
    this.#app = app;
    this.#caller = caller;
    this.#apart = apart;
  }

  async ask(question: string, answer: Promise<unknown>): Promise<void> {
    const said = await answer.catch((error: { body?: unknown }) => error.body ?? { failed: String(error) });
    this.answers[question] = JSON.stringify(said, this.#apart);
  }

  /** The first two pages of a list, and its totals. */
  async list(object: ObjectDef, request: Request): Promise<void> {
    const view = parseView(object, { limit: 4, ...request });
    const both = async () => {
      const first = await listRecords(this.#app, this.#caller.actor, view, { total: true });
      const cursor = first.next;
      const second =
        cursor === null ? null : await listRecords(this.#app, this.#caller.actor, view, { cursor });
      return { first, second };
    };
    await this.ask(`list ${object.name} ${JSON.stringify(request)}`, both());
  }

  /** What is found of it from anywhere. */
  async search(q: string): Promise<void> {
    await this.ask(`search ${q}`, search(this.#app, this.#caller.actor, { q, limit: 8 }));
  }

  /** What is to be mended, and what is alike; the first two pages of each. */
  async health(): Promise<void> {
    const { actor } = this.#caller;
    await this.ask('health', readHealth(this.#app, actor, { today: '2026-11-25' }));
    const both = async (object: string) => {
      const first = await readDuplicates(this.#app, actor, { object, limit: 1 });
      const cursor = first.next ?? undefined;
      return [first, cursor && (await readDuplicates(this.#app, actor, { object, cursor }))];
    };
    for (const object of Object.keys(LIKENESSES)) await this.ask(`duplicates ${object}`, both(object));
  }

  async snapshot(object: ObjectDef): Promise<void> {
    const answer = snapshot(this.#app, this.#caller.actor, parseView(object, {}));
    await this.ask(
      `snapshot ${object.name}`,
      answer.then(({ epoch: _, ...rest }) => rest),
    );
  }

  /** A list as a file: its bytes, and what is said of its size. */
  async file(object: ObjectDef, request: Request, columns?: string[]): Promise<void> {
    const both = async () => {
      const { actor } = this.#caller;
      const order = orderExport(this.#app.registry, actor, parseView(object, request), columns);
      let file = '';
      const write = async (lines: string) => void (file += lines);
      const sink = { write, signal: new AbortController().signal };
      await exportRecords(this.#app, this.#app.sql, actor, order, sink);
      return { file, size: await exportSize(this.#app, actor, order) };
    };
    await this.ask(`file ${object.name} ${JSON.stringify(request)} ${columns?.join() ?? ''}`, both());
  }

  async record(object: ObjectDef, id: string): Promise<void> {
    const { actor } = this.#caller;
    await this.ask(`find ${object.name} ${id}`, findRecord(this.#app, actor, object, id));
    await this.ask(`history ${object.name} ${id}`, recordHistory(this.#app, actor, object, id, { limit: 3 }));
  }

  async reasons(object: ObjectDef, id: string, fields: readonly (string | undefined)[]): Promise<void> {
    for (const field of fields) {
      const question = {
        user: this.#caller.actor.userId,
        action: 'read',
        object: object.name,
        id,
        field,
      } as const;
      await this.ask(`explain ${JSON.stringify(question)}`, explain(this.#app, this.#caller, question));
    }
  }
}

/** Ways of asking by a field: ordered by it, and by each test that its kind allows. */
export function asking(field: Field): Request[] {
  const { operators, sortable } = KINDS[field.kind];
  const value = randomValue(new Dice(1), field, [SOME_ID]);
  const orders = sortable ? [{ sort: field.name }, { sort: `-${field.name}` }] : [];
  const tests = operators.map((operator) => {
    if (operator === 'empty') return { [operator]: true };
    if (operator === 'has') return { [operator]: SOME_ID };
    if (operator === 'contains' || operator === 'starts') return { [operator]: 'a' };
    return { [operator]: operator === 'in' || operator === 'nin' ? [value] : value };
  });
  return [...orders, ...tests.map((test) => ({ filter: { [field.name]: test } }))];
}

const SOME_ID = '00000000-0000-7000-8000-000000000000';
