import type { ShareLevel, TargetKind } from '../../../shared/protocol/policy.ts';
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
  starts: 'starts with',
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
    defaults: 'Defaults',
    rules: 'Rules',
    restrictions: 'Restrictions',
    changes: 'Changes',
    requests: 'Requests',
    approvals: 'Approvals',
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
  undo: 'Undo',
  rules: {
    rule: {
      title: 'Sharing rules',
      text: 'A rule opens all records that fit to people who would not reach them otherwise, to read or to edit. It widens which records, and gives nobody an action or a field beyond their roles.',
      table: 'All sharing rules',
      make: 'New rule',
      to: 'Opens them to',
      which: (plural: string) => `Which ${things(plural)}`,
      none: 'No sharing rule yet',
      none_text: 'People see what their roles reach. Start with a template, or make a rule of your own.',
    },
    restriction: {
      title: 'Restrictions',
      text: 'A restriction hides all records that fit from everyone but the holders of the roles it names. It beats everything else, whatever a role, a rule or a share opens.',
      table: 'All restrictions',
      make: 'New restriction',
      to: 'Hidden from everyone but',
      which: (plural: string) => `Which ${things(plural)}`,
      none: 'No restriction yet',
      none_text: 'Nothing is hidden beyond what roles leave out.',
    },
    read_only: 'You may look, not change: that needs the permission “manage roles”.',
    name: 'Name',
    object: 'Records of',
    object_stays: 'What it is about stays: another object is another rule.',
    which: 'Which records',
    level: 'To',
    levels: { read: 'Read', edit: 'Edit' } as Record<ShareLevel, string>,
    state: 'State',
    active: 'Active',
    active_text: 'Switched off it stays here and does nothing.',
    inactive: 'Off',
    nobody: 'nobody',
    nobody_yet: 'Nobody: hidden from all. Choose a role…',
    hidden: 'hidden',
    except_hint: 'Only holders of these roles see them, as far as they reach them.',
    filling: (done: number, total: number | null) =>
      total === null ? 'Begins' : `${done.toLocaleString('en')} of ${total.toLocaleString('en')} records`,
    missing: { criteria: 'Fill in every condition', to: 'Choose whom it opens them to' },
    wait: 'Looking at what it changes…',
    save: 'Save',
    saved: (name: string) => `“${name}” is saved`,
    saved_filling: 'It is being brought to the records that were there before; the list shows how far it is.',
    not_saved: 'Not saved',
    taken: 'Somebody else has saved this meanwhile',
    taken_text: 'Saved again, yours replaces theirs.',
    take_theirs: 'Show theirs',
    undone: 'It is as it was before',
    undo_failed: 'It could not be undone',
    remove: 'Delete…',
    remove_title: (name: string) => `Delete “${name}”?`,
    remove_confirm: 'Delete',
    removed: (name: string) => `“${name}” is deleted`,
  },
  lacking: {
    nobody: 'At present this means nobody.',
    open: (plural: string, level: ShareLevel) =>
      `Everyone may ${level === 'read' ? 'read' : 'change'} all ${things(plural)} as it is.`,
    all: (plural: string, level: ShareLevel) =>
      `Nobody it means may ${level === 'read' ? 'read' : 'change'} ${things(plural)} at all, so it opens nothing`,
    some: (n: number, people: number, plural: string, level: ShareLevel) =>
      `${n} of the ${people} people it means may not ${level === 'read' ? 'read' : 'change'} ${things(plural)} at all: to them it opens nothing`,
    text: 'Sharing widens what a role grants. Give one of their roles the action, with the reach “Own” at least:',
  },
  templates: {
    title: 'Start from a template',
    territory: {
      title: 'Share by territory',
      text: 'Everyone who works in a territory, or a team, reads its deals.',
    },
    industry: {
      title: 'Share by industry',
      text: 'A team reads everything of one industry, whoever owns it.',
    },
    prices: {
      title: 'Hide prices',
      text: 'One role no longer sees amounts, discounts, margins and list prices.',
      dialog: 'The fields are hidden in a draft of the role; you see what that changes before you save it.',
      role: 'Role',
      role_missing: 'Choose a role',
      fields: 'Fields to hide',
      none: (role: string) => `${role} sees none of them`,
      go: 'Go to the draft',
    },
    tag: {
      title: 'Hide tickets with a tag',
      text: 'Tickets tagged “legal”, say, are for one role alone.',
    },
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
