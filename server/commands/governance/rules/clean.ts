import { transaction, type Tx } from '../../../db/transaction.ts';
import type { App } from '../../../lib/app.ts';
import { unmarkSome } from '../../../records/policies.ts';

// Ids that open and hide nothing any more are taken off the records, so that these and the list of criteria that every
// writer reads stay short. Nothing depends on when.

const RECORDS = 1_000;
/** Shares that are over are kept so long, for those who ask why somebody could see something yesterday. */
const SHARES_KEPT = '1 day';
const SHARES = 200;

/** Takes retired criteria off the records and forgets them. Answers whether there were any. */
export async function cleanCriteria(app: App, signal: AbortSignal): Promise<boolean> {
  let any = false;
  while (!signal.aborted && (await transaction(app.sql, (tx) => cleanSome(app, tx)))) any = true;
  return any;
}

async function cleanSome(app: App, tx: Tx): Promise<boolean> {
  const [due] = await tx<{ id: string; object: string; reached_id: string | null }[]>`
    select id, object, reached_id from criteria where retired_at is not null
    order by retired_at, id limit 1 for update skip locked
  `;
  if (!due) return false;
  const { id, reached_id: after } = due;
  const object = app.registry.find(due.object);
  const last = object ? await unmarkSome(tx, app.registry, object, id, { after, limit: RECORDS }) : null;
  await (last === null
    ? tx`delete from criteria where id = ${id}`
    : tx`update criteria set reached_id = ${last} where id = ${id}`);
  return true;
}

/** Forgets shares that ended a while ago, some at a time; answers how many. */
export function forgetShares(app: App): Promise<number> {
  return transaction(app.sql, async (tx) => {
    const over = await tx<{ id: string; object: string }[]>`
      delete from share where id in (
        select id from share where ends_at < now() - ${SHARES_KEPT}::interval order by ends_at limit ${SHARES}
        for update skip locked
      )
      returning id, object
    `;
    for (const { id, object: name } of over) {
      const object = app.registry.find(name);
      if (object) await unmarkSome(tx, app.registry, object, id, { after: null, limit: 1 });
    }
    return over.length;
  });
}
