/** Milliseconds of several rounds of one thing. */
export interface Figures {
  median: number;
  p95: number;
  /** The quickest round: on a busy machine the nearest to what it takes on a quiet one. */
  least: number;
}

/** Runs the things in turn, round by round, so that whatever else goes on on the machine touches them alike. */
export async function interleaved<K extends string>(
  things: Record<K, () => Promise<unknown>>,
  { rounds, warmUp }: { rounds: number; warmUp: number },
): Promise<Record<K, Figures>> {
  const entries = Object.entries(things) as [K, () => Promise<unknown>][];
  const taken = new Map<K, number[]>(entries.map(([key]) => [key, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [key, run] of entries) {
      const start_ms = performance.now();
      await run();
      if (round >= 0) taken.get(key)?.push(performance.now() - start_ms);
    }
  }
  return Object.fromEntries(entries.map(([key]) => [key, figures(taken.get(key) ?? [])])) as Record<
    K,
    Figures
  >;
}

export function figures(all_ms: readonly number[]): Figures {
  const sorted = [...all_ms].sort((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1))] ?? 0);
  return { median: at(0.5), p95: at(0.95), least: at(0) };
}

export const round = (value: number): number => Math.round(value * 100) / 100;

/** Lines of text with the columns one below the other; all but the first are figures. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
