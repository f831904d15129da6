/** Chance that can be had again: the same seed gives the same throws (mulberry32). */
export class Dice {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** A seed for this run: `SEED` of the environment, which a failed test names, or a new one. */
  static runSeed(): number {
    const wished = process.env['SEED'];
    return wished === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(wished);
  }

  /** 0 ≤ x < 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  pick<T>(from: readonly T[]): T {
    const found = from[Math.floor(this.next() * from.length)];
    if (found === undefined) throw new Error('Nothing to pick from');
    return found;
  }

  /** One of these, or null with chance `p` or where there are none. */
  maybe<T>(p: number, from: readonly T[]): T | null {
    return this.chance(p) || from.length === 0 ? null : this.pick(from);
  }

  /** Each of them with chance `p`, in their order. */
  some<T>(from: readonly T[], p = 0.5): T[] {
    return from.filter(() => this.chance(p));
  }

  /** `count` of whatever `make` makes. */
  many<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }

  /** An id that looks like a UUID of version 7. */
  id(): string {
    const hex = this.many(32, () => this.int(0, 15).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
