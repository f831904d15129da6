import type { ColumnMap, ImportMap, ImportTarget, UnknownValue } from '../../../shared/protocol/imports.ts';
import { importMapSchema } from '../../../shared/protocol/imports.ts';

/** Changing what a file's columns mean. Every function answers a new map and leaves the given one as it is. */

/** What a column becomes; null leaves it out. Options that only the former target had are dropped. */
export function mapColumn(map: ImportMap, head: string, to: string | null): ImportMap {
  const { [head]: former, ...others } = map.columns;
  if (to === null) return prune({ ...map, columns: others });
  const kept = former?.to === to ? former : { to };
  // What a column gives needs no value for all.
  return prune(setValue({ ...map, columns: { ...others, [head]: kept } }, to, null));
}

/** Sets options of a mapped column; undefined takes one back to what is usual. */
export function tuneColumn(map: ImportMap, head: string, options: Partial<ColumnMap>): ImportMap {
  const former = map.columns[head];
  if (!former) return map;
  const tuned = Object.fromEntries(
    Object.entries({ ...former, ...options }).filter(([, value]) => value !== undefined && !isBlank(value)),
  ) as ColumnMap; // `to` is a text of at least one letter and so is never dropped
  return { ...map, columns: { ...map.columns, [head]: tuned } };
}

/** Makes a text of a column mean another one; '' empties the cell; null takes the replacement back. */
export function replaceValue(map: ImportMap, head: string, text: string, by: string | null): ImportMap {
  const { [text]: _, ...others } = map.columns[head]?.values ?? {};
  return tuneColumn(map, head, { values: by === null ? others : { ...others, [text]: by } });
}

/** A value for new records; null takes it back. */
export function setValue(map: ImportMap, target: string, template: string | null): ImportMap {
  const { [target]: _, ...others } = map.set ?? {};
  return without({ ...map, set: template === null ? others : { ...others, [target]: template } });
}

/** Whether records are known by this target. */
export function matchBy(map: ImportMap, target: string, on: boolean): ImportMap {
  const others = (map.match ?? []).filter((key) => key !== target);
  return without({ ...map, match: on ? [...others, target] : others });
}

export const setExisting = (map: ImportMap, existing: 'update' | 'skip'): ImportMap => ({ ...map, existing });

/** Takes the likeliest meaning for each of these texts that has one. */
export function acceptSuggestions(map: ImportMap, unknown: readonly UnknownValue[]): ImportMap {
  return unknown.reduce(
    (next, { column, text, suggestion }) =>
      suggestion ? replaceValue(next, column, text, suggestion.text) : next,
    map,
  );
}

/** The text by which the map already replaces this one; undefined where it does not. */
export const replacementOf = (map: ImportMap, { column, text }: UnknownValue): string | undefined =>
  map.columns[column]?.values?.[text];

/** What every new record needs and neither a column nor a value gives. */
export function missingTargets(map: ImportMap, targets: readonly ImportTarget[]): ImportTarget[] {
  const given = givenTargets(map);
  return targets.filter(({ key, required }) => required && !given.has(key));
}

/** The targets that the map gives anything to. */
function givenTargets(map: ImportMap): Set<string> {
  const set = Object.entries(map.set ?? {}).filter(([, template]) => template.trim() !== '');
  return new Set([...Object.values(map.columns).map(({ to }) => to), ...set.map(([key]) => key)]);
}

/** Columns whose dates can be read in two ways, and nobody has said which. */
export function undecidedDates(
  map: ImportMap,
  columns: readonly { head: string; ambiguousDates: boolean }[],
  targets: readonly ImportTarget[],
): string[] {
  const kinds = new Map(targets.map(({ key, kind }) => [key, kind]));
  return columns
    .filter(({ head, ambiguousDates }) => {
      const column = map.columns[head];
      return ambiguousDates && column && !column.dates && isDate(kinds.get(column.to));
    })
    .map(({ head }) => head);
}

export const isDate = (kind: string | undefined): boolean => kind === 'date' || kind === 'instant';
export const isNumber = (kind: string | undefined): boolean =>
  kind === 'integer' || kind === 'money' || kind === 'percent';
export const isRelation = (kind: string | undefined): boolean => kind === 'relation' || kind === 'relations';

/** Columns that nothing becomes of: neither do they become anything, nor do they stand in a template. */
export function leftOut({ columns, set = {} }: ImportMap, heads: readonly string[]): string[] {
  const templates = [set, ...Object.values(columns).map(({ create = {} }) => create)].flatMap((one) =>
    Object.values(one),
  );
  return heads.filter(
    (head) => !(head in columns) && !templates.some((template) => template.includes(`{${head}}`)),
  );
}

/** Columns of the map that the file does not have: a map of another file was loaded. */
export const strangeColumns = (map: ImportMap, heads: readonly string[]): string[] =>
  Object.keys(map.columns).filter((head) => !heads.includes(head));

/** The map without what the file does not have. */
export function fitToFile(map: ImportMap, heads: readonly string[]): ImportMap {
  const columns = Object.entries(map.columns).filter(([head]) => heads.includes(head));
  return prune({ ...map, columns: Object.fromEntries(columns) });
}

/** A map from a file; null where it is none. */
export function parseMap(text: string): ImportMap | null {
  try {
    const read = importMapSchema.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Whether two maps say the same, whatever the order of their keys. */
export const sameMap = (a: ImportMap, b: ImportMap): boolean => canonical(a) === canonical(b);

/** Records cannot be known by what no column gives. */
function prune(map: ImportMap): ImportMap {
  const given = new Set(Object.values(map.columns).map(({ to }) => to));
  return without({ ...map, match: (map.match ?? []).filter((key) => given.has(key)) });
}

/** Leaves away what is empty, so that a map says only what somebody wanted. */
function without({ match, set, ...rest }: ImportMap): ImportMap {
  return {
    ...rest,
    ...(set && Object.keys(set).length > 0 ? { set } : {}),
    ...(match && match.length > 0 ? { match } : {}),
  };
}

function isBlank(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
