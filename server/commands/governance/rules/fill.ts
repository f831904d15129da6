import { setTimeout as sleep } from 'node:timers/promises';
import { holdPolicy, logAccess } from '../../../access/accessLog.ts';
import { isConflict, isUnavailable } from '../../../db/failures.ts';
import { transaction, type Tx } from '../../../db/transaction.ts';
import type { App } from '../../../lib/app.ts';
import { monotonic_ms } from '../../../lib/clock.ts';
import { isLogBehind } from '../../../outbox/log.ts';
import { countPassing, criteriaFilter, holdCriteria, markSome } from '../../../records/policies.ts';
import { retireCriteria } from './frame.ts';

// Brings new criteria to the records that were there before: some at a time, by whichever process comes, which holds
// the row of the criteria as long as its transaction takes. One that dies leaves everything as it was after the last.

/** Records of one transaction. */
export const RECORDS_AT_ONCE = 200;
/** How long whoever makes a rule is kept waiting for it to open all it opens. */
const PATIENCE_ms = 1_000;

/**
 * Goes on with whatever is not filled yet, until nothing is left to do: what hides before what opens. Stops in between
 * when `signal` says so, and waits for `pace`. Answers whether there was anything.
 */
export async function workOnCriteria(
  app: App,
  signal: AbortSignal,
  pace = () => Promise.resolve(),
): Promise<boolean> {
  let any = false;
  while (!signal.aborted && (await fillSome(app, {}))) {
    any = true;
    await pace();
  }
  while (!signal.aborted && (await releaseOne(app))) any = true;
  return any;
}

/** A pace at which what others change meanwhile comes to everyone without delay: the log keeps up. */
export async function withTheLog({ sql }: App, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await isLogBehind(sql))) await sleep(PAUSE_ms);
}
const PAUSE_ms = 50;

/**
 * Brings one rule or restriction to the records, for a moment: what is small is done then. Never fails: what it cannot do, others
 * will.
 */
export async function fillNow(app: App, ruleId: string): Promise<void> {
  const until = monotonic_ms() + PATIENCE_ms;
  try {
    while (await fillSome(app, { ruleId, statement_ms: PATIENCE_ms })) if (monotonic_ms() > until) return;
    await releaseOne(app, ruleId);
  } catch (error) {
    if (!isUnavailable(error) && !isConflict(error)) throw error;
  }
}

interface Asked {
  /** Only that rule or restriction, and without counting first. */
  ruleId?: string;
  statement_ms?: number;
}

/** Answers whether there may be more. */
async function fillSome(app: App, { ruleId, statement_ms }: Asked): Promise<boolean> {
  const more = await transaction(app.sql, async (tx) => {
    if (statement_ms !== undefined)
      await tx`select set_config('statement_timeout', ${String(statement_ms)}, true)`;
    const due = await claim(tx, ruleId);
    if (!due) return null;
    const { id, reached_id, done, total } = due;
    const object = app.registry.find(due.object);
    const filter = object ? criteriaFilter(object, id, due.filter) : null;
    const marking = object && filter ? { object, filter } : null;
    const counted =
      total ??
      (ruleId === undefined && marking ? await countPassing(tx, marking.object, marking.filter) : null);
    const { last, found } = marking
      ? await markSome(tx, app, { actorId: null, requestId: `rule-${id}` }, marking.object, { id, filter: marking.filter }, { after: reached_id, limit: RECORDS_AT_ONCE }) // prettier-ignore
      : { last: null, found: 0 };
    await tx`
      update criteria set reached_id = ${last}, done = ${done + found},
        total = ${counted === null ? null : Math.max(counted, done + found)},
        filled_at = case when ${last === null} then now() end
      where id = ${id}
    `;
    return last !== null || ruleId === undefined;
  });
  if (more !== null) app.poke('log');
  return more ?? false;
}

interface Due {
  id: string;
  object: string;
  filter: unknown;
  reached_id: string | null;
  done: number;
  total: number | null;
}

/**
 * Criteria of something active that are not filled, held until the end of the transaction: any that nobody is at, or
 * those of one rule, for which it waits.
 */
async function claim(tx: Tx, ruleId: string | undefined): Promise<Due | undefined> {
  const [due] = await tx<Due[]>`
    select c.id, c.object, c.filter, c.reached_id, coalesce(c.done, 0) as done, c.total
    from criteria c
    join lateral (
      select id, true as hides from restriction where criteria_id = c.id and active
      union all select id, false from sharing_rule where criteria_id = c.id and active
    ) r on ${ruleId === undefined ? tx`true` : tx`r.id = ${ruleId}::uuid`}
    where c.filled_at is null and c.retired_at is null
    order by r.hides desc, c.created_at, c.id limit 1
    for no key update of c ${ruleId === undefined ? tx`skip locked` : tx``}
  `;
  return due;
}

/** A restriction whose new criteria are filled needs the former ones no more. */
async function releaseOne(app: App, ruleId?: string): Promise<boolean> {
  const isDue = await transaction(app.sql, async (tx) => {
    const which = tx`
      r.former_ids <> '{}' and c.filled_at is not null and ${ruleId === undefined ? tx`true` : tx`r.id = ${ruleId}::uuid`}
    `;
    const [known] = await tx<{ id: string; object: string }[]>`
      select r.id, r.object from restriction r join criteria c on c.id = r.criteria_id where ${which} limit 1
    `;
    if (!known) return false;
    await holdCriteria(tx, known.object, 'alone');
    await holdPolicy(tx);
    const [due] = await tx<{ former_ids: string[] }[]>`
      select r.former_ids from restriction r join criteria c on c.id = r.criteria_id
      where r.id = ${known.id} and ${which} for no key update of r
    `;
    if (!due) return true;
    await tx`update restriction set former_ids = '{}' where id = ${known.id}`;
    await retireCriteria({ tx }, due.former_ids);
    await logAccess(tx, { users: null, cause: 'restriction.filled', actorId: null });
    return true;
  });
  if (isDue) app.poke('access');
  return isDue;
}
