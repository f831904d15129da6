import type { TargetKind } from '../../../shared/protocol/policy.ts';
import type { Comparison } from './rules/operators.ts';

const list = (parts: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(parts);
const either = (parts: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(parts);
const KINDS: Record<TargetKind, string> = {
  user: 'person',
  team: 'team',
  role: 'role',
  territory: 'territory',
};
const things = (plural: string): string => plural.toLowerCase();

const COMPARISONS: Record<Comparison, string> = {
  is: 'is',
  is_not: 'is not',
  in: 'is any of',
  nin: 'is none of',
  contains: 'contains',
  has: 'includes',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  empty: 'is empty',
  filled: 'is filled in',
};

/** The words of "Access": rules, restrictions and shares. Labels of objects and fields come from the registry. */
export const en = {
  tabs: {
    roles: 'Roles',
    people: 'People',
    teams: 'Teams',
    territories: 'Territories',
    rules: 'Rules',
    restrictions: 'Restrictions',
    changes: 'Changes',
    sessions: 'Sessions',
  },
  targets: {
    placeholder: (kinds: readonly TargetKind[]) => `A ${either(kinds.map((kind) => KINDS[kind]))}`,
    groups: { user: 'People', team: 'Teams', role: 'Roles', territory: 'Territories' } as Record<
      TargetKind,
      string
    >,
    kinds: {
      user: 'person',
      team: 'everyone in the team',
      role: 'everyone who holds it',
      territory: 'everyone who works there',
    } as Record<TargetKind, string>,
    gone: 'somebody no longer there',
  },
  until: {
    label: 'Usual ends',
    today: 'Today',
    friday: 'Friday',
    week: 'A week',
    month: 'A month',
    none: 'No end',
  },
  criteria: {
    comparisons: {
      value: COMPARISONS,
      day: {
        ...COMPARISONS,
        gt: 'is after',
        gte: 'is on or after',
        lt: 'is before',
        lte: 'is on or before',
      } as Record<Comparison, string>,
    },
    where: 'Where',
    and: 'and',
    or: 'or',
    join: 'How the conditions go together',
    all_of: 'All of these',
    any_of: 'Any of these',
    group: (word: string) => `Conditions joined by “${word}”`,
    everything: (plural: string) => `No condition yet: all ${things(plural)}.`,
    add: 'Add a condition',
    add_group: 'Add a group',
    full: 'There can be 50 conditions',
    field: 'Field',
    choose_field: 'Choose a field',
    comparison: (field: string) => `How ${field} is compared`,
    value: (field: string) => `Value of ${field}`,
    remove: (what: string) => `Remove: ${what}`,
    remove_empty: 'Remove the empty condition',
    remove_group: 'Remove the group',
    one_more: 'One more…',
    type_enter: 'Type, then Enter',
    unknown_field: 'A field that is gone, or not yours to read',
    unfinished: 'Fill in every condition to see how many match.',
    counting: 'Counting…',
    matches: (total: string, plural: string) => `of ${total} ${things(plural)} match now`,
    telling: (fields: readonly string[]) =>
      `Whoever is concerned can tell from seeing a record, or not seeing it, what stands in ${list(fields)}, even where the field itself is hidden from them.`,
    /** "Stage is any of Won, Lost". */
    test: (field: string, comparison: string, values: string) =>
      values === '' ? `${field} ${comparison}` : `${field} ${comparison} ${values}`,
    joined: (parts: readonly string[], join: 'and' | 'or') => parts.join(` ${join} `),
    all: (plural: string) => `All ${things(plural)}`,
  },
};

export type AccessWords = typeof en;
