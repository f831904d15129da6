import type { May } from '../access/index.ts';

/** A record as far as its tag is concerned. */
interface Tagged {
  may: May;
  [field: string]: unknown;
}

/**
 * Says in few bytes which fields of a record its reader sees and what they may do with it, but nothing of the values: of
 * one version and tag, a record is the same. Server and client work it out alike, so it travels only when a client says
 * what it holds. FNV-1a of 64 bits, the upper 48 of them as 12 hexadecimal digits, over the UTF-8 of names in order:
 * `created_at,title|read,update|title` are the fields without `id`, `version` and `may`, the actions, the editable fields.
 */
export function maskTag(record: Tagged): string {
  const { may } = record;
  const text = `${sorted(fieldsOf(record))}|${sorted(may.actions)}|${sorted(may.edit)}`;
  let tag = known.get(text);
  if (tag === undefined) {
    // Rows of a list have few tags between them; whoever sees many kinds of record starts over now and then.
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(text, (tag = fnv1a(text).toString(16).padStart(16, '0').slice(0, 12)));
  }
  return tag;
}

const KNOWN_MAX = 500;
const known = new Map<string, string>();

/** What JSON drops is not there. */
const fieldsOf = (record: Tagged): string[] =>
  Object.keys(record).filter((name) => !FRAME.has(name) && record[name] !== undefined);
const FRAME = new Set(['id', 'version', 'may']);

// By UTF-16 units, as everywhere; names are ASCII, so that any language has this order.
const sorted = (names: readonly string[]): string => [...names].sort().join();

function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
