import type { MaskedRecord } from '../../../shared/access/index.ts';
import { sameValue } from '../../../shared/fields/index.ts';
import {
  addTo,
  matches,
  type Fields,
  type Totals,
  type View,
  type WireEvent,
} from '../../../shared/protocol/index.ts';
import type { LogEvent } from '../../outbox/log.ts';

/** How a change stands to a view. */
export interface Verdict {
  /** The record was in the view before, and is in it now. */
  was: boolean;
  is: boolean;
  /** What totals it made of which: clients that had the same have the same again. */
  totals: Map<Totals, Totals>;
}

/**
 * One change as all those see it who see the same of the record before and after it. What follows – whether a view holds
 * the record, what a client is told – is worked out once for all of them.
 */
export class Seen {
  readonly #verdicts = new Map<View, Verdict>();
  readonly #told: (readonly WireEvent[])[] = [];

  /** Both images masked; `outside`: customers see it so, who are not told who did it. */
  constructor(
    readonly event: LogEvent,
    readonly before: MaskedRecord | null,
    readonly after: MaskedRecord | null,
    readonly outside: boolean,
  ) {}

  verdict(view: View): Verdict {
    let verdict = this.#verdicts.get(view);
    if (!verdict) {
      const was = this.before !== null && matches(view, this.before);
      const is = this.after !== null && matches(view, this.after);
      this.#verdicts.set(view, (verdict = { was, is, totals: new Map() }));
    }
    return verdict;
  }

  /** Whether the record was or is in the view. */
  concerns(view: View): boolean {
    const { was, is } = this.verdict(view);
    return was || is;
  }

  /** What these totals of a view come to; the very same where nothing moved. */
  addUp(view: View, totals: Totals, { was, is, totals: known }: Verdict): Totals {
    let next = known.get(totals);
    if (next === undefined) {
      next = totals;
      if (was && this.before !== null) next = addTo(next, view.object, this.before, -1);
      if (is && this.after !== null) next = addTo(next, view.object, this.after, 1);
      if (JSON.stringify(totals) === JSON.stringify(next)) next = totals;
      known.set(totals, next);
    }
    return next;
  }

  /**
   * Pieces of wire in the order in which they must go out. `held`: by the client, through any view; `informed`: through
   * one that has told all so far; `holds`: it does now, through such a one.
   */
  told(held: boolean, informed: boolean, holds: boolean): readonly WireEvent[] {
    const which = (held ? 1 : 0) | (informed ? 2 : 0) | (holds ? 4 : 0);
    return (this.#told[which] ??= this.#tell(held, informed, holds));
  }

  #tell(held: boolean, informed: boolean, holds: boolean): WireEvent[] {
    const { event, before, after } = this;
    if (after === null) return held ? [['leave', event.object, event.id, event.version, {}]] : [];
    if (informed && before !== null) return this.#differences(before, after);
    const pieces: WireEvent[] = held && before !== null ? this.#lost(before, after) : [];
    // Whatever it holds of it through a flooded view may be old by now, so it gets all of it.
    if (holds) pieces.push(['enter', event.object, event.id, event.version, this.#whole(after)]);
    return pieces;
  }

  #differences(before: MaskedRecord, after: MaskedRecord): WireEvent[] {
    const { event } = this;
    // What is to be forgotten goes before anything new.
    const pieces = this.#lost(before, after);
    const changed = fieldsOf(after).filter(
      (name) => !(name in before) || !sameValue(before[name], after[name]),
    );
    if (changed.length > 0) {
      const fields: Fields = Object.fromEntries(changed.map((name) => [name, after[name]]));
      pieces.push(['patch', event.object, event.id, event.version, { ...fields, ...this.#by() }]);
    }
    return pieces;
  }

  #lost(before: MaskedRecord, after: MaskedRecord): WireEvent[] {
    const { event } = this;
    const names = fieldsOf(before).filter((name) => !(name in after));
    const nothing = Object.fromEntries(names.map((name) => [name, null]));
    return names.length > 0 ? [['scrub', event.object, event.id, event.version, nothing]] : [];
  }

  #whole(record: MaskedRecord): Fields {
    const { id: _id, version: _version, ...fields } = record;
    return { ...fields, ...this.#by() };
  }

  /** Who did it, so that a screen can say "moved by Anna". Open to everyone signed in, and to no customer. */
  #by(): Fields {
    return this.event.actorId === null || this.outside ? {} : { by: this.event.actorId };
  }
}

const fieldsOf = (record: MaskedRecord): string[] =>
  Object.keys(record).filter((name) => name !== 'id' && name !== 'version');
