import {
  FIELD_RIGHTS,
  GRANTED_WAYS,
  SYSTEM_PERMISSIONS,
  WAYS,
  type FieldRight,
  type GrantedWay,
  type RolePolicy,
} from '../../../shared/access/index.ts';
import type { Field } from '../../../shared/fields/index.ts';
import {
  ACTIONS,
  REACHED_ACTIONS,
  type Action,
  type ObjectDef,
  type ReachedAction,
  type Registry,
} from '../../../shared/objects/index.ts';

// A role as one flat table of cells, so that it is edited, compared and merged cell by cell. A cell that says what is so
// anyway (nothing granted, a field as its sensitivity has it) is not there.

/** `name`, `purpose`, `grants.deal.read`, `fields.deal.amount`, `system.import`, `hands_out.ID`, `conflicts.ID`. */
export type CellKey = string;
/** A text, a reach (`own,team`), a field right, or `yes`. */
export type Cells = ReadonlyMap<CellKey, string>;

export const grantKey = (object: string, action: Action): CellKey => `grants.${object}.${action}`;
export const fieldKey = (object: string, field: string): CellKey => `fields.${object}.${field}`;
export const permissionKey = (permission: string): CellKey => `system.${permission}`;
export const handsOutKey = (role: string): CellKey => `hands_out.${role}`;
export const conflictKey = (role: string): CellKey => `conflicts.${role}`;

/** What a field is without a word of the role. */
export const defaultRight = (field: Field): FieldRight =>
  field.sensitivity === 'normal' ? 'edit' : 'hidden';

export function cellsOf(policy: RolePolicy, registry: Registry): Cells {
  const cells = new Map<CellKey, string>([
    ['name', policy.name],
    ['purpose', policy.purpose],
  ]);
  for (const [object, grant] of Object.entries(policy.grants)) {
    for (const action of REACHED_ACTIONS) setReach(cells, grantKey(object, action), grant[action] ?? []);
    if (grant.create) cells.set(grantKey(object, 'create'), 'yes');
  }
  for (const [object, rights] of Object.entries(policy.fields)) {
    for (const [name, right] of Object.entries(rights)) {
      const field = registry.find(object)?.fields[name];
      if (!field || right !== defaultRight(field)) cells.set(fieldKey(object, name), right);
    }
  }
  for (const permission of policy.system) cells.set(permissionKey(permission), 'yes');
  for (const role of policy.hands_out ?? []) cells.set(handsOutKey(role), 'yes');
  for (const role of policy.conflicts ?? []) cells.set(conflictKey(role), 'yes');
  return cells;
}

/** The policy of a table of cells. Field rights that `base` spells out although they are so anyway stay spelled out. */
export function policyFrom(cells: Cells, base: RolePolicy, registry: Registry): RolePolicy {
  const grants: RolePolicy['grants'] = {};
  const fields: RolePolicy['fields'] = {};
  const entries = [...cells].map(([key, value]): [string[], string] => [key.split('.'), value]);
  for (const [[part, object = '', name = ''], value] of entries) {
    if (part === 'grants') {
      const action = ACTIONS.find((one) => one === name);
      if (action === 'create') (grants[object] ??= {}).create = true;
      else if (action) (grants[object] ??= {})[action] = waysIn(value);
    } else if (part === 'fields') {
      const right = FIELD_RIGHTS.find((one) => one === value);
      if (right) (fields[object] ??= {})[name] = right;
    }
  }
  for (const [object, rights] of Object.entries(base.fields)) {
    for (const [name, right] of Object.entries(rights)) {
      const field = registry.find(object)?.fields[name];
      const spelledOut = field && right === defaultRight(field) && !cells.has(fieldKey(object, name));
      if (spelledOut) (fields[object] ??= {})[name] = right;
    }
  }
  const names = (prefix: string) =>
    entries.filter(([[part]]) => part === prefix).map(([[, name = '']]) => name);
  return {
    name: cells.get('name') ?? '',
    purpose: cells.get('purpose') ?? '',
    grants,
    fields,
    system: SYSTEM_PERMISSIONS.filter((permission) => names('system').includes(permission)),
    hands_out: names('hands_out'),
    conflicts: names('conflicts'),
  };
}

/** The cells with one set; '' takes it out. */
export function withCell(cells: Cells, key: CellKey, value: string): Cells {
  const next = new Map(cells);
  if (value === '') next.delete(key);
  else next.set(key, value);
  return next;
}

export const reachIn = (cells: Cells, object: string, action: ReachedAction): GrantedWay[] =>
  waysIn(cells.get(grantKey(object, action)) ?? '');

/** What a role may read besides, because another of its actions reaches it: way → the first such action. */
export function impliedReading(cells: Cells, object: ObjectDef): Map<GrantedWay, ReachedAction> {
  const implied = new Map<GrantedWay, ReachedAction>();
  const granted = reachIn(cells, object.name, 'read');
  if (granted.includes('all')) return implied;
  for (const action of actionsOf(object)) {
    if (action === 'read') continue;
    for (const way of reachIn(cells, object.name, action))
      if (!granted.includes(way) && !implied.has(way)) implied.set(way, action);
  }
  return implied;
}

/** A way pressed in the menu of a cell: everything includes all else, and anything narrower takes its place. */
export function toggled(ways: readonly GrantedWay[], way: GrantedWay): GrantedWay[] {
  if (ways.includes(way)) return ways.filter((other) => other !== way);
  if (way === 'all') return ['all'];
  return tidy([...ways.filter((other) => other !== 'all'), way]);
}

/** Ways that records of an object can be reached by: it must have the fact that a way looks at. */
export const waysFor = (object: ObjectDef): GrantedWay[] =>
  GRANTED_WAYS.filter((way) => {
    const { through } = WAYS[way];
    return through === 'always' || through.some(({ fact }) => object.facts[fact] !== undefined);
  });

/** Actions that are granted with a reach, as far as the object has them. */
export const actionsOf = (object: ObjectDef): ReachedAction[] =>
  REACHED_ACTIONS.filter((action) => isCommon(action) || object.actions.some((own) => own === action)).filter(
    (action) => action !== 'assign' || Object.values(object.fields).some((field) => field.assigns),
  );

export const textOf = (ways: readonly GrantedWay[]): string => tidy(ways).join(',');

/** Keys of cells that differ, in the order of the first table and then of the second. */
export const differences = (a: Cells, b: Cells): CellKey[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));

export const NO_CELLS: Cells = new Map();

/** Without one cell. */
export const withoutCell = (cells: Cells, key: CellKey): Cells =>
  cells.has(key) ? withCell(cells, key, '') : cells;

export interface Merge {
  cells: Cells;
  /** Cells that both sides have changed, each in its own way, with what `theirs` says: those of `mine` stand. */
  conflicts: Cells;
}

/** What becomes of my changes to `base` where somebody else has made `theirs` of it meanwhile. */
export function merge(base: Cells, mine: Cells, theirs: Cells): Merge {
  const cells = new Map(theirs);
  const conflicts = new Map<CellKey, string>();
  for (const key of differences(base, mine)) {
    const value = mine.get(key);
    if (theirs.get(key) !== base.get(key) && theirs.get(key) !== value)
      conflicts.set(key, theirs.get(key) ?? '');
    if (value === undefined) cells.delete(key);
    else cells.set(key, value);
  }
  return { cells, conflicts };
}

const isCommon = (action: ReachedAction): boolean => COMMON.some((one) => one === action);
const COMMON = ['read', 'update', 'delete', 'assign', 'export'] as const;

/** In the order of the ways, and none beside "all". */
function tidy(ways: readonly GrantedWay[]): GrantedWay[] {
  if (ways.includes('all')) return ['all'];
  return GRANTED_WAYS.filter((way) => ways.includes(way));
}

const waysIn = (text: string): GrantedWay[] =>
  tidy(GRANTED_WAYS.filter((way) => text.split(',').includes(way)));

function setReach(cells: Map<CellKey, string>, key: CellKey, ways: readonly GrantedWay[]): void {
  if (ways.length > 0) cells.set(key, textOf(ways));
}
