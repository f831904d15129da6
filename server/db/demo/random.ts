import { DAY_ms, HOUR_ms, isoDate, MINUTE_ms } from '../../../shared/lib/time.ts';

/** Chance with a seed, so that every demo organisation is the same one (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to, but not, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  happens(likelihood: number): boolean {
    return this.next() < likelihood;
  }

  pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.next() * from.length)];
    if (one === undefined) throw new Error('Nothing to pick from');
    return one;
  }

  /** Sums as they are in business: most near the middle, a few very large; rounded as people round. */
  amount(middle: number): number {
    const spread = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    const value = middle * Math.exp(0.8 * spread);
    const step = value < 5_000 ? 50 : value < 50_000 ? 100 : 500;
    return Math.max(step, Math.round(value / step) * step);
  }
}

/** Moments of the story, counted back from the day it is told. */
export class Calendar {
  constructor(readonly now: Date) {}

  /** ISO; so many days ago (negative: from now), at some time of a working day, and never later than now if past. */
  moment(days_ago: number, chance: Chance): string {
    const day = new Date(this.now.getTime() - days_ago * DAY_ms);
    day.setUTCHours(7 + chance.int(0, 9), chance.pick([0, 10, 15, 30, 40, 45]), chance.int(0, 59), 0);
    const past = Math.min(day.getTime(), this.now.getTime() - chance.int(2, 90) * MINUTE_ms);
    return new Date(
      days_ago >= 0 ? past : Math.max(day.getTime(), this.now.getTime() + HOUR_ms),
    ).toISOString();
  }

  /** `YYYY-MM-DD`, so many days from now. */
  date(days_ahead: number): string {
    return isoDate(new Date(this.now.getTime() + days_ahead * DAY_ms));
  }
}

const KINDS = [
  'team',
  'user',
  'role',
  'pipeline',
  'company',
  'contact',
  'deal',
  'activity',
  'field',
  'assignment',
  'queue',
  'channel',
  'tag',
  'ticket',
  'message',
  'note',
  'product',
  'territory',
] as const;

/** The same id in every demo: the kind and the number can be read from it. */
export const demoId = (kind: (typeof KINDS)[number], n: number): string =>
  `0de00000-00${String(KINDS.indexOf(kind) + 1).padStart(2, '0')}-7000-8000-${String(n).padStart(12, '0')}`;
