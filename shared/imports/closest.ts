import { alikeOf } from './alike.ts';
import { normal } from './normal.ts';

/** In lists as short as choices, stages and queues, what words mean is looked at, not only how they are written. */
const SHORT_LIST = 60;

/**
 * The candidate that a text most likely means: the same but for case, accents and signs, else the only one a few letters
 * away; in a short list also the only one that other programs call so, or whose name is a part of the text. Null where
 * that is doubtful.
 */
export function closest(text: string, candidates: readonly string[]): string | null {
  const word = normal(text);
  if (word === '') return null;
  const all = [...new Set(candidates)].map((candidate) => ({ candidate, normal: normal(candidate) }));
  const same = all.filter((one) => one.normal === word);
  if (same.length > 0) return same.length === 1 ? (same[0]?.candidate ?? null) : null;
  const isShort = all.length <= SHORT_LIST;
  const called = isShort ? all.filter((one) => alikeOf(one.normal).includes(word)) : [];
  if (called.length > 0) return called.length === 1 ? (called[0]?.candidate ?? null) : null;
  const near = all
    .map((one) => ({
      ...one,
      distance: isShort ? nearest(word, alikeOf(one.normal)) : nearness(word, one.normal),
    }))
    .filter(({ distance }) => distance !== null)
    .sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0));
  const [best, second] = near;
  if (best) return best.distance !== second?.distance ? best.candidate : null;
  const part = isShort ? all.filter(({ candidate }) => isPart(candidate, text)) : [];
  return part.length === 1 ? (part[0]?.candidate ?? null) : null;
}

function nearest(word: string, others: readonly string[]): number | null {
  const all = others.map((other) => nearness(word, other)).filter((distance) => distance !== null);
  return all.length > 0 ? Math.min(...all) : null;
}

/** Whether all words of one text stand in the other, in that order. */
function isPart(part: string, whole: string): boolean {
  const [a, b] = [part, whole].map((text) => ` ${wordsOf(text).join(' ')} `);
  return a !== undefined && b !== undefined && normal(part).length >= 3 && b.includes(a);
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Letters between two words; null above a quarter of them, in short words, and where a number differs. */
function nearness(a: string, b: string): number | null {
  const allowed = Math.min(3, Math.floor(Math.min(a.length, b.length) / 4));
  if (allowed === 0 || numbers(a) !== numbers(b)) return null;
  const distance = distanceOf(a, b, allowed);
  return distance > allowed ? null : distance;
}

const numbers = (word: string): string => word.replace(/\P{N}+/gu, ' ').trim();

/** Letters to add, drop, change or swap with their neighbour; above `most`, no matter how many. */
function distanceOf(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let older: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
    older = last;
    last = row;
  }
  return last[b.length] ?? most + 1;
}
