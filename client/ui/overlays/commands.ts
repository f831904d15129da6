import type { Option } from '../types.ts';

/** A line of a palette: something to go to or to do. */
export type Command = Option & {
  /** The key that does the same. */
  kbd?: string;
};

export interface CommandGroup {
  key: string;
  title: string;
  lines: readonly Command[];
}

/** Where the highlight goes by a key; null: the key is not one of these. The list is a ring. */
export function stepTo(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (at + 1) % count;
  if (key === 'ArrowUp') return (at - 1 + count) % count;
  if (key === 'PageDown') return Math.min(at + 8, count - 1);
  return key === 'PageUp' ? Math.max(at - 8, 0) : null;
}
