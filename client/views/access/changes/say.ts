import { SYSTEM_PERMISSIONS } from '../../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../../shared/objects/index.ts';
import type { PolicyChangeEntry } from '../../../../shared/protocol/policyChanges.ts';
import { nameOf } from '../../../records/lookup.ts';
import { w as records } from '../../../records/w.ts';
import { dateTime } from '../../../ui/format.ts';
import { actionName, sayValue } from '../../roles/sayCells.ts';
import { w as roles } from '../../roles/w.ts';
import { sayCriteria } from '../rules/inWords.ts';
import { stageLookup } from '../rules/values.ts';
import { w as access } from '../w.ts';
import { w } from './w.ts';

// Changes as one would tell them: who did what, and each part of it from what to what.

export interface SaidPart {
  key: string;
  label: string;
  /** Null: that it changed is all there is to say. One of them is null where all of it is new, or gone. */
  values: { from: string | null; to: string | null } | null;
}

/** What was done, after the name of who did it; with other words what somebody wants to do. */
export function sayDeed(entry: PolicyChangeEntry, registry: Registry, words = w.did): string {
  const role = valueIn(entry, 'role');
  const what = targetName(entry, registry);
  const did = words[deedOf(entry)];
  return did ? did(what, say(entry, 'role', role)) : w.other(entry.action, what);
}

/** Coming and going are called so, where nothing else was changed with them. */
function deedOf({ action, changes }: PolicyChangeEntry): string {
  const [only] = changes;
  if (action !== 'user.update' || changes.length !== 1 || only?.path[0] !== 'active') return action;
  return only.after === true ? 'activated' : 'deactivated';
}

export const whoOf = ({ by, names }: PolicyChangeEntry): string =>
  by === null ? w.somebody : (names[by] ?? w.gone);

/** Its parts; what the sentence has said already is left out. */
export function sayParts(entry: PolicyChangeEntry, registry: Registry): SaidPart[] {
  const object = registry.find(entry.about ?? (entry.action === 'territory.rule' ? 'company' : entry.object));
  const isNew = entry.changes.every(({ before }) => before === null);
  const isGone = entry.changes.every(({ after }) => after === null);
  const both = (before: unknown, after: unknown, value: (one: unknown) => string) => ({
    from: isNew ? null : value(before),
    to: isGone ? null : value(after),
  });
  return entry.changes
    .filter(({ path, after }) => !isSaid(entry, path[0] ?? '') && !(isNew && isNothing(after)))
    .flatMap(({ path, before, after }): SaidPart[] => {
      const [part = '', name = '', item = ''] = path;
      const key = path.join('.');
      if (part === 'grants' || part === 'fields') {
        const plural = registry.find(name)?.labelPlural ?? name;
        const what =
          part === 'grants' ? actionName(item) : (registry.find(name)?.fields[item]?.label ?? item);
        const value = (one: unknown) => sayValue(key, cellOf(one), registry);
        return [{ key, label: `${plural} · ${what}`, values: both(before, after, value) }];
      }
      if (part === 'system') return permissions(before, after);
      if (part === 'object')
        return [
          { key, label: w.labels['object'] ?? part, values: { from: null, to: object?.labelPlural ?? null } },
        ];
      const label = w.labels[part] ?? object?.fields[part]?.label ?? part;
      if (part === 'criteria') {
        if (before === null && after === null) return [{ key, label, values: null }];
        const value = (one: unknown) => criteriaText(object, one);
        return [{ key, label, values: both(before, after, value) }];
      }
      return [{ key, label, values: both(before, after, (one) => say(entry, part, one)) }];
    });
}

/** The name that it bore then where it is gone, else its name of now. */
function targetName(entry: PolicyChangeEntry, registry: Registry): string {
  const about = entry.about ?? '';
  if (entry.action === 'role.baseline') return registry.find(about)?.labelPlural ?? about;
  if (entry.action.startsWith('share.')) return registry.find(about)?.label ?? about;
  const told = entry.target === null ? undefined : entry.names[entry.target];
  const name = valueIn(entry, 'name');
  return told ?? (typeof name === 'string' ? name : w.gone);
}

const valueIn = ({ changes }: PolicyChangeEntry, name: string): unknown => {
  const found = changes.find(({ path }) => path[0] === name && path.length === 1);
  return found?.after ?? found?.before ?? null;
};

const isNothing = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

const isSaid = (entry: PolicyChangeEntry, part: string): boolean => {
  const { action, target, changes } = entry;
  if (action === 'role.assign' || action === 'role.unassign') {
    const holder = changes.find(({ path }) => path[0] === part);
    return part === 'role' || [holder?.before, holder?.after].includes(target ?? '');
  }
  // An active rule is what one expects of a rule.
  const isWhole = /\.(create|delete)$/.test(action);
  // Who is new is at work.
  if (action === 'user.create' && part === 'away') return true;
  if (part === 'active' && ['activated', 'deactivated'].includes(deedOf(entry))) return true;
  return isWhole && (part === 'name' || (part === 'active' && valueIn(entry, part) === true));
};

function permissions(before: unknown, after: unknown): SaidPart[] {
  const [had, has] = [before, after].map((list) => (Array.isArray(list) ? list : []));
  return SYSTEM_PERMISSIONS.filter((one) => had!.includes(one) !== has!.includes(one)).map((one) => ({
    key: `system.${one}`,
    label: roles.permissions[one].label,
    values: { from: had!.includes(one) ? w.yes : w.no, to: has!.includes(one) ? w.yes : w.no },
  }));
}

/** As `cellsOf` has it. */
const cellOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.join();
  return value === true ? 'yes' : typeof value === 'string' ? value : undefined;
};

function criteriaText(object: ObjectDef | undefined, criteria: unknown): string {
  if (!object || typeof criteria !== 'object' || criteria === null) return w.nothing;
  const look = { name: nameOf, stages: stageLookup(), yes: records.yes, no: records.no };
  return sayCriteria(object, criteria as Record<string, unknown>, look, access.criteria);
}

const ID = /^[0-9a-f]{8}-/;

function say(entry: PolicyChangeEntry, part: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return w.nothing;
  if (typeof value === 'boolean') return value ? w.yes : w.no;
  if (Array.isArray(value))
    return value.length === 0 ? w.nothing : value.map((one) => say(entry, part, one)).join(', ');
  if (typeof value === 'object') return 'id' in value ? say(entry, part, value.id) : w.not_told;
  const text = String(value);
  if (part === 'baseline') return w.baselines[text] ?? text;
  if (part === 'level') return w.levels[text] ?? text;
  if (part.endsWith('_at')) return dateTime(text);
  return ID.test(text) ? (entry.names[text] ?? w.gone) : text;
}
