import { expect } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import { connect } from '../../../server/db/connect.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { LiveNode } from '../../../server/fanout/node.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import type { App } from '../../../server/lib/app.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { snapshot } from '../../../server/queries/snapshot.ts';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { parseView, type Totals, type ViewRequest } from '../../../shared/protocol/index.ts';
import { freshDatabase, type FreshDatabase } from '../../world/database.ts';
import type { Dice } from '../../world/dice.ts';
import { until } from '../../world/until.ts';
import { TestClient } from './testClient.ts';
import { registry } from './world.ts';

/** Two nodes on a store of their own that hear of each other only now and then, and clients of both. */
export class LossyPair {
  readonly clients: TestClient[] = [];
  readonly sql: Sql;
  /** For what the program itself may not do. */
  readonly migrationUrl: string;
  readonly #nodes: LiveNode[] = [];
  readonly #apps: App[] = [];
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor({ sql, migrationUrl }: FreshDatabase) {
    this.sql = sql;
    this.migrationUrl = migrationUrl;
  }

  /** `furnish` fills the store before the nodes start. */
  static async start(dice: Dice, furnish: (sql: Sql) => Promise<void>): Promise<LossyPair> {
    const db = await freshDatabase();
    const pair = new LossyPair(db);
    for (const name of ['north', 'south']) {
      const logSql = await connect(db.url, { max: 2 });
      const app: App = { sql: db.sql, registry, nodeId: name, poke: () => undefined };
      const node = new LiveNode({
        app,
        logSql,
        connect: () => connect(db.url, { max: 1 }),
        clock: systemClock,
        // Half of the pokes are lost.
        announce: () => pair.#nodes.forEach((other) => dice.chance(0.5) && other.wakeLog(false)),
      });
      pair.#nodes.push(node);
      pair.#apps.push(app);
      pair.#stops.push(async () => {
        await node.stop();
        await logSql.end();
      });
    }
    await furnish(db.sql);
    for (const node of pair.#nodes) {
      await node.start();
      node.wakeLog(true);
    }
    return pair;
  }

  stop = (): Promise<unknown> => Promise.all(this.#stops.map((stop) => stop()));

  wake(which: number): void {
    must(this.#nodes[which], 'a node').wakeLog(true);
  }

  /** Somebody, person or visitor, with these views open; on one node and on the other in turn. */
  async connect(userId: string, views: readonly ViewRequest[]): Promise<TestClient> {
    const node = must(this.#nodes[this.clients.length % 2], 'a node');
    const actor = must(await loadActor(this.sql, userId), 'an actor');
    // A session that there is: in a store that was restored it is looked for. A visitor's id stands for theirs.
    const session = actor.kind === 'person' ? await this.#session(userId) : userId;
    const client = new TestClient(node, userId, actor, session);
    this.clients.push(client);
    views.forEach((view, i) => client.views.set(`v${i}`, view));
    await client.openAll();
    return client;
  }

  #session(userId: string): Promise<string> {
    const whence = { method: 'password', device: 'Test', address: '192.0.2.1', requestId: 'test' } as const;
    return transaction(this.sql, async (tx) => {
      const { session } = await createSession(tx, must(this.#apps[0], 'an app'), { userId, ...whence });
      return session.sessionId;
    });
  }

  /** Somebody whose line broke is back, at one node or the other, with what they held. */
  comeBack(client: TestClient, which: number): Promise<void> {
    const actor = async () => must(await loadActor(this.sql, client.userId), 'an actor');
    return client.comeBack(must(this.#nodes[which], 'a node'), actor);
  }

  /** Now and then somebody's line breaks, in the midst of anything; they are back at once, or after a while. */
  breakSome(dice: Dice): void {
    if (dice.chance(0.12)) dice.pick(this.clients).break();
    for (const client of this.clients)
      if (client.away && dice.chance(0.3)) void this.comeBack(client, dice.int(0, 1));
  }

  /** Everybody is back. Says what that spared so far: answers that held the differences only, rows not told again. */
  async allBack(): Promise<{ answers: number; spared: number }> {
    const { clients } = this;
    await Promise.all(clients.flatMap((client, n) => (client.away ? this.comeBack(client, n % 2) : [])));
    const sum = (key: 'answers' | 'spared') => clients.reduce((sum, { resumed }) => sum + resumed[key], 0);
    return { answers: sum('answers'), spared: sum('spared') };
  }

  /** Both nodes have asked the store what is new, from now on. */
  async polled(): Promise<void> {
    for (const node of this.#nodes) await until(() => node.pulse(), { timeout_ms: 15_000, what: 'a poll' });
  }

  /** Until both nodes have applied the whole log and policy, and nothing is on its way. */
  async quiet(): Promise<void> {
    await until(
      async () => {
        const [row] = await this.sql<[{ head: number; access: number; waiting: number }]>`
          select e.seq as head, a.seq as access, (select count(*)::int from outbox) as waiting
          from event_head e, access_head a
        `;
        return (
          row.waiting === 0 &&
          this.#nodes.every((node) => node.applied === row.head && node.rights.applied === row.access) &&
          this.clients.every(isAtRest)
        );
      },
      { timeout_ms: 15_000 },
    );
  }

  /** Every client holds exactly what the store would show it now, by rows, fields and totals. */
  async mustHaveConverged(): Promise<void> {
    expect(this.clients.flatMap((client) => client.failures)).toEqual([]);
    for (const client of this.clients) {
      const actor = must(await loadActor(this.sql, client.userId), 'an actor');
      for (const [id, request] of client.views) {
        const view = parseView(registry.get(request.object), request);
        const expected = await snapshot(must(this.#apps[0], 'an app'), actor, view);
        const held = must(client.windows.get(id), `view ${id}`);
        const what = `${JSON.stringify(request)} of ${client.userId}`;
        // Where either goes on beyond what was loaded, as many rows as both have: what came since stands above them, and
        // an answer ends after so many bytes.
        const whole = expected.next === null && held.next === null;
        const most = whole ? Infinity : Math.min(held.rows.length, expected.rows.length);
        expect(byId(held.rows.slice(0, most)), what).toEqual(byId(expected.rows.slice(0, most)));
        expect(withoutEmpty(held.totals), `totals of ${what}`).toEqual(withoutEmpty(expected.totals));
      }
    }
  }
}

const isAtRest = ({ busy, subscriber }: TestClient): boolean =>
  busy === 0 &&
  !subscriber.muted &&
  subscriber.queue.length + subscriber.totalsOf.size + subscriber.resyncDue.size === 0 &&
  ![...subscriber.views.values()].some(({ flood }) => flood.over);

const byId = (rows: readonly MaskedRecord[]) =>
  Object.fromEntries(rows.map(({ version: _hiddenChangesRaiseIt, ...row }) => [row.id, row]));

const withoutEmpty = (totals: Totals | null) =>
  totals && {
    ...totals,
    groups:
      totals.groups &&
      Object.fromEntries(Object.entries(totals.groups).filter(([, group]) => group.count > 0)),
  };
