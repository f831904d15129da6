import { FIELD_RIGHTS, SYSTEM_PERMISSIONS } from '../../../shared/access/index.ts';
import type { Registry } from '../../../shared/objects/index.ts';
import { t } from '../../words/index.ts';
import { defaultRight, fieldKey, type CellKey, type Cells } from './cells.ts';
import { w } from './w.ts';

export interface SaidCell {
  key: CellKey;
  /** "Deals · Read". */
  label: string;
  from: string;
  to: string;
}

/** What stands in a cell before and after, in words. `roleName` says what another role is called. */
export function sayCell(
  key: CellKey,
  [from, to]: readonly [Cells, Cells],
  registry: Registry,
  roleName: (id: string) => string,
): SaidCell {
  const [part = '', object = '', name = ''] = key.split('.');
  const say = (cells: Cells) => sayValue(key, cells.get(key), registry);
  const values = { key, from: say(from), to: say(to) };
  const plural = registry.find(object)?.labelPlural ?? object;
  switch (part) {
    case 'grants':
      return { ...values, label: `${plural} · ${actionName(name)}` };
    case 'fields':
      return { ...values, label: `${plural} · ${registry.find(object)?.fields[name]?.label ?? name}` };
    case 'system': {
      const permission = SYSTEM_PERMISSIONS.find((one) => one === object);
      return { ...values, label: permission ? w.permissions[permission].label : object };
    }
    case 'hands_out':
      return { ...values, label: w.hands_out_one(roleName(object)) };
    case 'conflicts':
      return { ...values, label: w.conflicts_one(roleName(object)) };
    default:
      return { ...values, label: key === 'name' ? t.roles.name : t.roles.purpose };
  }
}

/** What a cell says: a reach, a right, yes or no. */
export function sayValue(key: CellKey, value: string | undefined, registry: Registry): string {
  const [part, object = '', name = ''] = key.split('.');
  if (part === 'fields') {
    const field = registry.find(object)?.fields[name];
    const right = FIELD_RIGHTS.find((one) => one === value) ?? (field ? defaultRight(field) : 'hidden');
    return w.rights[right];
  }
  if (part === 'grants' && name !== 'create') return w.reach(value ?? '');
  if (part === 'name' || part === 'purpose') return value ?? '';
  if (part === 'conflicts') return value === undefined ? w.no : w.yes;
  return value === undefined ? t.roles.not_allowed : t.roles.allowed;
}

export function actionName(action: string): string {
  const names: Record<string, string | undefined> = { ...t.roles.actions, ...t.roles.own_actions };
  return names[action] ?? action;
}

/** The cell of a field, as it is: what the role says, or the field's own default. */
export const rightIn = (cells: Cells, object: string, field: Parameters<typeof defaultRight>[0]) =>
  FIELD_RIGHTS.find((right) => right === cells.get(fieldKey(object, field.name))) ?? defaultRight(field);
