import type { PersonThere } from '../redis/messages.ts';
import { heldBy, showsWriting } from './presenceMask.ts';
import type { Subscriber } from './subscriber.ts';

interface Entry {
  state: 'here' | 'away';
  field: string | undefined;
  /** Monotonic time until when it holds unless repeated. */
  fieldUntil_ms: number;
  until_ms: number;
}

/** One record at this node: who says they are on it, and who has it open, with what they were told last. */
export class Spot {
  readonly entries = new Map<Subscriber, Entry>();
  /** '' where nothing was told yet. */
  readonly watchers = new Map<Subscriber, string>();
  shown_ms = Number.NEGATIVE_INFINITY;
  #told = '[]';
  #told_ms = Number.NEGATIVE_INFINITY;

  /** Those whom it is true of now: whose gate is open, and who may see the record and what they write in. */
  people(record: string, now_ms: number, open: (subscriber: Subscriber) => boolean): PersonThere[] {
    return [...this.entries].flatMap(([subscriber, entry]): PersonThere[] => {
      const held = open(subscriber) && entry.until_ms > now_ms ? heldBy(subscriber, record) : null;
      if (!held) return [];
      const { userId: user, actor } = subscriber;
      const { state, field } = entry;
      const writes = field !== undefined && entry.fieldUntil_ms > now_ms && showsWriting(held, field);
      const replies = held.record.may.actions.includes('reply');
      return [{ user, kind: actor.kind, state, ...(writes ? { field } : {}), replies }];
    });
  }

  /** Whose word is over, and whether anything else is. */
  expire(now_ms: number): { gone: Subscriber[]; changed: boolean } {
    const gone: Subscriber[] = [];
    let changed = false;
    for (const [subscriber, entry] of this.entries) {
      if (entry.until_ms <= now_ms) gone.push(subscriber);
      else if (entry.field !== undefined && entry.fieldUntil_ms <= now_ms) {
        entry.field = undefined;
        changed = true;
      }
    }
    return { gone, changed };
  }

  /** Whether the other nodes are to be told: of news at once, of people who are still there now and then. */
  isNews(people: PersonThere[], now_ms: number, repeat_ms: number): boolean {
    const text = JSON.stringify(people);
    const due = text !== this.#told || (people.length > 0 && now_ms - this.#told_ms >= repeat_ms);
    if (due) {
      this.#told = text;
      this.#told_ms = now_ms;
    }
    return due;
  }

  /** For how long the other nodes have not been told of the people here; 0 where there are none. */
  staleBy(now_ms: number): number {
    return this.entries.size === 0 ? 0 : now_ms - this.#told_ms;
  }

  get unused(): boolean {
    return this.entries.size === 0 && this.watchers.size === 0 && this.#told === '[]';
  }
}
