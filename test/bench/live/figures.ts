import { round } from '../measure.ts';

export interface Spread {
  p50: number;
  p95: number;
  p99: number;
  max: number;
  count: number;
}

export function spread(all: readonly number[]): Spread {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1), count: sorted.length };
}

export const describeSpread = ({ p50, p95, p99, max, count }: Spread): (string | number)[] => [
  p50,
  p95,
  p99,
  max,
  count,
];
