import { describe, expect, test } from 'vitest';
import { Replica, type Page } from '../../../client/stores/replica.ts';
import type { Window } from '../../../client/stores/window.ts';
import { mayHold } from '../../../server/fanout/flood.ts';
import { Seen } from '../../../server/fanout/audience/seen.ts';
import { newOpenView } from '../../../server/fanout/openView.ts';
import { piecesFor } from '../../../server/fanout/pieces.ts';
import type { Subscriber } from '../../../server/fanout/subscriber.ts';
import type { LogEvent } from '../../../server/outbox/log.ts';
import { actorSets, mask } from '../../../shared/access/index.ts';
import type { Actor, Image, MaskedRecord, Role } from '../../../shared/access/index.ts';
import { compareIn, matches, parseView, type View, type WireEvent } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { deal, id, ME, PIPELINE, registry } from './deals.ts';
import { subscribe } from './subscribe.ts';

/**
 * The server's own fan-out against the replica, over a wire that delays and breaks (but keeps order, as a WebSocket does):
 * once it is quiet, every view shows exactly what this person may see of it.
 */
describe('whatever the order of answers, events, floods, breaks and changes of rights', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  for (let run = 0; run < 40; run++) {
    test(`it ends right (SEED=${seed} run ${run})`, () => new World(seed * 1000 + run).play());
  }
});

class World {
  readonly #dice: Dice;
  readonly #images = new Map<string, Image>();
  readonly #toClient: (() => void)[] = [];
  readonly #toServer: (() => void)[] = [];
  readonly #replica: Replica;
  readonly #windows = new Map<string, Window>();
  readonly #records = new Map<string, MaskedRecord>();
  readonly #requests = new Map<string, View>();
  #wide = false;
  #seq = 0;
  /** As the program counts them: the answer to a former attempt is thrown away. */
  readonly #attempts = new Map<string, number>();
  #subscriber: Subscriber = subscribe();

  /** What each view showed when the connection broke. */
  readonly #shown = new Map<string, readonly MaskedRecord[]>();

  /** Much comes at once and little else happens: most views are flooded most of the time. */
  readonly #stormy: boolean;

  constructor(seed: number) {
    this.#stormy = seed % 2 === 1;
    this.#dice = new Dice(seed);
    this.#replica = new Replica({
      record: (_, key, record) => (record ? this.#records.set(key, record) : this.#records.delete(key)),
      view: (window) => {
        this.#windows.set(window.id, window);
        if (window.doubtful && window.fresh && this.#requests.has(window.id)) this.#reopen([window.id]);
      },
      changed: () => undefined,
    });
  }

  play(): void {
    for (let n = 10; n < 22; n++) this.#write(n);
    for (let step = 0; step < (this.#stormy ? 600 : 100); step++) {
      this.#step();
      if (step % 12 < 11) continue;
      this.#quiet();
      this.#mustHoldNothingElse();
      this.#mustShowStill();
    }
    this.#tell();
    this.#quiet();
    for (const name of this.#requests.keys()) this.#compare(name);
    for (const [key, record] of this.#records)
      expect(visible(record)).toEqual(visible(this.#seen(this.#images.get(key)!)!));
    const shown = [...this.#requests.values()];
    for (const record of this.#records.values()) expect(shown.some((of) => matches(of, record))).toBe(true);
  }

  #quiet(): void {
    while (this.#toServer.length + this.#toClient.length > 0) this.#deliver();
  }

  #step(): void {
    const dice = this.#dice.next();
    if (dice < 0.4) this.#write(10 + Math.floor(this.#dice.next() * 14));
    else if (dice < 0.7) this.#deliver();
    else if (dice < 0.8) this.#openOrClose();
    else if (dice < 0.84) this.#more();
    else if (dice < 0.9 || this.#stormy) this.#flood();
    else if (dice < 0.94) this.#tell();
    else if (dice < 0.97) this.#break();
    else this.#changeRights();
  }

  /** Nothing new comes through a view from now on, and the client is not told of it yet. */
  #flood(): void {
    const open = this.#pick([...this.#subscriber.views.values(), null]);
    if (open) open.flood.over = true;
  }

  /** Floods are told of: what is flooded is to be opened anew. */
  #tell(): void {
    const due = [...this.#subscriber.views.values()].filter(({ flood }) => flood.over && !flood.told);
    for (const { flood } of due) flood.told = true;
    if (due.length > 0)
      this.#send(() => this.#reopen(due.flatMap(({ id: name }) => (this.#requests.has(name) ? name : []))));
  }

  /** Right or out of date, what is held is only ever what this person may see now. */
  #mustHoldNothingElse(): void {
    for (const [key, record] of this.#records) {
      const seen = this.#seen(this.#images.get(key)!);
      expect(seen, 'a record that is gone').not.toBeNull();
      expect(Object.keys(seen!)).toEqual(expect.arrayContaining(Object.keys(record)));
    }
  }

  /** Nobody loses their place when the network blinks: what has not changed meanwhile is still there. */
  #mustShowStill(): void {
    for (const [name, shown] of this.#shown) {
      const { view: of, rows, partial } = this.#replica.window(name)!;
      const may = new Set(this.#expected(of).map((row) => row.id));
      const still = shown.filter(
        (row) => may.has(row.id) && this.#images.get(row.id)!.version === row.version,
      );
      expect(rows.map((row) => row.id)).toEqual(expect.arrayContaining(still.map((row) => row.id)));
      expect(partial).toBe(false);
    }
    this.#shown.clear();
  }

  #pick = <T>(from: readonly T[]): T => from[Math.floor(this.#dice.next() * from.length)]!;

  #write(n: number): void {
    const before = this.#images.get(id(n)) ?? null;
    const after: Image = {
      ...(before ?? { id: id(n), created_at: '2026-01-01T00:00:00.000Z', pipeline: PIPELINE }),
      version: (before?.version ?? 0) + 1,
      deleted_at:
        before && this.#dice.next() < 0.1 && before.deleted_at === null ? '2026-02-02T00:00:00.000Z' : null,
      ...this.#some(before, {
        title: this.#pick(['a', 'b', 'c', 'd', 'e']) + n,
        stage: this.#pick(['new', 'won', 'lost']),
        amount: Math.floor(this.#dice.next() * 5),
        owner: this.#pick([ME, ME, id(3)]),
      }),
      participants: [],
    };
    this.#images.set(after.id, after);
    const event = { seq: ++this.#seq, outboxId: this.#seq, object: 'deal', id: after.id, version: after.version, before, after, actorId: ME } as unknown as LogEvent; // prettier-ignore
    const pieces = piecesFor(
      this.#subscriber,
      event,
      () => new Seen(event, this.#seen(before), this.#seen(after), false),
    );
    if (pieces.length > 0) this.#send(() => this.#replica.apply([...pieces]));
    const moved = [...this.#subscriber.totalsOf];
    this.#subscriber.totalsOf.clear();
    const totals = moved.map((name): WireEvent => [
      'total',
      'deal',
      '',
      0,
      this.#subscriber.views.get(name)!.totals!,
      [name],
    ]);
    if (totals.length > 0) this.#send(() => this.#replica.apply(totals));
  }

  /** All of a new record, a part of one that is there: what is not told of one change shows when another comes. */
  #some(before: Image | null, values: Partial<Image>): Partial<Image> {
    return Object.fromEntries(Object.entries(values).filter(() => !before || this.#dice.next() < 0.4));
  }

  /** Own deals whole; those of others only with wide rights, and then without amounts. */
  #seen(image: Image | null): MaskedRecord | null {
    if (!image) return null;
    const role = (grants: Role['grants'], fields: Role['fields']): Role => ({
      id: ME,
      name: 'r',
      purpose: '',
      grants,
      fields,
      system: [],
    });
    const own = role({ deal: { read: ['own'] } }, { deal: { amount: 'read' } });
    const all = role({ deal: { read: ['all'] } }, {});
    const actor: Actor = {
      kind: 'person',
      userId: ME,
      sets: actorSets(ME),
      roles: this.#wide ? [own, all] : [own],
      fingerprint: String(this.#wide),
    };
    return mask(actor, registry, deal, image);
  }

  #expected(of: View): MaskedRecord[] {
    const seen = [...this.#images.values()].flatMap((image) => this.#seen(image) ?? []);
    return seen.filter((record) => matches(of, record)).sort((a, b) => compareIn(of, a, b));
  }

  #openOrClose(): void {
    const name = this.#pick(['a', 'b', 'c', 'd']);
    if (this.#requests.has(name)) {
      this.#requests.delete(name);
      this.#shown.delete(name);
      this.#ask(() => this.#subscriber.views.delete(name));
      // As the program does: frames sent before the server heard of it still count for the other views.
      this.#ask(() => this.#send(() => this.#requests.has(name) || this.#replica.remove(name)));
    } else if (!this.#replica.window(name)) {
      const of = parseView(deal, {
        ...this.#pick([
          {},
          { filter: { stage: 'new' } },
          { filter: { stage: 'won' } },
          { record: id(12) },
          { filter: { title: { contains: 'a' } } },
        ]),
        sort: this.#pick(['title', '-amount', '-title']),
        limit: this.#pick([3, 5, 100]),
      });
      this.#requests.set(name, of);
      this.#replica.add(name, of, false);
      this.#open(name);
    }
  }

  #open(name: string): void {
    const of = this.#requests.get(name)!;
    const asked = this.#replica.ask();
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    this.#ask(
      () => {
        const all = this.#expected(of);
        const rows = all.slice(0, of.limit);
        const end = all.length > rows.length ? rows.at(-1)! : null;
        const totals = { count: all.length, sum: {} };
        const held = new Set(rows.map((r) => r.id));
        this.#subscriber.views.set(
          name,
          newOpenView({ id: name, view: of, held, totals, end, head: this.#seq, pending: new Set() }, 0),
        );
        mayHold(this.#subscriber, deal, rows);
        const page: Page = { rows, totals, ...(end ? { next: end.id } : {}) };
        this.#send(() =>
          attempt === this.#attempts.get(name)
            ? this.#opened(name, asked, page)
            : this.#replica.abandon(asked),
        );
      },
      () => this.#replica.abandon(asked),
    );
  }

  /** As the program does: what is still shown from before is asked for page by page. */
  #opened(name: string, asked: number, page: Page, first = true): void {
    if (first) this.#replica.opened(name, asked, page);
    else this.#replica.continued(name, asked, page);
    if (this.#replica.window(name)?.partial) this.#more(name);
  }

  #more(name = this.#pick([...this.#requests.keys(), 'a'])): void {
    const after = this.#windows.get(name)?.next;
    const of = this.#requests.get(name);
    if (!after || !of || !this.#windows.get(name)?.fresh) return;
    const asked = this.#replica.ask();
    const attempt = this.#attempts.get(name);
    this.#ask(
      () => {
        const open = this.#subscriber.views.get(name);
        if (!open?.end) return this.#replica.abandon(asked);
        const rest = this.#expected(of).filter((record) => compareIn(of, record, open.end!) > 0);
        const rows = rest.slice(0, of.limit);
        for (const record of rows) open.held.add(record.id);
        mayHold(this.#subscriber, deal, rows);

        open.end = rest.length > rows.length ? rows.at(-1)! : null;
        const page: Page = { rows, ...(open.end ? { next: open.end.id } : {}) };
        this.#send(() =>
          attempt === this.#attempts.get(name)
            ? this.#opened(name, asked, page, false)
            : this.#replica.abandon(asked),
        );
      },
      () => this.#replica.abandon(asked),
    );
  }

  #break(): void {
    for (const message of this.#toServer.splice(0)) (message as Cancelable).cancel?.();
    for (const message of this.#toClient.splice(0)) (message as Cancelable).cancel?.();
    this.#subscriber = subscribe();
    for (const name of this.#windows.keys()) if (!this.#requests.has(name)) this.#replica.remove(name);
    for (const name of this.#requests.keys()) {
      const { rows, fresh } = this.#replica.window(name)!;
      if (fresh) this.#shown.set(name, rows);
      else this.#shown.delete(name);
    }
    this.#reopen();
  }

  #changeRights(): void {
    this.#wide = !this.#wide;
    const names = [...this.#subscriber.views.keys()];
    this.#shown.clear();
    this.#subscriber.views.clear();
    this.#subscriber.totalsOf.clear();
    if (names.length > 0)
      this.#send(() => {
        const open = names.filter((name) => this.#requests.has(name));
        this.#replica.stale(open, { strict: true });
        this.#reopen(open);
      });
  }

  #reopen(names = [...this.#requests.keys()]): void {
    this.#replica.stale(names);
    for (const name of names) this.#open(name);
  }

  #compare(name: string): void {
    const of = this.#requests.get(name)!;
    const all = this.#expected(of);
    const window = this.#windows.get(name)!;
    const end = window.end;
    const loaded = end ? all.filter((record) => compareIn(of, record, end) <= 0) : all;
    expect(window.rows.map(visible)).toEqual(loaded.map(visible));
    expect(window.totals?.count).toBe(all.length);
  }

  #ask(act: () => void, cancel?: () => void): void {
    this.#toServer.push(Object.assign(act, { cancel }));
  }
  #send(act: () => void): void {
    this.#toClient.push(act);
  }
  #deliver(): void {
    const queue = this.#dice.next() < 0.5 || this.#toServer.length === 0 ? this.#toClient : this.#toServer;
    queue.shift()?.();
  }
}

/** Without the version: a change of what this person may not see is not told, so neither is its version. */
const visible = ({ version: _, ...rest }: MaskedRecord): object => rest;

type Cancelable = { cancel?: () => void };
