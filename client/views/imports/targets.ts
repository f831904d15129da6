import {
  DATE_ORDERS,
  type ColumnMap,
  type ImportMap,
  type ImportTarget,
} from '../../../shared/protocol/imports.ts';
import { isRelation } from '../../stores/imports/mapEdit.ts';
import { session } from '../../stores/session.svelte.ts';
import type { Option } from '../../ui/types.ts';
import { w } from './w.ts';

/** Stands for "leave this column out" in a list of targets; no field has such a name. */
export const LEFT_OUT = '-';

/** What a target is called in a list; the one for leaving out where there is none. */
export function optionFor(target: ImportTarget | undefined, key: string | undefined): Option {
  if (key === undefined) return { value: LEFT_OUT, label: w.map.left_out };
  return { value: key, label: target?.label ?? key };
}

/** The targets that a column can become, grouped, those that are needed first; by what is typed. */
export function searchTargets(
  targets: readonly ImportTarget[],
  map: ImportMap,
  head: string,
  typed: string,
): Option[] {
  const wanted = typed.toLocaleLowerCase();
  const found = targets.filter(
    ({ key, label }) => label.toLocaleLowerCase().includes(wanted) || key.toLowerCase().includes(wanted),
  );
  const options = GROUPS.flatMap((name) =>
    found
      .filter((target) => groupOf(target) === name)
      .map((target) => ({
        ...optionFor(target, target.key),
        group: w.map.groups[name],
        ...besideBy(map, head, target.key),
      })),
  );
  const out = { value: LEFT_OUT, label: w.map.leave_out };
  return wanted === '' || w.map.leave_out.toLocaleLowerCase().includes(wanted) ? [out, ...options] : options;
}

type Group = keyof typeof w.map.groups;
const GROUPS: Group[] = ['needed', 'fields', 'records', 'beside'];

function groupOf({ key, kind, required }: ImportTarget): Group {
  if (required) return 'needed';
  if (isRelation(kind) || key === 'belongs_to') return 'records';
  return key === 'id' || key === 'created_at' || key.includes('.') ? 'beside' : 'fields';
}

/** Another column gives it already: that is said before it is chosen. */
function besideBy(map: ImportMap, head: string, key: string): { text?: string } {
  const other = Object.entries(map.columns).find(([name, { to }]) => name !== head && to === key);
  return other ? { text: w.map.also_by(other[0]) } : {};
}

export const dateOrderOptions = (): Option[] =>
  DATE_ORDERS.map((value) => ({ value, label: w.map.date_orders[value] }));

/** What is set for a column beside what it becomes, in a line. */
export function tunedWords(
  { decimal, factor, values, find, missing, create }: ColumnMap,
  target: ImportTarget | undefined,
): string {
  const other = session.registry.find(target?.target ?? '');
  const by = (find ?? []).map((name) => other?.fields[name]?.label ?? name);
  const replaced = Object.entries(values ?? {}).map(([from, to]) => `${quoted(from)} → ${quoted(to)}`);
  return [
    by.length > 0 && w.map.found_by(by),
    decimal && w.map.decimals[decimal],
    factor !== undefined && `× ${factor.toLocaleString()}`,
    missing && missing !== 'refuse' && w.map.missings[missing],
    create && Object.values(create).join(', '),
    ...replaced.slice(0, 2),
    replaced.length > 2 && `+ ${replaced.length - 2}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

const quoted = (text: string): string => (text === '' ? w.map.empty_cell : text);
