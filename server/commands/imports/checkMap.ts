import type { Actor } from '../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import {
  fieldNotReadable,
  invalid,
  type ColumnMap,
  type ImportMap,
  type ImportTarget,
} from '../../../shared/protocol/index.ts';
import { isEverReadable } from '../../access/reaches.ts';
import { isGiven } from '../../imports/targets.ts';
import { headsIn } from './templates.ts';

/**
 * Whether a map can be followed: its columns are in the file, its targets are this person's to give and each given
 * once, and what is looked for may be looked for. Blames `columns.HEAD`, `set.TARGET` and `match`.
 * @throws ApiError `field_not_readable`, `invalid`
 */
export function checkMap(
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  targets: readonly ImportTarget[],
  heads: readonly string[],
  map: ImportMap,
): void {
  const wrong: Record<string, string> = {};
  const known = new Map(targets.map((target) => [target.key, target]));
  const used = new Set<string>();
  for (const [head, column] of Object.entries(map.columns)) {
    const target = known.get(column.to);
    const at = `columns.${head}`;
    if (!heads.includes(head)) wrong[at] = 'There is no such column in the file';
    else if (!target) wrong[at] = 'There is no such field, or it is not yours to write';
    else if (used.has(target.key)) wrong[at] = 'Another column becomes this already';
    else wrong[at] = relationProblem(actor, registry, target, column, heads) ?? '';
    used.add(column.to);
  }
  for (const [key, template] of Object.entries(map.set ?? {})) {
    const target = known.get(key);
    if (!target || key === 'id') wrong[`set.${key}`] = 'There is no such field, or it is not yours to write';
    else if (used.has(key)) wrong[`set.${key}`] = 'A column becomes this already';
    else wrong[`set.${key}`] = templateProblem(template, heads);
    used.add(key);
  }
  for (const key of map.match ?? []) {
    // Looking for what one may not read would tell it.
    if (key in object.fields && !isEverReadable(actor, registry, object, key)) throw fieldNotReadable(key);
    const mapped = Object.values(map.columns).some(({ to }) => to === key);
    if (!known.get(key)?.matches) wrong['match'] = `Records are not known by ${key}`;
    else if (!mapped) wrong['match'] = `No column becomes ${key}`;
  }
  const told = Object.entries(wrong).filter(([, words]) => words !== '');
  if (told.length > 0) throw invalid(Object.fromEntries(told));
}

/** Whether a map says all that a new record must have. Blames `targets.TARGET`. @throws ApiError `invalid` */
export function mustBeWhole(targets: readonly ImportTarget[], { columns, set = {} }: ImportMap): void {
  const used = new Set([...Object.values(columns).map(({ to }) => to), ...Object.keys(set)]);
  const missing = targets.filter(({ key, required }) => required && !used.has(key));
  if (missing.length > 0)
    throw invalid(
      Object.fromEntries(missing.map(({ key }) => [`targets.${key}`, 'Required: say which column it is'])),
    );
}

function relationProblem(
  actor: Actor,
  registry: Registry,
  target: ImportTarget,
  { find, missing, create, dates, decimal, factor }: ColumnMap,
  heads: readonly string[],
): string | null {
  const isDate = ['date', 'instant'].includes(target.kind);
  const isNumber = ['integer', 'money', 'percent'].includes(target.kind);
  if (dates && !isDate) return 'This is not a date';
  if ((decimal || factor) && !isNumber) return 'This is not a number';
  const other = target.target === null ? undefined : registry.find(target.target);
  if (!other) return find || create || missing === 'create' ? 'This is no other record' : null;
  for (const name of find ?? []) {
    const field = other.fields[name];
    if (field && !isEverReadable(actor, registry, other, name)) throw fieldNotReadable(name);
    if (!field || !FOUND_BY.includes(field.kind)) return `${other.labelPlural} are not found by ${name}`;
  }
  if (missing === 'create' && !target.creates) return `You may not add ${other.labelPlural.toLowerCase()}`;
  for (const [name, template] of Object.entries(create ?? {})) {
    const field = other.fields[name];
    const isRoles = other.name === 'user' && name === 'roles';
    if (!isRoles && (!field || field.system || !isGiven(actor, other, field)))
      return `${name} is not yours to write`;
    const problem = templateProblem(template, heads);
    if (problem) return problem;
  }
  return null;
}

/** Kinds of fields whose texts tell a record. */
const FOUND_BY: readonly string[] = ['text', 'email', 'phone', 'url'];

const templateProblem = (template: string, heads: readonly string[]): string => {
  const lost = headsIn(template).find((head) => !heads.includes(head));
  return lost === undefined ? '' : `There is no column ${lost} in the file`;
};
