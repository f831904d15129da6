import { join } from 'node:path';
import { PEOPLE, personNamed } from '../../server/db/demo/people.ts';
import { must } from '../../shared/lib/must.ts';
import { Dice } from '../world/dice.ts';
import { people } from '../world/people.ts';
import { startRedis } from '../world/redis.ts';
import { until } from '../world/until.ts';
import { RigClient } from './client.ts';
import { smallDisk } from './disk.ts';
import { FAULTS, type Broken, type Fault } from './faults.ts';
import { whatIsHeld } from './held.ts';
import { History, now_ms } from './history.ts';
import { prepareNode, usageOf, type RigNode } from './nodes.ts';
import { settled, startStore, type RigStore } from './store.ts';
import { fill, viewsOf } from './world.ts';
import { installWitness } from './witness.ts';
import { Writer } from './writer.ts';

export interface Plan {
  seed: number;
  minutes: number;
  clients: number;
  nodes: number;
  /** Where the history goes. */
  folder: string;
  /** Only faults whose names hold one of these; all, if none are given. */
  only?: readonly string[];
  say(text: string): void;
}

/** A run that is over, with its store still there to be asked. */
export interface Run {
  history: string;
  store: RigStore;
  end(): Promise<void>;
}

/** Every client right again, every node ready: how long that may take on a busy machine. */
const RECOVERY_ms = 45_000;
const QUIET_ms = 30_000;
const ROUND_ms = 20_000;
/** Writes under way at a time, and the pause between two of each. */
const LANES = 5;
const EVERY_ms = 250;

/** Lets seeded faults and seeded writes loose on real nodes, and writes down all that happens. */
export async function runRig(plan: Plan): Promise<Run> {
  const dice = new Dice(plan.seed);
  const history = new History(join(plan.folder, 'history.jsonl'));
  const { seed, minutes, clients: many } = plan;
  history.note({ kind: 'run', seed, minutes, clients: many, at: now_ms() });
  const ballast = smallDisk();
  const store = await startStore(ballast && join(ballast.folder, 'store'));
  const undo: (() => Promise<unknown> | void)[] = [() => ballast?.remove(), () => store.stop()];
  const end = async () => {
    for (const one of undo.splice(0).reverse()) await Promise.resolve(one()).catch((error: unknown) => plan.say(String(error))); // prettier-ignore
  };
  try {
    const world = await fill(store.url, new Dice(plan.seed + 1));
    await installWitness(store.admin());
    const redis = await startRedis();
    undo.push(() => redis.stop());
    const nodes = await Promise.all(
      Array.from({ length: plan.nodes }, (_, i) => prepareNode(i, store, redis.url, history)),
    );
    undo.push(() => Promise.all(nodes.map((node) => node.close())));
    await Promise.all(nodes.map((node) => node.start()));

    const roads = nodes.map(({ road }) => road);
    const first = [people.rafael, personNamed('ingrid'), people.kofi, people.noor];
    const all = [...first, ...PEOPLE.filter((person) => person.active && !first.some(({ id }) => id === person.id))]; // prettier-ignore
    const clients = Array.from({ length: many }, (_, i) => {
      const person = must(all[i % all.length], 'somebody');
      const at = i % nodes.length;
      // Some come by a way of their own, which may become slow.
      const own = i % 12 === 11 ? nodes.map(({ lane }) => lane) : roads;
      const turned = [...own.slice(at), ...own.slice(0, at)];
      return new RigClient(i, person, viewsOf(person, dice, world), turned, { registry: world.registry, history, dice: new Dice(seed + 100 + i) }); // prettier-ignore
    });
    for (const { person } of clients) history.note({ kind: 'person', person: person.id, name: person.name });
    const watch = setInterval(() => noteUsage(nodes, history), 1_000);
    undo.push(() => clearInterval(watch));
    undo.push(() => clients.forEach((client) => client.stop()));
    for (const client of clients) void client.run();
    const onAnswer = new Map<number, () => void>();
    const writer = new Writer({ dice: new Dice(seed + 2), world, clients, roads, history, acknowledged: (node) => onAnswer.get(node)?.() }); // prettier-ignore
    const broken: Broken = {
      dice,
      store,
      redis,
      nodes,
      writer,
      ballast,
      onNextAnswer: (node, then) => onAnswer.set(node.index, () => (onAnswer.delete(node.index), then())),
    };
    const right = () => recovered(nodes, clients);
    await right();
    plan.say(`${many} clients at ${plan.nodes} nodes; ${history.path}`);

    const over_ms = performance.now() + minutes * 60_000;
    const faults = FAULTS.filter(({ name }) => !plan.only?.length || plan.only.some((word) => name.includes(word))); // prettier-ignore
    let deck: Fault[] = [];
    for (let round = 1; round === 1 || performance.now() < over_ms; round++) {
      writer.begin(LANES, EVERY_ms);
      const round_ms = Math.min(over_ms, performance.now() + ROUND_ms);
      do {
        if (deck.length === 0) deck = shuffled(dice, faults);
        await breakOnce(must(deck.pop(), 'a fault'), broken, history, plan, right);
      } while (performance.now() < round_ms);
      await quiet(round, { store, writer, clients, history, plan, right });
    }
    clients.forEach((client) => client.stop());
    for (const node of nodes) {
      if (!(await node.stop())) tell(history, plan, 'nodes live', `node ${node.index} did not end in order after SIGTERM`); // prettier-ignore
    }
    await history.end();
    return { history: history.path, store, end };
  } catch (error) {
    await history.end();
    await end();
    throw error;
  }
}

async function breakOnce(
  fault: Fault,
  broken: Broken,
  history: History,
  plan: Plan,
  right: () => Promise<number>,
): Promise<void> {
  const from = now_ms();
  const { name } = fault;
  const found = await fault.act(broken).catch((error: unknown) => ({ failed: String(error) }));
  const to = now_ms();
  if ('failed' in found) return tell(history, plan, 'faults are mended', `${name}: ${found.failed}`);
  if ('skipped' in found) {
    history.note({ kind: 'fault', name, what: '', from, to, skipped: found.skipped });
    return plan.say(`  skipped ${name}: ${found.skipped}`);
  }
  // Most are looked at alone; some come upon another that is not over yet.
  const alone = broken.dice.chance(0.75);
  const recovered = alone ? await right().catch((error: unknown) => String(error)) : undefined;
  if (typeof recovered === 'string') tell(history, plan, 'recovery', `${name} (${found.what}): ${recovered}`);
  const took = typeof recovered === 'number' ? { recovered } : {};
  history.note({ kind: 'fault', name, from, to, ...found, ...took });
  plan.say(`  ${name}: ${found.what}${typeof recovered === 'number' ? `; right again after ${Math.round(recovered)} ms` : ''}`); // prettier-ignore
}

/** Ends the writing, and looks whether everybody holds what the store says. */
async function quiet(
  round: number,
  { store, writer, clients, history, plan, right }: { store: RigStore; writer: Writer; clients: readonly RigClient[]; history: History; plan: Plan; right: () => Promise<number> }, // prettier-ignore
): Promise<void> {
  const start = now_ms();
  try {
    await writer.pause();
    await right();
    await settled(store.admin(), QUIET_ms);
    const wrong = await whatIsHeld(store.admin(), clients, QUIET_ms);
    const took_ms = now_ms() - start;
    for (const words of wrong.slice(0, 20)) tell(history, plan, 'convergence', words);
    history.note({ kind: 'quiet', round, took_ms, at: now_ms() });
    plan.say(`round ${round}: ${wrong.length === 0 ? 'everybody holds exactly what the store says' : `${wrong.length} views are wrong`}, ${Math.round(took_ms)} ms after the last write began`); // prettier-ignore
  } catch (error) {
    tell(history, plan, 'convergence', `round ${round}: ${String(error)}`);
  }
}

/** Waits until every node is ready and every client has what it asked for; answers how long that took. */
async function recovered(nodes: readonly RigNode[], clients: readonly RigClient[]): Promise<number> {
  const start = performance.now();
  let last = '';
  try {
    await until(
      async () => {
        const unready: number[] = [];
        for (const node of nodes) if (!(await node.ready())) unready.push(node.index);
        const away = clients.filter(({ atRest }) => !atRest).map(({ index }) => index);
        last = `not ready: nodes ${unready.join()}; clients ${away.join()}`;
        return unready.length + away.length === 0;
      },
      { timeout_ms: RECOVERY_ms, every_ms: 50, what: 'everybody to be back' },
    );
  } catch {
    throw new Error(`after ${RECOVERY_ms} ms ${last}`);
  }
  return performance.now() - start;
}

function noteUsage(nodes: readonly RigNode[], history: History): void {
  for (const { index, process } of nodes) {
    const usage = process && usageOf(process.pid);
    if (usage) history.note({ kind: 'usage', node: index, pid: process.pid, ...usage, at: now_ms() });
  }
}

function tell(history: History, plan: Plan, invariant: string, words: string): void {
  history.note({ kind: 'violation', invariant, words, at: now_ms() });
  plan.say(`VIOLATION (${invariant}): ${words}`);
}

function shuffled<T>(dice: Dice, from: readonly T[]): T[] {
  const rest = [...from];
  return from.map(() => must(rest.splice(dice.int(0, rest.length - 1), 1)[0], 'one of them'));
}
