import { RECORDS_MAX, type PersonThere, type PresencePoke } from '../redis/messages.ts';

/** What a node has not repeated for so long is over: it died, or its word that it is over was lost. */
export const SILENT_ms = 10_000;
/** Records on which people of other nodes are remembered; what is beyond is not shown here. */
const KEPT_MAX = 40 * RECORDS_MAX;

/** Who is on which record at the other nodes, as far as they have said so lately. */
export class Elsewhere {
  /** By record, then by node. */
  readonly #heard = new Map<string, Map<string, { people: readonly PersonThere[]; at_ms: number }>>();

  /** Takes in another node's word; answers the records about which it was news. */
  hear({ node, on }: PresencePoke, now_ms: number): string[] {
    return on.flatMap(([record, people]) => {
      const nodes = this.#heard.get(record);
      const before = nodes?.get(node)?.people ?? [];
      if (people.length === 0) this.#drop(record, node);
      else if (nodes) nodes.set(node, { people, at_ms: now_ms });
      else if (this.#heard.size < KEPT_MAX)
        this.#heard.set(record, new Map([[node, { people, at_ms: now_ms }]]));
      return JSON.stringify(before) === JSON.stringify(people) ? [] : [record];
    });
  }

  on(record: string): PersonThere[] {
    return [...(this.#heard.get(record)?.values() ?? [])].flatMap(({ people }) => people);
  }

  /** Forgets what has not been repeated; answers the records concerned. */
  forgetSilent(now_ms: number): string[] {
    const gone: string[] = [];
    for (const [record, nodes] of this.#heard) {
      for (const [node, { at_ms }] of nodes) {
        if (now_ms - at_ms < SILENT_ms) continue;
        this.#drop(record, node);
        gone.push(record);
      }
    }
    return gone;
  }

  get empty(): boolean {
    return this.#heard.size === 0;
  }

  #drop(record: string, node: string): void {
    const nodes = this.#heard.get(record);
    nodes?.delete(node);
    if (nodes?.size === 0) this.#heard.delete(record);
  }
}
