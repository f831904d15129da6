// Several names in one cell: separated by any of these, and in quotes where a name has one itself.

const BETWEEN = /[,;|\n]/;
const NAME = /\s*(?:"((?:[^"]|"")*)"\s*|([^,;|\n]*))(?:[,;|\n]|$)/y;

export const joinNames = (names: readonly string[]): string =>
  names
    .map((name) => (BETWEEN.test(name) || name.startsWith('"') ? `"${name.replaceAll('"', '""')}"` : name))
    .join('; ');

/** Each name once, in order. */
export function splitNames(cell: string): string[] {
  const names = new Set<string>();
  for (let at = 0; at < cell.length; at = NAME.lastIndex) {
    NAME.lastIndex = at;
    const [, quoted, plain = ''] = NAME.exec(cell) ?? [];
    names.add(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"').trim());
  }
  names.delete('');
  return [...names];
}
