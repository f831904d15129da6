import { fork } from 'node:child_process';
import { connect } from '../../../server/db/connect.ts';
import { transaction, type Tx } from '../../../server/db/transaction.ts';
import { changeRecord, type Writer } from '../../../server/records/write.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { idOf } from '../views/world.ts';

// In a process of their own: making statements keeps a processor busy, and whoever measures the log is not to wait for that.

export interface Order {
  url: string;
  writers: number;
  seconds: number;
  /** Whether the outbox is told. */
  events: boolean;
}

export interface Written {
  /** When each change was committed, by record and version; in milliseconds since 1970, as `now` has them. */
  commits: Map<string, number>;
  took_s: number;
}

/** The same in every process. */
export const now = (): number => performance.timeOrigin + performance.now();

/** So many writers change deals of their own, one after the other, each in a transaction; `done` after each commit. */
export function writeFor(order: Order, done: () => void): Promise<Written> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [JSON.stringify(order)], { serialization: 'advanced' });
    child.on('message', (message: Written | 'done') => (message === 'done' ? done() : resolve(message)));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`The writers ended with ${code}`)));
  });
}

/** Deals that each writer has for itself. */
const DEALS = 40;

async function write({ url, writers, seconds, events }: Order, done: () => void): Promise<Written> {
  const sql = await connect(url, { max: writers, statement_timeout_ms: 30_000 });
  const app: Writer = { registry: new Registry(OBJECTS) };
  const deal = app.registry.get('deal');
  const commits = new Map<string, number>();
  // Every connection is there before the time counts.
  await Promise.all(Array.from({ length: writers }, () => sql`select pg_sleep(0.05)`));
  const start_ms = now();
  const ctx = { actorId: null, requestId: 'bench' };
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; now() < start_ms + seconds * 1_000; n++) {
        const id = idOf('deal', writer * DEALS + (n % DEALS));
        const values = { next_step: `Call them again, ${start_ms} ${n}` };
        const { after } = await transaction(sql, (tx) =>
          changeRecord(events ? tx : withoutEvents(tx), app, ctx, deal, id, values),
        );
        commits.set(`${id} ${after.version}`, now());
        done();
      }
    }),
  );
  const took_s = (now() - start_ms) / 1_000;
  await sql.end({ timeout: 2 });
  return { commits, took_s };
}

/** The same transaction, in which the one statement that tells of changes is not sent. */
function withoutEvents(tx: Tx): Tx {
  return new Proxy(tx, {
    apply(target, self, [first, ...rest]: [unknown, ...unknown[]]) {
      const isEvent = Array.isArray(first) && String(first[0]).includes('insert into outbox');
      return isEvent ? Promise.resolve([]) : (Reflect.apply(target, self, [first, ...rest]) as unknown);
    },
  });
}

if (process.argv[1] === import.meta.filename) {
  // The order is ours: `writeFor` gives it.
  const order = JSON.parse(process.argv[2] ?? '') as Order;
  const written = await write(order, () => process.send?.('done'));
  process.send?.(written, () => process.disconnect());
}
