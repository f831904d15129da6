import type { Worker } from 'node:cluster';
import { coalesce } from '../redis/coalesce.ts';
import { merged } from '../redis/messages.ts';
import type { SiblingWord } from './words.ts';

/** Passes what one worker says on to the others. One that stands still gathers no queue here. */
export class Relay {
  /** By the worker that gets it, then by the one that says it: what two say must not be taken for one. */
  readonly #ways = new Map<Worker, Map<Worker, (word: SiblingWord) => void>>();

  add(worker: Worker): void {
    this.#ways.set(worker, new Map());
  }

  remove(worker: Worker): void {
    this.#ways.delete(worker);
    for (const ways of this.#ways.values()) ways.delete(worker);
  }

  pass(from: Worker, word: SiblingWord): void {
    for (const [to, ways] of this.#ways) {
      if (to === from) continue;
      const way = ways.get(from) ?? coalesce<SiblingWord>((one) => send(to, one), MERGING);
      ways.set(from, way);
      way(word);
    }
  }
}

const MERGING = {
  kind: (word: SiblingWord) => (word.kind === 'poke' ? word.poke.kind : word.kind),
  merged: (first: SiblingWord, then: SiblingWord): SiblingWord =>
    first.kind === 'poke' && then.kind === 'poke' ? { ...then, poke: merged(first.poke, then.poke) } : then,
};

/** Fulfilled once the worker's channel has taken it, or can take nothing any more. */
const send = (to: Worker, word: SiblingWord): Promise<unknown> =>
  new Promise((done) => {
    if (to.isConnected()) to.send(word, done);
    else done(null);
  });
