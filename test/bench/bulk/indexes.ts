import type { Sql } from '../../../server/db/connect.ts';
import { figures } from '../measure.ts';
import type { BenchStore } from '../store.ts';

// What the indexes of migration 0008 cost at insert. In turn, round by round, so that whatever else goes on on the machine
// touches all alike; each state begins right after its indexes are made anew or gone.

const ROUNDS = 7;
const ROWS = 2_000;

export interface Inserts {
  /** Deals a second, the median of the rounds, and all of them. */
  all: Rate;
  without_pairs: Rate;
  /** Without those of order and totals either. */
  without_both: Rate;
  /** How fast it is with all of them, beside without those of pairs: the median of what each round says. */
  pairs_share: number;
  /** The same beside without both. */
  both_share: number;
}

interface Rate {
  per_s: number;
  rounds: number[];
}

/** `write` inserts so many deals and answers how many a second. */
export async function withAndWithout(
  { owner }: BenchStore,
  write: (count: number) => Promise<number>,
): Promise<Inserts> {
  const found: Record<'all' | 'pairs' | 'both', number[]> = { all: [], pairs: [], both: [] };
  await write(ROWS);
  for (let turn = 0; turn < ROUNDS; turn++) {
    found.all.push(await write(ROWS));
    await dropPairs(owner);
    found.pairs.push(await write(ROWS));
    await dropOrder(owner);
    found.both.push(await write(ROWS));
    await createOrder(owner);
    await createPairs(owner);
  }
  const rate = (rounds: number[]): Rate => ({ per_s: figures(rounds).median, rounds });
  const [all, without_pairs, without_both] = [rate(found.all), rate(found.pairs), rate(found.both)];
  const share = (of: Rate) =>
    figures(of.rounds.map((per_s, i) => (all.rounds[i] ?? 0) / Math.max(1, per_s))).median;
  return {
    all,
    without_pairs,
    without_both,
    pairs_share: share(without_pairs),
    both_share: share(without_both),
  };
}

const dropPairs = (owner: Sql) => owner`drop index deal_title_pairs`;
const createPairs = (owner: Sql) =>
  owner`create index deal_title_pairs on deal using gin (search_pairs(title)) with (fastupdate = off)`;

const dropOrder = (owner: Sql) =>
  owner`drop index deal_since, deal_title, deal_amount, deal_closes_on, deal_totals`;

async function createOrder(owner: Sql): Promise<void> {
  await owner`create index deal_since on deal (stage_since, id) where deleted_at is null`;
  await owner`create index deal_title on deal (title collate "und-x-icu", id) where deleted_at is null`;
  await owner`create index deal_amount on deal (amount, id) where deleted_at is null`;
  await owner`create index deal_closes_on on deal (closes_on, id) where deleted_at is null`;
  await owner`create index deal_totals on deal (pipeline_id, stage) include (amount) where deleted_at is null`;
}
