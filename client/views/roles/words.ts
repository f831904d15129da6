import type { FieldRight, GrantedWay, SystemPermission } from '../../../shared/access/index.ts';
import { en as shell } from '../../words/en.ts';

const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
const WAYS: Readonly<Record<string, string | undefined>> = shell.roles.ways;

/** The words of editing roles. What a role looks like is in client/words. */
export const en = {
  /** What a way means, for whoever holds the role. */
  ways: {
    own: 'Owned by them, or they are named on it',
    reports: 'Owned by people below them in the management tree',
    team: 'Belonging to one of their teams',
    territory: 'In one of their territories, or below it',
    all: 'Every record there is',
  } satisfies Record<GrantedWay, string>,
  /** A reach as it stands in a cell: `own,team`. */
  reach: (text: string): string =>
    text === ''
      ? shell.roles.none
      : text
          .split(',')
          .map((way, i) => (i === 0 ? (WAYS[way] ?? way) : (WAYS[way] ?? way).toLowerCase()))
          .join(' + '),
  implied: (ways: string) => `${ways} by other actions`,
  implied_by: (action: string) => `Included: ${action} reaches it, and every action includes reading`,
  everyone: 'as for everyone signed in',
  changed: 'changed',
  theirs: (value: string) => `Saved by somebody else: ${value}`,
  no_such_action: 'not with these',
  grid_note:
    'Press a cell, or move with the arrow keys and press Space, to choose whose records an action reaches. Every action includes reading. Sharing widens reading and editing beyond this, where they are granted at all.',
  settings: 'Settings and people',
  tabs: { objects: 'Objects', fields: 'Fields', permissions: 'Beyond records', members: 'Members' },

  rights: { hidden: 'Hidden', read: 'Read', edit: 'Edit' } satisfies Record<FieldRight, string>,
  find_field: 'Find a field',
  hide_sensitive: 'Hide all sensitive ones',
  default: 'default',
  to_default: (field: string, right: string) => `${field}: back to the default, ${right.toLowerCase()}`,
  fields_unseen: (plural: string) =>
    `The role does not see ${plural.toLowerCase()}; what is set here counts once it does.`,
  fields_note:
    'Normal fields follow the right on the record. Sensitive and secret ones are hidden until a role gives them. Editing a field needs the right to update (or to assign) the record too. A hidden field leaves no trace: not in lists, search, sums, exports or history.',

  permissions: {
    manage_users: {
      label: 'Manage people',
      text: 'Adds, changes, moves and deactivates people and teams. Given within a team, only there.',
    },
    manage_roles: {
      label: 'Manage roles and rules',
      text: 'Changes roles, gives them, and makes rules and restrictions. Never their own.',
    },
    approve_roles: { label: 'Approve changes of roles', text: 'Says yes or no to what others propose.' },
    end_sessions: { label: 'End sessions', text: 'Signs others out, everywhere and at once.' },
    read_audit: {
      label: 'Read the audit trail',
      text: 'Sees who did what, all roles, and all sessions. Changes nothing.',
    },
    import: { label: 'Import', text: 'Brings in files, within what their roles let them write.' },
    manage_settings: { label: 'Manage settings', text: 'Changes how the organization works.' },
    manage_workflows: { label: 'Manage workflows', text: 'Builds what happens by itself.' },
    see_as: { label: 'See as somebody else', text: 'Looks through the eyes of another, read only, audited.' },
    break_glass: { label: 'Break the glass', text: 'Takes emergency access, with a reason that is audited.' },
  } satisfies Record<SystemPermission, { label: string; text: string }>,
  hands_out: 'Roles they may give away',
  hands_out_text:
    'Whoever manages the people of a team by this role may give them these roles, and no others.',
  hands_out_one: (role: string) => `Gives away ${role}`,
  conflicts: 'Duties it conflicts with',
  conflicts_text:
    'Nobody may hold this role together with one of these, by whichever way it came to them: given to them or to a team, now or from a later day on.',
  conflicts_one: (role: string) => `Conflicts with ${role}`,
  conflicts_there: (role: string) => `${role} says so`,
  conflicts_none: 'None: it goes together with every other role.',
  conflicts_only: 'There is no other role yet.',
  yes: 'Yes',
  no: 'No',

  draft: (n: number) => `${count(n, 'change', 'changes')}, not saved yet`,
  becomes: 'becomes',
  reset: (what: string) => `${what}: as it was`,
  all_changes: (n: number) => `Show all ${n}`,
  taken: 'Somebody else has saved this role meanwhile',
  taken_text: 'Theirs is taken in; your changes touch other cells and stand.',
  taken_conflicts: (n: number) =>
    `Theirs is taken in. In ${count(n, 'cell', 'cells')} both of you changed something: yours stands until you take theirs.`,
  use_theirs: 'Take theirs',
  not_saved: 'Not saved',
  save: 'Save',
  review: 'Review and save',
  wait: 'Looking at what it changes…',
  discard: 'Discard',
  discard_title: 'Discard your changes?',
  discard_text: 'The role stays as it was saved last.',
  saved: (role: string) => `${role} is saved`,
  saved_text: 'It holds for everyone at once.',
  undo: 'Undo',
  undone: (role: string) => `${role} is as it was before`,
  undo_failed: 'It could not be undone',
  own_role: 'You hold this role yourself, so somebody else has to change it.',
  may_not: 'You may look at roles, not change them: that needs the permission “manage roles”.',

  new_role: 'New role',
  new_text: 'Nobody holds it at first, so nothing changes for anybody until you give it to someone.',
  copy: 'Copy…',
  copy_title: (role: string) => `Copy ${role}`,
  copy_of: (role: string) => `${role} (copy)`,
  name: 'Name',
  purpose: 'What it is for',
  purpose_hint: 'One sentence; everyone who holds the role reads it.',
  start_from: 'Start from',
  nothing: 'Nothing granted',
  create: 'Make role',
  made: (role: string) => `${role} is made`,
  name_missing: 'Give it a name',
  more: 'More about this role',
  rename: 'Name and purpose…',
  rename_title: 'Name and purpose',
  apply: 'Apply',
  remove: 'Delete…',
  remove_title: (role: string) => `Delete ${role}?`,
  remove_text: 'Only a role that nobody holds and that nothing names can be deleted.',
  removed: (role: string) => `${role} is deleted`,
  remove_confirm: 'Delete role',
  built_in_stays: 'It came with the product and stays',
  held: (n: number) => `${count(n, 'person holds', 'people hold')} it`,
  compare_title: 'Compare two roles',
  compare_with: 'With',
  compare_choose: 'Choose a role',
  compare_only: 'Only what differs',
  compare_same: 'These two roles allow exactly the same.',
  compare_count: (n: number) => count(n, 'difference', 'differences'),
  what: 'What',
  beyond: 'Beyond records',
  unfinished: 'draft',
  tab_compare: 'Compare',
  not_removed: (role: string) => `${role} is not deleted`,
  undo_failed_text: 'Something else was changed since. See “Changes”.',

  members: {
    text: 'People and whole teams who hold it. An assignment may begin and end by itself.',
    give: 'Give it to…',
    give_title: (role: string) => `Give ${role}`,
    change_title: (role: string, who: string) => `${role}: ${who}`,
    who: 'Who',
    who_hint: 'A person, or a team: then everyone in it, for as long as they are in it.',
    now: 'Now',
    from: 'From',
    until: 'Until',
    until_hint: 'The last day. Leave it empty for no end.',
    from_hint: 'The first day. Leave it empty to begin at once.',
    within: 'Within',
    within_label: 'Its permissions reach',
    within_hint:
      'Beyond records only: managing people, for one. Choose a team to limit it to that team and those below.',
    everywhere: 'The whole organization',
    act: 'Change',
    team: 'everyone in the team',
    holds: 'holds it',
    to_come: 'to come',
    over: 'over',
    no_end: 'no end',
    dates_of: (who: string) => `Dates of ${who}`,
    take_from: (who: string) => `Take it from ${who}`,
    give_confirm: 'Give role',
    change_confirm: 'Save dates',
    who_missing: 'Choose a person or a team',
    end_first: 'It would end before it begins',
    end_past: 'That day is over',
    not_yourself: 'Somebody else has to give roles to you.',
    given: (role: string, who: string) => `${who} holds ${role}`,
    given_later: (role: string, who: string, from: string) => `${who} will hold ${role} from ${from}`,
    take_title: (role: string, who: string) => `Take ${role} from ${who}?`,
    take_confirm: 'Take it away',
    taken: (role: string, who: string) => `${who} no longer holds ${role}`,
  },
};

export type RoleWords = typeof en;
