import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { loadActor } from '../../../server/access/loadActor.ts';
import { previewChange } from '../../../server/commands/governance/preview/previewChange.ts';
import { builtInRoleId, BUILT_IN_POLICIES } from '../../../server/db/builtInRoles.ts';
import { connect, PATIENCE } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import type { App, Caller } from '../../../server/lib/app.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import type { PolicyChange } from '../../../shared/protocol/index.ts';
import { ADMINISTRATOR, fill, idOf, MOST_COMPLICATED, sizeAt } from './world.ts';
import { describeMachine, machine } from '../machine.ts';
import { round, table } from '../measure.ts';
import { startStore } from '../store.ts';

// How long it takes to say what a change of policy would come to, in an organisation of 5,000 people and a million
// tickets: `npm run bench -- preview [--scale 0.1] [--rounds 3]`.

/** Every answer within so many seconds. */
const GOAL_s = 5;

export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
    },
  });
  const store = await startStore();
  const countSql = await connect(store.url, { max: 2, ...PATIENCE });
  try {
    const size = sizeAt(Number(values.scale));
    await fill(store, { size, searched: false, say });
    const app: App = {
      sql: store.sql,
      registry: new Registry(OBJECTS),
      nodeId: 'bench',
      poke: () => undefined,
    };
    const admin = await enter(app, ADMINISTRATOR);
    const found = [];
    for (const [name, change] of CHANGES) {
      if (!name.includes(values.only)) continue;
      const times: number[] = [];
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      let answer;
      for (let round = 0; round < Number(values.rounds); round++) {
        const start_ms = performance.now();
        answer = await previewChange(app, { sql: countSql }, admin, change);
        times.push(performance.now() - start_ms);
      }
      delay.disable();
      const { people, objects, orphans, exact } = must(answer, 'a round');
      const sum = (way: 'gained' | 'lost') => objects.reduce((all, one) => all + one[way], 0);
      found.push({
        name,
        median_ms: round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0),
        worst_ms: round(Math.max(...times)),
        /** Longest time for which nothing else of this process came to its turn. */
        stall_ms: round(delay.max / 1e6),
        people,
        gained: sum('gained'),
        lost: sum('lost'),
        orphans,
        exact,
      });
      say(JSON.stringify(found.at(-1)));
    }
    const where = await machine(store.sql);
    say(
      `\n${describeMachine(where)}\n\n${table(
        ['change', 'median ms', 'worst ms', 'stall ms', 'people', 'gained', 'lost', 'tickets orphaned'],
        found.map((one) => [one.name, one.median_ms, one.worst_ms, one.stall_ms, one.people, one.gained, one.lost, one.orphans.tickets]), // prettier-ignore
      )}`,
    );
    const worst_s = round(Math.max(...found.map((one) => one.worst_ms)) / 1000);
    return { bench: 'preview', machine: where, size, goal_s: GOAL_s, worst_s, changes: found };
  } finally {
    await countSql.end({ timeout: 2 });
    await store.stop();
  }
}

const agent = BUILT_IN_POLICIES.support_agent;
const CHANGES: [name: string, change: PolicyChange][] = [
  ['3,000 agents see own tickets only', { kind: 'role', id: builtInRoleId('support_agent'), policy: { grants: { ...agent.grants, ticket: { ...agent.grants['ticket'], read: ['own'], read_thread: ['own'], reply: ['own'], note: ['own'], update: ['own'], assign: ['own'] } } } }], // prettier-ignore
  ['3,000 agents see all tickets', { kind: 'role', id: builtInRoleId('support_agent'), policy: { grants: { ...agent.grants, ticket: { ...agent.grants['ticket'], read: ['all'] } } } }], // prettier-ignore
  ['the most complicated role loses tickets', { kind: 'role', id: MOST_COMPLICATED, policy: { grants: { company: { read: ['own'] } } } }], // prettier-ignore
  ['a representative becomes an analyst', { kind: 'assign', user: idOf('user', 803), role: builtInRoleId('data_analyst') }], // prettier-ignore
  ['an agent loses their role', { kind: 'unassign', user: idOf('user', 1_001), role: builtInRoleId('support_agent') }], // prettier-ignore
  ['an agent goes to another team', { kind: 'person', id: idOf('user', 1_001), values: { team: idOf('team', 7) } }], // prettier-ignore
  ['a head of 600 goes below another', { kind: 'person', id: idOf('user', 3), values: { manager: idOf('user', 5) } }], // prettier-ignore
  ['someone leaves', { kind: 'person', id: idOf('user', 601), values: { active: false } }],
  ['a territory moves', { kind: 'territory', id: idOf('territory', 12), values: { parent: idOf('territory', 3) } }], // prettier-ignore
  ['a rule shares 50,000 urgent tickets', { kind: 'sharing_rule', rule: { object: 'ticket', criteria: { priority: 'urgent' }, to: { kind: 'role', id: builtInRoleId('sales_representative') }, level: 'read' } }], // prettier-ignore
  ['a restriction hides 50,000 urgent tickets', { kind: 'restriction', restriction: { object: 'ticket', criteria: { priority: 'urgent' }, except: [builtInRoleId('administrator')] } }], // prettier-ignore
];

async function enter(app: App, userId: string): Promise<Caller> {
  const base = { address: '127.0.0.1', requestId: 'bench' };
  const { session } = await transaction(app.sql, (tx) =>
    createSession(tx, app, { userId, method: 'password', device: 'Bench', ...base }),
  );
  return {
    actor: must(await loadActor(app.sql, userId), 'somebody active'),
    sessionId: session.sessionId,
    ...base,
  };
}
