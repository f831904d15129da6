import { describe, expect, test } from 'vitest';
import { Replica, type Page } from '../../../client/stores/replica.ts';
import type { Window } from '../../../client/stores/window.ts';
import { mask, type Actor, type Image, type MaskedRecord, type Role } from '../../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { compareIn, matches, parseView, type View, type WireEvent } from '../../../shared/protocol/index.ts';
import { piecesFor } from '../../../server/fanout/pieces.ts';
import { newSubscriber, type Subscriber } from '../../../server/fanout/subscriber.ts';
import type { LogEvent } from '../../../server/outbox/log.ts';

const registry = new Registry(OBJECTS);
const deal = registry.get('deal');
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ME = id(1);
const PIPELINE = id(2);

const row = (n: number, version: number, fields: object = {}): MaskedRecord => ({
  id: id(n),
  version,
  created_at: '2026-01-01T00:00:00.000Z',
  may: { actions: ['read'], edit: [] },
  title: `Deal ${n}`,
  stage: 'new',
  ...fields,
});
const view = (request: object = {}): View => parseView(deal, { sort: 'title', ...request });

function collecting() {
  const records = new Map<string, MaskedRecord>();
  const windows = new Map<string, readonly MaskedRecord[]>();
  const replica = new Replica({
    record: (_, key, record) => (record ? records.set(key, record) : records.delete(key)),
    view: (window: Window) => windows.set(window.id, window.rows),
    changed: () => undefined,
  });
  const open = (name: string, of: View, page: Page) => {
    replica.add(name, of, false);
    replica.opened(name, replica.ask(), page);
  };
  const titles = (name: string) => (windows.get(name) ?? []).map((r) => r['title']);
  return { replica, records, windows, open, titles };
}

describe('an answer and the events around it', () => {
  test('an event that overtakes the answer is not lost', () => {
    const { replica, titles } = collecting();
    replica.add('a', view(), false);
    const asked = replica.ask();
    replica.apply([['patch', 'deal', id(1), 2, { title: 'Renamed' }]]);
    replica.opened('a', asked, { rows: [row(1, 1)] });
    expect(titles('a')).toEqual(['Renamed']);
  });

  test('a record that left while the answer was on its way does not come back with it', () => {
    const { replica, records } = collecting();
    replica.add('a', view(), false);
    const asked = replica.ask();
    replica.apply([['leave', 'deal', id(1), 2, {}]]);
    replica.opened('a', asked, { rows: [row(1, 1)] });
    expect(records.size).toBe(0);
  });

  test('a record that left and was given back, unchanged, before the answer was read is there', () => {
    const { replica, titles } = collecting();
    replica.add('a', view(), false);
    const asked = replica.ask();
    replica.apply([['leave', 'deal', id(1), 1, {}]]);
    replica.opened('a', asked, { rows: [row(1, 1)] });
    expect(titles('a')).toEqual(['Deal 1']);
  });

  test('a field scrubbed while the answer was on its way does not come back with it', () => {
    const { replica, records } = collecting();
    replica.add('a', view(), false);
    const asked = replica.ask();
    replica.apply([['scrub', 'deal', id(1), 2, { amount: null }]]);
    replica.opened('a', asked, { rows: [row(1, 1, { amount: 500 })] });
    expect(records.get(id(1))).not.toHaveProperty('amount');
  });

  test('a row of an answer that is older than what is held changes nothing', () => {
    const { replica, open, titles } = collecting();
    open('a', view(), { rows: [row(1, 3, { title: 'New name' })] });
    replica.add('b', view({ record: id(1) }), true);
    replica.opened('b', replica.ask(), { rows: [row(1, 2, { title: 'Old name' })] });
    expect(titles('a')).toEqual(['New name']);
  });

  test('what an answer no longer contains is forgotten, unless another view still has it', () => {
    const { replica, open, titles, records } = collecting();
    open('a', view(), { rows: [row(1, 1), row(2, 1), row(3, 1)] });
    open('b', view({ record: id(2) }), { rows: [row(2, 1)] });
    replica.stale();
    expect(titles('a')).toEqual(['Deal 1', 'Deal 2', 'Deal 3']);
    replica.opened('a', replica.ask(), { rows: [row(1, 1)] });
    expect(titles('a')).toEqual(['Deal 1']);
    expect([...records.keys()]).toEqual([id(1), id(2)]);
    replica.opened('b', replica.ask(), { rows: [] });
    expect([...records.keys()]).toEqual([id(1)]);
  });

  test('until its answer is here, a new view shows nothing of a list, but a record at once', () => {
    const { replica, open, titles } = collecting();
    open('a', view(), { rows: [row(1, 1)] });
    replica.add('list', view({ filter: { stage: 'new' } }), false);
    replica.add('one', view({ record: id(1) }), true);
    expect([titles('list'), titles('one')]).toEqual([[], ['Deal 1']]);
  });
});

describe('events', () => {
  test('an older version changes nothing', () => {
    const { replica, open, titles } = collecting();
    open('a', view(), { rows: [row(1, 5)] });
    replica.apply([['patch', 'deal', id(1), 4, { title: 'Stale' }]]);
    replica.apply([['leave', 'deal', id(1), 4, {}]]);
    expect(titles('a')).toEqual(['Deal 1']);
  });

  test('scrub and patch of one change are both applied', () => {
    const { replica, open, records } = collecting();
    open('a', view(), { rows: [row(1, 1, { amount: 500 })] });
    replica.apply([
      ['scrub', 'deal', id(1), 2, { amount: null }],
      ['patch', 'deal', id(1), 2, { title: 'Handed over', by: ME }],
    ]);
    expect(records.get(id(1))).toMatchObject({ version: 2, title: 'Handed over' });
    expect(records.get(id(1))).not.toHaveProperty('amount');
    expect(records.get(id(1))).not.toHaveProperty('by');
  });

  test('a row that no longer matches goes over to the view it matches now, and is forgotten if there is none', () => {
    const { replica, open, titles, records } = collecting();
    open('new', view({ filter: { stage: 'new' } }), { rows: [row(1, 1), row(2, 1)] });
    open('won', view({ filter: { stage: 'won' } }), { rows: [] });
    replica.apply([['patch', 'deal', id(1), 2, { stage: 'won' }]]);
    replica.apply([['patch', 'deal', id(2), 2, { stage: 'lost' }]]);
    expect([titles('new'), titles('won')]).toEqual([[], ['Deal 1']]);
    expect([...records.keys()]).toEqual([id(1)]);
  });

  test('closing a view forgets what no other view contains', () => {
    const { replica, open, records } = collecting();
    open('all', view(), { rows: [row(1, 1), row(2, 1)] });
    open('one', view({ record: id(1) }), { rows: [row(1, 1)] });
    replica.remove('all');
    expect([...records.keys()]).toEqual([id(1)]);
  });

  test('nothing behind the last loaded row is shown before it is loaded', () => {
    const { replica, open, titles } = collecting();
    open('a', view(), { rows: [row(1, 1), row(3, 1)], next: 'c' });
    replica.apply([['enter', 'deal', id(9), 1, { ...row(9, 1) }]]);
    replica.apply([['enter', 'deal', id(2), 1, { ...row(2, 1) }]]);
    expect(titles('a')).toEqual(['Deal 1', 'Deal 2', 'Deal 3']);
    replica.continued('a', replica.ask(), { rows: [row(5, 1), row(9, 1)] });
    expect(titles('a')).toEqual(['Deal 1', 'Deal 2', 'Deal 3', 'Deal 5', 'Deal 9']);
  });

  test('a list whose last loaded row has gone asks to be read anew, and then remembers nothing of that row', () => {
    const { replica, open } = collecting();
    open('a', view({ sort: '-amount' }), {
      rows: [row(1, 1, { amount: 9 }), row(2, 1, { amount: 7331 })],
      next: 'c',
    });
    replica.apply([['leave', 'deal', id(2), 2, {}]]);
    expect(replica.window('a')?.doubtful).toBe(true);
    replica.opened('a', replica.ask(), { rows: [row(1, 1, { amount: 9 })] });
    expect(JSON.stringify(replica.window('a'))).not.toContain('7331');
  });
});

describe('own changes', () => {
  test('are shown at once, move the row, and come off again', () => {
    const { replica, open, titles } = collecting();
    open('new', view({ filter: { stage: 'new' } }), { rows: [row(1, 1)] });
    open('won', view({ filter: { stage: 'won' } }), { rows: [] });
    const token = replica.overlay('deal', id(1), { stage: 'won' });
    expect(titles('won')).toEqual(['Deal 1']);
    replica.settle('deal', id(1), token);
    expect([titles('new'), titles('won')]).toEqual([['Deal 1'], []]);
  });

  test('lie over a change of someone else until they are answered', () => {
    const { replica, open, titles, records } = collecting();
    open('a', view(), { rows: [row(1, 1)] });
    const token = replica.overlay('deal', id(1), { title: 'Mine' });
    replica.apply([['patch', 'deal', id(1), 2, { stage: 'won' }]]);
    expect(records.get(id(1))).toMatchObject({ title: 'Mine', stage: 'won' });
    replica.learned('deal', row(1, 3, { title: 'Mine', stage: 'won' }));
    replica.settle('deal', id(1), token);
    expect(titles('a')).toEqual(['Mine']);
  });

  test('the answer to a write does not bring back a record that has left', () => {
    const { replica, open, records } = collecting();
    open('a', view(), { rows: [row(1, 1)] });
    const token = replica.overlay('deal', id(1), { title: 'Mine' });
    replica.apply([['leave', 'deal', id(1), 2, {}]]);
    replica.learned('deal', row(1, 2, { title: 'Mine' }));
    replica.settle('deal', id(1), token);
    expect(records.size).toBe(0);
  });
});

test('clear forgets every record, and late frames bring none back', () => {
  const { replica, open, records } = collecting();
  open('a', view(), { rows: [row(1, 1)] });
  replica.clear();
  replica.apply([['enter', 'deal', id(2), 1, { ...row(2, 1) }]]);
  expect(records.size).toBe(0);
  expect(replica.get('deal', id(2))).toBeUndefined();
});

/**
 * The server's own fan-out against the replica, over a wire that delays and breaks (but keeps order, as a WebSocket does):
 * once it is quiet, every view shows exactly what this person may see of it.
 */
describe('whatever the order of answers, events, breaks and changes of rights', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  for (let run = 0; run < 40; run++) {
    test(`it ends right (SEED=${seed} run ${run})`, () => new World(seed * 1000 + run).play());
  }
});

class World {
  readonly #random: () => number;
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
  #subscriber: Subscriber = this.#subscribe();

  constructor(seed: number) {
    this.#random = mulberry(seed);
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
    for (let step = 0; step < 100; step++) this.#step();
    while (this.#toServer.length + this.#toClient.length > 0) this.#deliver();
    for (const name of this.#requests.keys()) this.#compare(name);
    for (const [key, record] of this.#records)
      expect(visible(record)).toEqual(visible(this.#seen(this.#images.get(key)!)!));
    const shown = [...this.#requests.values()];
    for (const record of this.#records.values()) expect(shown.some((of) => matches(of, record))).toBe(true);
  }

  #step(): void {
    const dice = this.#random();
    if (dice < 0.4) this.#write(10 + Math.floor(this.#random() * 14));
    else if (dice < 0.8) this.#deliver();
    else if (dice < 0.9) this.#openOrClose();
    else if (dice < 0.94) this.#more();
    else if (dice < 0.97) this.#break();
    else this.#changeRights();
  }

  #pick = <T>(from: readonly T[]): T => from[Math.floor(this.#random() * from.length)]!;

  #write(n: number): void {
    const before = this.#images.get(id(n)) ?? null;
    const after: Image = {
      ...(before ?? { id: id(n), created_at: '2026-01-01T00:00:00.000Z', pipeline: PIPELINE }),
      version: (before?.version ?? 0) + 1,
      deleted_at:
        before && this.#random() < 0.1 && before.deleted_at === null ? '2026-02-02T00:00:00.000Z' : null,
      title: this.#pick(['a', 'b', 'c', 'd', 'e']) + n,
      stage: this.#pick(['new', 'won', 'lost']),
      amount: Math.floor(this.#random() * 5),
      owner: this.#pick([ME, ME, id(3)]),
      participants: [],
    };
    this.#images.set(after.id, after);
    const event = { seq: ++this.#seq, outboxId: this.#seq, object: 'deal', id: after.id, version: after.version, before, after, actorId: ME } as unknown as LogEvent; // prettier-ignore
    const pieces = piecesFor(this.#subscriber, event, (_, which) =>
      this.#seen(which === 'before' ? before : after),
    );
    if (pieces.length > 0) this.#send(() => this.#replica.apply(pieces));
    const moved = [...this.#subscriber.totalsOf];
    this.#subscriber.totalsOf.clear();
    const totals = moved.map((name): WireEvent => [
      'total',
      'deal',
      '',
      0,
      this.#subscriber.views.get(name)!.totals,
      [name],
    ]);
    if (totals.length > 0) this.#send(() => this.#replica.apply(totals));
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
      userId: ME,
      sets: { self: new Set([ME]), reports: new Set(), teams: new Set() },
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
        this.#subscriber.views.set(name, {
          id: name,
          view: of,
          held: new Set(rows.map((r) => r.id)),
          totals,
          end,
          head: this.#seq,
          pending: new Set(),
        });
        const page: Page = { rows, totals, ...(end ? { next: end.id } : {}) };
        this.#send(() =>
          attempt === this.#attempts.get(name)
            ? this.#replica.opened(name, asked, page)
            : this.#replica.abandon(asked),
        );
      },
      () => this.#replica.abandon(asked),
    );
  }

  #more(): void {
    const name = this.#pick([...this.#requests.keys(), 'a']);
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
        open.end = rest.length > rows.length ? rows.at(-1)! : null;
        const page: Page = { rows, ...(open.end ? { next: open.end.id } : {}) };
        this.#send(() =>
          attempt === this.#attempts.get(name)
            ? this.#replica.continued(name, asked, page)
            : this.#replica.abandon(asked),
        );
      },
      () => this.#replica.abandon(asked),
    );
  }

  #break(): void {
    for (const message of this.#toServer.splice(0)) (message as Cancelable).cancel?.();
    for (const message of this.#toClient.splice(0)) (message as Cancelable).cancel?.();
    this.#subscriber = this.#subscribe();
    for (const name of this.#windows.keys()) if (!this.#requests.has(name)) this.#replica.remove(name);
    this.#reopen();
  }

  #changeRights(): void {
    this.#wide = !this.#wide;
    const names = [...this.#subscriber.views.keys()];
    this.#subscriber.views.clear();
    this.#subscriber.totalsOf.clear();
    if (names.length > 0) this.#send(() => this.#reopen(names.filter((name) => this.#requests.has(name))));
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

  #subscribe(): Subscriber {
    const outlet = {
      emit() {},
      resync() {},
      end() {},
      drop() {},
      queued: () => false,
      congested: () => false,
    };
    const actor: Actor = {
      userId: ME,
      sets: { self: new Set(), reports: new Set(), teams: new Set() },
      roles: [],
      fingerprint: '',
    };
    return newSubscriber({ id: 's', userId: ME, sessionId: ME, outlet, actor });
  }

  #ask(act: () => void, cancel?: () => void): void {
    this.#toServer.push(Object.assign(act, { cancel }));
  }
  #send(act: () => void): void {
    this.#toClient.push(act);
  }
  #deliver(): void {
    const queue = this.#random() < 0.5 || this.#toServer.length === 0 ? this.#toClient : this.#toServer;
    queue.shift()?.();
  }
}

/** Without the version: a change of what this person may not see is not told, so neither is its version. */
const visible = ({ version: _, ...rest }: MaskedRecord): object => rest;

type Cancelable = { cancel?: () => void };

/** A small generator of numbers in [0, 1) that a seed decides. */
function mulberry(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
