import { loadActor, loadActors } from '../../../server/access/loadActor.ts';
import { createSharingRule } from '../../../server/commands/governance/rules/createSharingRule.ts';
import { workOnCriteria } from '../../../server/commands/governance/rules/fill.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { connect, PATIENCE } from '../../../server/db/connect.ts';
import { isUnavailable } from '../../../server/db/failures.ts';
import type { App, Caller } from '../../../server/lib/app.ts';
import { exportRecords, orderExport } from '../../../server/queries/exportRecords.ts';
import { search } from '../../../server/queries/search.ts';
import { whoCanSee } from '../../../server/queries/whoCanSee.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { parseView } from '../../../shared/protocol/index.ts';
import { figures, round, type Figures } from '../measure.ts';
import type { BenchStore } from '../store.ts';
import { PEOPLE } from './cases.ts';
import * as who from './people.ts';

const { ids } = who;

/** What changes of policy and the other questions of access take, in milliseconds unless a name says otherwise. */
export interface Changes {
  team_of_one: Figures;
  actor_of_one: Figures;
  actors_of_all_ms: number;
  who_can_see_ms: number;
  search: Record<string, Figures>;
  export_first_rows: Record<string, Figures>;
  rule: { answered_ms: number; records: number; per_s: number; writes: Figures; writes_before: Figures };
}

export async function changes(store: BenchStore, app: App, say: (text: string) => void): Promise<Changes> {
  const caller = await signIn(store, app, who.ADMINISTRATOR);
  const rule = await ruleOverAll(store, app, caller);
  say(JSON.stringify(rule));
  const found: Changes = {
    rule,
    team_of_one: await teamOfOne(app, caller),
    actor_of_one: await repeated(30, () => loadActor(app.sql, ids.of('user', who.COMPLICATED))),
    actors_of_all_ms: await actorsOfAll(app),
    who_can_see_ms: (
      await repeated(3, () => whoCanSee(app, caller, { object: 'ticket', id: ids.of('ticket', 3) }))
    ).median,
    search: await searches(app),
    export_first_rows: await exports(store, app),
  };
  say(JSON.stringify(found));
  return found;
}

async function signIn({ owner }: BenchStore, app: App, n: number): Promise<Caller> {
  const actor = must(await loadActor(app.sql, ids.of('user', n)), 'an actor');
  const sessionId = newId();
  await owner`
    insert into session (id, token_hash, user_id, idle_expires_at, expires_at)
    values (${sessionId}, ${sessionId}, ${actor.userId}, now() + interval '1 day', now() + interval '1 day')
  `;
  return { actor, sessionId, address: '127.0.0.1', requestId: 'bench' };
}

async function repeated(rounds: number, work: (round: number) => Promise<unknown>): Promise<Figures> {
  const taken: number[] = [];
  for (let at = 0; at < rounds; at++) {
    const start_ms = performance.now();
    await work(at);
    taken.push(performance.now() - start_ms);
  }
  return figures(taken);
}

/** From asking to the commit: nothing of their records is touched. */
const teamOfOne = (app: App, caller: Caller): Promise<Figures> =>
  repeated(20, (at) =>
    updateRecord(app, caller, {
      object: 'user',
      id: ids.of('user', who.AGENTS.from + 100),
      values: { team: ids.of('team', who.SALES_TEAMS + 1 + (at % 2)) },
    }),
  );

async function actorsOfAll(app: App): Promise<number> {
  const start_ms = performance.now();
  await loadActors(
    app.sql,
    Array.from({ length: who.USERS }, (_, n) => ids.of('user', n)),
  );
  return round(performance.now() - start_ms);
}

async function searches(app: App): Promise<Record<string, Figures>> {
  const found: Record<string, Figures> = {};
  for (const { name, n } of PEOPLE) {
    const actor = must(await loadActor(app.sql, ids.of('user', n)), name);
    found[name] = await repeated(3, (at) =>
      // What the store has no answer to in its two seconds counts as long as that.
      search(app, actor, { q: ['acme 77', 'payment 7', 'umbrella'][at % 3] ?? '' }).catch(
        (error: unknown) => {
          if (!isUnavailable(error)) throw error;
        },
      ),
    );
  }
  return found;
}

/** Until the first rows of a file are there, of all the tickets that the person may take out. */
async function exports({ url }: BenchStore, app: App): Promise<Record<string, Figures>> {
  const patient = await connect(url, { max: 2, ...PATIENCE });
  const found: Record<string, Figures> = {};
  try {
    for (const n of [who.ADMINISTRATOR, who.SUPPORT_MANAGERS.from, who.REGIONAL, who.COMPLICATED]) {
      const { name } = must(PEOPLE.find((person) => person.n === n), 'a person'); // prettier-ignore
      const actor = must(await loadActor(app.sql, ids.of('user', n)), name);
      const view = parseView(app.registry.get('ticket'), { limit: 50 });
      const order = orderExport(app.registry, actor, view, undefined);
      found[name] = await repeated(3, async () => {
        const enough = new AbortController();
        const write = (_: string, rows: number) => {
          if (rows > 0) enough.abort(new Error('enough'));
          return Promise.resolve();
        };
        await exportRecords(app, patient, actor, order, { write, signal: enough.signal }).catch(
          (error: unknown) => {
            if (!enough.signal.aborted) throw error;
          },
        );
      });
    }
  } finally {
    await patient.end();
  }
  return found;
}

/** A rule for all tickets but the few of one status; whoever writes meanwhile is looked at too. */
async function ruleOverAll({ url }: BenchStore, app: App, caller: Caller): Promise<Changes['rule']> {
  const writes_before = await repeated(20, (at) => touch(app, caller, at));
  const start_ms = performance.now();
  const rule = await createSharingRule(app, caller, {
    rule: {
      name: `All that is solved ${newId()}`,
      object: 'ticket',
      criteria: { status: { in: ['resolved', 'pending', 'open'] } },
      to: { kind: 'team', id: ids.of('team', 5) },
      level: 'read',
      active: true,
    },
  });
  const answered_ms = round(performance.now() - start_ms);
  const patient = await connect(url, { max: 3, ...PATIENCE });
  const leaving = new AbortController();
  const begun_ms = performance.now();
  const filling = workOnCriteria({ ...app, sql: patient }, leaving.signal);
  const writes = await repeated(40, async (at) => {
    await touch(app, caller, 100 + at);
  });
  await Promise.race([filling, new Promise((resolve) => setTimeout(resolve, FILL_ms))]);
  leaving.abort();
  await filling;
  const seconds = (performance.now() - begun_ms) / 1000;
  const [state] = await app.sql<{ done: number }[]>`
    select c.done from criteria c join sharing_rule r on r.criteria_id = c.id where r.id = ${rule.id}
  `;
  await patient.end();
  const records = state?.done ?? 0;
  return { answered_ms, records, per_s: round(records / seconds), writes, writes_before };
}
/** The filling is looked at for so long at most. */
const FILL_ms = 30_000;

const touch = (app: App, caller: Caller, at: number): Promise<unknown> =>
  updateRecord(app, caller, {
    object: 'ticket',
    id: ids.of('ticket', 1_000 + 97 * at),
    values: { subject: `Touched ${newId()}` },
  });
