/** Names of a file's columns: trimmed, never empty, never twice the same. */
export function headsOf(cells: readonly string[]): string[] {
  const names = cells.map((cell, i) => shorten(cell.replace(BLANKS, ' ').trim()) || `Column ${i + 1}`);
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let nth = 2; taken.has(unique); nth++) unique = `${name} (${nth})`;
    taken.add(unique);
    return unique;
  });
}

/** Spaces, and what no name has and no store of JSON takes. */
const BLANKS = /[\s\u0000-\u001f\u007f]+/g;

/** A map names columns by their heads, in at most 300 characters. */
const shorten = (head: string): string => (head.length > 280 ? `${head.slice(0, 279)}…` : head);
