import { expect } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import { connect } from '../../../server/db/connect.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { LiveNode } from '../../../server/fanout/node.ts';
import type { App } from '../../../server/lib/app.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { snapshot } from '../../../server/queries/snapshot.ts';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { parseView, type Totals, type ViewRequest } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import type { Dice } from '../../world/dice.ts';
import { until } from '../../world/until.ts';
import { TestClient } from './testClient.ts';
import { registry } from './world.ts';

/** Two nodes on a store of their own that hear of each other only now and then, and clients of both. */
export class LossyPair {
  readonly clients: TestClient[] = [];
  readonly sql: Sql;
  readonly #nodes: LiveNode[] = [];
  readonly #apps: App[] = [];
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(sql: Sql) {
    this.sql = sql;
  }

  /** `furnish` fills the store before the nodes start. */
  static async start(dice: Dice, furnish: (sql: Sql) => Promise<void>): Promise<LossyPair> {
    const db = await freshDatabase();
    const pair = new LossyPair(db.sql);
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
    const client = new TestClient(node, userId, must(await loadActor(this.sql, userId), 'an actor'));
    this.clients.push(client);
    views.forEach((view, i) => client.views.set(`v${i}`, view));
    await Promise.all([...client.views.keys()].map((id) => client.open(id)));
    return client;
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
