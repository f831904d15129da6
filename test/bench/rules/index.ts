import { parseArgs } from 'node:util';
import { addSharingRule } from '../../../server/commands/governance/rules/createSharingRule.ts';
import { cleanCriteria } from '../../../server/commands/governance/rules/clean.ts';
import { withTheLog, workOnCriteria } from '../../../server/commands/governance/rules/fill.ts';
import {
  alterSharingRule,
  dropSharingRule,
} from '../../../server/commands/governance/rules/updateSharingRule.ts';
import { performFor } from '../../../server/commands/perform.ts';
import { connect, PATIENCE } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import type { App } from '../../../server/lib/app.ts';
import { sequenceBatch } from '../../../server/outbox/log.ts';
import { changeRecord, insertRecords } from '../../../server/records/write.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import type { CriteriaJson } from '../../../shared/protocol/index.ts';
import { describeMachine, machine } from '../machine.ts';
import { figures, round } from '../measure.ts';
import { startStore } from '../store.ts';
import { ADMINISTRATOR, agent, fill, idOf, sizeTimes, supportAgent } from '../views/world.ts';

// What sharing rules cost: bringing one to many records that are there already, beside somebody who works on them; and
// writing records under many of them.

const ctx = { actorId: null, requestId: 'bench' };

export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: { tickets: { type: 'string', default: '200000' }, rows: { type: 'string', default: '5000' } },
  });
  const tickets = Number(values.tickets);
  const store = await startStore();
  const sql = await connect(store.url, { max: 2, ...PATIENCE });
  try {
    await fill(store, { ...sizeTimes(1), tickets });
    say(`a world of ${tickets} tickets with two messages each`);
    const app: App = {
      sql: store.sql,
      registry: new Registry(OBJECTS),
      nodeId: 'bench',
      poke: () => undefined,
    };
    const written = await underRules(app, Number(values.rows), say);
    const filled = await filling(app, { ...app, sql }, tickets, say);
    const where = await machine(store.sql);
    say(describeMachine(where));
    return { bench: 'rules', machine: where, tickets, written, filled };
  } finally {
    await sql.end({ timeout: 2 });
    await store.stop();
  }
}

/** Companies a second that come in under none, 20 and 200 rules. */
async function underRules(
  app: App,
  rows: number,
  say: (text: string) => void,
): Promise<Record<number, number>> {
  const found: Record<number, number> = {};
  const object = app.registry.get('company');
  let made = 0;
  for (const rules of [0, 20, 200, 0]) {
    for (; made < rules; made++)
      await act(app, (one) => addSharingRule(one, newId(), ruleOf('company', { country: made % 2 ? 'DE' : 'FR', employees: { gt: made * 40 } }))); // prettier-ignore
    if (rules === 0) await app.sql`update criteria set retired_at = now()`.then(() => app.sql`delete from sharing_rule`).then(() => app.sql`delete from criteria`); // prettier-ignore
    if (rules === 0) made = 0;
    const start_ms = performance.now();
    for (let done = 0; done < rows; done += 200) {
      const some = Array.from({ length: 200 }, (_, n) => ({
        values: {
          name: `Company ${done + n}`,
          country: 'DE',
          employees: n * 30,
          owner: idOf('user', agent(0)),
        },
      }));
      await transaction(app.sql, (tx) => insertRecords(tx, app, ctx, object, some));
    }
    found[rules] = Math.round(rows / ((performance.now() - start_ms) / 1000));
    say(`${found[rules]} companies a second under ${rules} rules`);
  }
  return found;
}

/** A rule for half of all tickets: how long it takes, and what somebody who works meanwhile feels of it. */
async function filling(
  app: App,
  patient: App,
  tickets: number,
  say: (text: string) => void,
): Promise<object> {
  while ((await sequenceBatch(app.sql)).moved > 0);
  const still = await working(app, tickets, async (until) => until(performance.now() + 5_000));
  say(`a change of a ticket beforehand: ${JSON.stringify(still)}`);
  const id = newId();
  const start_ms = performance.now();
  await act(app, (one) => addSharingRule(one, id, ruleOf('ticket', { priority: ['urgent', 'high'] })));
  const made_ms = performance.now() - start_ms;
  let waiting = 0;
  const meanwhile = await working(app, tickets, async () => {
    const { signal } = new AbortController();
    const job = workOnCriteria(patient, signal, () => withTheLog(patient, signal)).then(() => (over = true));
    let over = false as boolean;
    while (!over) {
      await sequenceBatch(app.sql);
      const [row] = await app.sql<[{ many: number }]>`select count(*)::int as many from outbox`;
      waiting = Math.max(waiting, row.many);
    }
    await job;
  });
  const took_s = (performance.now() - start_ms) / 1000;
  const [done] = await app.sql<[{ done: number; total: number }]>`select done, total from criteria c join sharing_rule r on r.criteria_id = c.id where r.id = ${id}`; // prettier-ignore
  const rate = Math.round(done.done / took_s);
  say(
    `made in ${round(made_ms)} ms, filled in ${round(took_s)} s: ${done.done} of ${done.total}, ${rate} a second`,
  );
  say(`a change of a ticket meanwhile: ${JSON.stringify(meanwhile)}; events waiting at most ${waiting}`);

  const off_ms = await taken(() =>
    act(app, (one) => alterSharingRule(one, id, { version: 1, active: false })),
  );
  const drop_ms = await taken(() => act(app, (one) => dropSharingRule(one, id)));
  const clean_ms = await taken(() => cleanCriteria(patient, new AbortController().signal));
  say(
    `closed in ${round(off_ms)} ms, taken away in ${round(drop_ms)} ms, off the records in ${round(clean_ms / 1000)} s`,
  );
  return { made_ms, took_s, rate, ...done, still, meanwhile, waiting, off_ms, drop_ms, clean_ms };
}

/** Changes one ticket after the other while something goes on. */
async function working(
  app: App,
  tickets: number,
  during: (until: (end_ms: number) => Promise<void>) => Promise<void>,
) {
  const taken_ms: number[] = [];
  let over = false as boolean;
  const object = app.registry.get('ticket');
  const work = (async () => {
    for (let n = 0; !over; n++) {
      const id = idOf('ticket', (n * 7_919) % tickets);
      taken_ms.push(
        await taken(() =>
          transaction(app.sql, (tx) => changeRecord(tx, app, ctx, object, id, { subject: `Changed ${n}` })),
        ),
      );
      await new Promise((wake) => setTimeout(wake, 20));
    }
  })();
  await during(async (end_ms) => {
    while (performance.now() < end_ms) await new Promise((wake) => setTimeout(wake, 50));
  });
  over = true;
  await work;
  return { ...figures(taken_ms), most: round(Math.max(...taken_ms)), changes: taken_ms.length };
}

const act = <T>(app: App, work: Parameters<typeof performFor<T>>[2]): Promise<T> =>
  performFor(app, { userId: idOf('user', ADMINISTRATOR), requestId: 'bench' }, work);

const ruleOf = (object: string, criteria: CriteriaJson) => ({
  name: newId(),
  object,
  criteria,
  to: { kind: 'user' as const, id: idOf('user', supportAgent(0)) },
  level: 'read' as const,
});

async function taken(work: () => Promise<unknown>): Promise<number> {
  const start_ms = performance.now();
  await work();
  return performance.now() - start_ms;
}
