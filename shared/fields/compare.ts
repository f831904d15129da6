import type { Field, Value } from './types.ts';

// Postgres sorts the same columns by `und-x-icu`, the root collation, and English sorts by just that. (`und` itself would
// be whatever language this process or browser happens to speak.)
const collator = new Intl.Collator('en');

/** Order of two values of one field, ascending, empty ones last: −1, 0 or 1. */
export function compareValues(field: Field, a: Value | undefined, b: Value | undefined): number {
  const left = a ?? null;
  const right = b ?? null;
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  if (typeof left === 'number' && typeof right === 'number') return Math.sign(left - right);
  if (field.kind === 'date' || field.kind === 'instant' || field.kind === 'choice') {
    return byCodePoint(String(left), String(right));
  }
  // Different texts are never equal: Postgres too falls back to their bytes, whose order is that of code points.
  return Math.sign(collator.compare(String(left), String(right))) || byCodePoint(String(left), String(right));
}

function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (a.codePointAt(i) === b.codePointAt(i)) i += 1;
  return (a.codePointAt(i) ?? -1) < (b.codePointAt(i) ?? -1) ? -1 : 1;
}

/** Whether two values of a field are the same, lists and objects included. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object')
    return (a ?? null) === (b ?? null);
  return JSON.stringify(a) === JSON.stringify(b);
}
