import { personNamed } from '../../server/db/demo/people.ts';
import { must } from '../../shared/lib/must.ts';
import type { Dice } from '../world/dice.ts';
import { people } from '../world/people.ts';
import { RawClient, type Answer } from '../world/rawClient.ts';
import { shownOf, type RigClient } from './client.ts';
import { aStep, drawDeed, type Deed, type Made } from './deeds.ts';
import { now_ms, type History } from './history.ts';
import type { Road } from './roads.ts';
import { agents, sellers, type World } from './world.ts';

const TRIES = 6;
const ANSWER_ms = 6_000;
/** One change of policy in so much time: after each the checker has to ask of everything anew. */
const RULING_ms = 1_500;

interface Options {
  dice: Dice;
  world: World;
  clients: readonly RigClient[];
  roads: readonly Road[];
  history: History;
  /** Called when a node has said that a write is done, before anything else happens. */
  acknowledged?(node: number): void;
}

/** Writes as clients do: with a key, and with the same key again, here or at another node, until it knows the outcome. */
export class Writer {
  readonly made: Made;
  readonly #o: Options;
  #count = 0;
  #wanted = false;
  /** Writes whose outcome is not known yet. */
  #under = 0;

  constructor(options: Options) {
    this.#o = options;
    this.made = { owners: new Map(options.world.owners), deals: [], shares: [], restrictions: [] };
  }

  /** So many at a time, until `pause`. */
  begin(lanes: number, every_ms: number): void {
    this.#wanted = true;
    const lane = async (kind: 'work' | 'ruling', pause_ms: number) => {
      const { dice, world } = this.#o;
      while (this.#wanted) {
        await wait(dice.int(0, 2 * pause_ms));
        if (this.#wanted) await this.write(drawDeed(kind, dice, world, this.made, this.#mark()));
      }
    };
    for (let i = 0; i < lanes; i++) void lane('work', every_ms);
    void lane('ruling', RULING_ms);
  }

  /** Answers when every write has its outcome. */
  async pause(): Promise<void> {
    this.#wanted = false;
    while (this.#under > 0) await wait(20);
  }

  /** Does it, and answers what became of it. */
  async write(deed: Deed, at?: Road): Promise<'acknowledged' | 'refused' | 'unknown'> {
    const { history, dice } = this.#o;
    const client = this.#whoFor(deed.who);
    // Whoever it is acts by the session of a window of theirs, if that has one.
    if (!client?.session) return 'refused';
    const { http, session, person } = client;
    const key = `k${++this.#count}-${dice.seed}`;
    this.#under++;
    const { verb, method, path, body, object, id, mark } = deed;
    const told = { ...(object && { object }), ...(id && { id }), ...(mark && { mark: `${mark.field} ${mark.text}` }) }; // prettier-ignore
    history.note({ kind: 'write', key, by: person.id, session, verb, method, path, body: body ?? null, ...told, at: now_ms() }); // prettier-ignore
    let [outcome, doubtful]: ['acknowledged' | 'refused' | 'unknown', boolean] = ['unknown', false];
    let found: string | undefined;
    for (let tries = 0; tries < TRIES; tries++) {
      const road = tries === 0 && at ? at : dice.pick(this.#o.roads);
      const sent = now_ms();
      const answer = await ask(http, road, deed, key);
      const status = answer?.status ?? 0;
      const code = (answer?.body as { error?: { code?: string } } | null)?.error?.code;
      if (status < 300 && status > 0) this.#o.acknowledged?.(road.node);
      history.note({ kind: 'try', key, node: road.node, status, ...(code && { code }), sent, at: now_ms() });
      if (status >= 200 && status < 300) {
        const record = answer?.body as Record<string, unknown>;
        // What somebody made is answered to them as they wrote it, whatever has become of their rights since.
        if (object && deed.mark && method === 'PATCH' && 'version' in record && !('gone' in record))
          history.note({ kind: 'frame', client: client.index, by: person.id, session, node: road.node, how: 'answer', shown: [shownOf(object, record)], since: sent, at: now_ms() }); // prettier-ignore
        found = typeof record['id'] === 'string' ? record['id'] : undefined;
        this.#remember(deed, found);
        outcome = 'acknowledged';
        break;
      }
      // The store may have done it all the same, or may still be at it.
      if (status === 0 || status >= 500) doubtful = true;
      else if (status !== 429) {
        outcome = doubtful ? 'unknown' : 'refused';
        break;
      }
      await wait(dice.int(100, 600) * (tries + 1));
    }
    history.note({ kind: 'outcome', key, outcome, ...(found && { id: found }), at: now_ms() });
    this.#under--;
    return outcome;
  }

  /** Changes a deal there, as somebody who has it. */
  step(at: Road): Promise<unknown> {
    return this.write(aStep(this.#o.dice, this.made, this.#mark()), at);
  }

  #mark(): string {
    return `w${this.#count}.${this.#o.dice.int(0, 1e9)}.`;
  }

  #remember({ object, method, body }: Deed, id: string | undefined): void {
    if (id && object === 'deal' && typeof body?.['owner'] === 'string')
      this.made.owners.set(id, body['owner']);
    if (!id || method !== 'POST') return;
    if (object === 'deal') this.made.deals.push(id);
    if (object === 'share') this.made.shares.push(id);
    if (object === 'restriction') this.made.restrictions.push(id);
  }

  #whoFor(who: Deed['who']): RigClient | undefined {
    const named = typeof who === 'object' ? [who] : DOERS[who];
    const fit = this.#o.clients.filter(({ person, session }) => session !== null && named.some(({ id }) => id === person.id)); // prettier-ignore
    return fit.length > 0 ? this.#o.dice.pick(fit) : undefined;
  }
}

const DOERS = {
  seller: sellers,
  // All sellers stand below her.
  manager: [personNamed('ingrid')],
  agent: agents,
  administrator: [people.rafael],
};

async function ask(
  http: RawClient,
  road: Road,
  { method, path, body }: Deed,
  key: string,
): Promise<Answer | null> {
  const here = new RawClient(road.base);
  const late = wait(ANSWER_ms).then(() => null);
  const headers = { origin: undefined, cookie: http.cookieHeader(), 'idempotency-key': key };
  const answer = here.send(method, must(path, 'a path'), body, headers).catch(() => null);
  return Promise.race([answer, late]);
}

const wait = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms));
