import type { GrantedWay } from '../../shared/access/index.ts';
import type { SystemPermission } from '../../shared/access/role.ts';
import type { OwnAction } from '../../shared/objects/index.ts';
import type { DutyConflict, ErrorCode } from '../../shared/protocol/errors.ts';
import type { EndReason } from '../../shared/protocol/socket.ts';
import { notificationsEn } from './en/notifications.ts';
import { keysEn } from './en/keys.ts';
import { policyEn } from './en/policy.ts';
import { seeingEn } from './en/seeing.ts';
import { sharingEn } from './en/sharing.ts';
import { unsentEn } from './en/unsent.ts';
import type { Words as UiWords } from '../ui/words.ts';
import type { RegistryWords } from './registry.ts';

/** "a", "a and b", "a, b and c". */
const list = (parts: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(parts);
const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** What a refusal has to say. */
interface Refusal {
  code: ErrorCode;
  message: string;
  details?: { duties?: readonly DutyConflict[] };
}

/** What the shell and its pages say. Labels of objects and fields come from the registry (registry.ts). */
export const en = {
  product: 'Rolecall',
  list,
  /** What differs from the components' own words (client/ui/words.ts). */
  ui: {} as Partial<UiWords>,

  /** Labels of objects, fields and choices, where a language calls them otherwise than the registry. */
  registry: {} as RegistryWords,
  /** What columns of a file can become beside fields, where a language calls it otherwise than the server. */
  beside_fields: {} as Record<string, string>,

  nav: {
    sessions: 'Sessions',
    roles: 'Roles',
    access: 'Access',
    my_role: 'What my role lets me do',
    shortcuts: 'Keyboard shortcuts',
    data_health: 'Data health',
    support_settings: 'Support settings',
    imports: 'Imports',
    import_file: 'Import a file…',
    list_menu: 'More',
    away: 'Away',
    gave_back: (n: number) =>
      n === 0
        ? 'You are away'
        : n === 1
          ? 'One ticket went back to its queue'
          : `${n} tickets went back to their queues`,
    back: 'Welcome back',
    sign_out: 'Sign out',
    theme: 'Appearance',
    light: 'Light',
    dark: 'Dark',
    system: 'As this device',
    language: 'Language',
  },

  status: {
    unreachable: 'The server does not answer',
    unreachable_text: 'It is asked again every few seconds. This page goes on by itself.',
    offline: 'You are offline. What you see may be out of date; changes you make are kept and sent later.',
    page_failed: 'This page could not be loaded',
    page_failed_text: 'The connection may have been lost, or the program was updated meanwhile.',
    reload: 'Load it again',
  },

  sign_in: {
    title: 'Sign in',
    text: 'Everyone sees exactly what their role allows.',
    email: 'E-mail',
    password: 'Password',
    submit: 'Sign in',
    email_missing: 'Enter your e-mail address',
    password_missing: 'Enter your password',
    wrong: 'E-mail and password do not match. Check both and try again.',
    too_many: (s: number) => `Too many tries. Wait ${count(s, 'second', 'seconds')} and try again.`,
    offline: 'The server cannot be reached. Check your connection and try again.',
    second_factor: 'This account needs a second factor, which this version cannot ask for yet.',
    demo_title: 'Try it as',
    demo_text: 'A demo organization with made-up people. Sign in as two of them in two browsers, and watch.',
    signing_in: (name: string) => `Signing in as ${name}…`,
  },

  /** One line on what a holder of a built-in role sees, for the demo's people. */
  role_lines: {
    Administrator: 'Everything, and who else sees it',
    'Sales manager': 'Deals of the team, live totals',
    'Sales representative': 'Own deals, companies and contacts',
    'Sales assistant': 'The team’s deals without amounts',
    'Support manager': 'Contacts and companies, no deals',
    'Support agent': 'Contacts and companies, no deals',
    'Marketing manager': 'Companies and contacts for campaigns',
    'Data analyst': 'Business data, no personal fields',
    Auditor: 'Roles and sessions, no customer data',
  } as Record<string, string>,

  welcome: {
    title: 'Welcome to Rolecall',
    text: 'You are the first administrator. This link works once.',
    invited: (email: string) => `Choose a password: from now on you sign in with it and ${email}.`,
    name: 'Your name',
    email: 'E-mail',
    password: 'Password',
    password_hint: 'At least 8 characters. A short sentence is easiest to remember.',
    submit: 'Begin',
    name_missing: 'Enter your name',
    used: 'This link has been used, or is too old. Ask for a new one where it came from.',
    no_token: 'This address is incomplete: open the whole link that was printed at the start.',
  },

  ended: {
    title: 'Your session has ended',
    signed_out_title: 'You have signed out',
    at: (time: string) => `It ended at ${time}.`,
    again: 'Sign in again',
    nothing_left: 'Nothing of what you saw is left in this browser.',
    discarded: (n: number) =>
      `${count(n, 'change', 'changes')} made offline could not be sent and ${n === 1 ? 'was' : 'were'} discarded.`,
    reasons: {
      logout: 'You signed out in another window.',
      ended_by_self: 'You ended it from another device.',
      ended_by_admin: 'An administrator ended it.',
      idle: 'It was not used for a long time.',
      expired: 'It has reached its longest time.',
      deactivated: 'Your account has been deactivated.',
      password_changed: 'Your password was changed.',
    } satisfies Record<EndReason, string>,
    no_reason: 'The server no longer accepts it.',
  },

  sessions: {
    title: 'Sessions',
    live: (n: number) => count(n, 'socket live', 'sockets live'),
    find: 'Find a person',
    end_many: 'End…',
    person: 'Person',
    role: 'Role',
    device: 'Device',
    method: 'Signed in by',
    open: 'Open',
    seen: 'Seen',
    actions: 'Actions',
    end: 'End',
    end_of: (person: string, device: string) => `End the session of ${person} on ${device}`,
    all_of: (person: string) => `All sessions of ${person}`,
    all_of_somebody: 'All sessions of a person…',
    choose_person: 'Person',
    my_others: 'All my other sessions',
    many: 'Ending many sessions at once',
    only: (person: string) => `Only ${person}`,
    count: (n: number) => count(n, 'session', 'sessions'),
    nobody_chosen: 'Choose a person',
    no_others: 'You are signed in only here',
    now: 'now',
    this_one: 'this one',
    ended: 'ended',
    methods: { password: 'Password', invitation: 'Invitation' } as Record<string, string>,
    unknown_device: 'Unknown device',
    table: 'Sessions that are open now',
    yours: 'Your sessions',
    yours_text: 'Where you are signed in. End what you do not recognize.',
    only_yours: 'You see your own sessions. Those of others are shown to administrators and auditors.',
    read_only: 'You may look, not end: that needs the permission “end sessions”.',
    none: 'Nobody is signed in',
    no_match: 'Nobody of that name is signed in',
    no_match_clear: 'Show everyone',
    confirm_one: (person: string) => `End the session of ${person}?`,
    confirm_one_text: (device: string, sockets: number) =>
      `${device} is signed out at once${sockets > 0 ? ` and ${count(sockets, 'open window closes', 'open windows close')}` : ''}. They can sign in again.`,
    confirm_self: 'Sign out of this session?',
    confirm_self_text: 'It is the one you are using now.',
    confirm_own: (device: string) => `End your session on ${device}?`,
    confirm_all: (person: string, n: number) =>
      `End ${n === 1 ? 'the session' : `all ${n} sessions`} of ${person}?`,
    confirm_all_text: 'Every device is signed out at once. They can sign in again.',
    confirm_others: 'End all your other sessions?',
    confirm_others_text: 'Every other device is signed out at once. You stay signed in here.',
    confirm: (n: number): string => (n === 1 ? 'End session' : 'End sessions'),
    receipt_one: (person: string) => `${person}’s session has ended`,
    receipt_own: 'Your session has ended',
    receipt_many: (n: number, person: string | null) =>
      person === null
        ? `${count(n, 'session', 'sessions')} of yours ended`
        : `${count(n, 'session', 'sessions')} of ${person} ended`,
    receipt_none: 'It had ended already',
    confirmed: (n: number, of: number) => `${n} of ${count(of, 'node', 'nodes')} confirmed`,
    closed: (n: number) => `${count(n, 'socket', 'sockets')} closed`,
    ms: (n: number) => `${Math.round(n)} ms`,
    pending: (node: string, time: string) => `${node} has not confirmed; it must hold by ${time}`,
    failed: 'The session could not be ended',
  },

  roles: {
    title: 'Roles',
    yours: 'Your roles',
    only_yours: 'You see the roles you hold. All roles are shown to administrators and auditors.',
    built_in: 'built in',
    custom: 'custom',
    members: (n: number) => count(n, 'member', 'members'),
    no_members: 'Nobody holds it',
    name: 'Role',
    purpose: 'What it is for',
    people: 'People',
    kind: 'Kind',
    table: 'All roles',
    tab_objects: 'Objects',
    tab_fields: 'Fields',
    tab_members: 'Members',
    hidden_count: (n: number) => `${n} hidden`,
    matrix: (role: string) => `What ${role} may do with each kind of record`,
    object: 'Object',
    actions: {
      read: 'Read',
      update: 'Update',
      delete: 'Delete',
      export: 'Export',
      assign: 'Assign',
      create: 'Create',
    },
    own_actions: {
      read_thread: 'Read thread',
      reply: 'Reply',
      note: 'Private notes',
    } satisfies Record<OwnAction, string>,
    own_matrix: (object: string) => `Thread, replies and private notes of ${object.toLowerCase()}`,
    own_note:
      'Messages are seen where the thread may be read or replied to, private notes where they may be taken. Neither can be changed or deleted.',
    none: 'None',
    ways: {
      own: 'Own',
      reports: 'Reports',
      team: 'Team',
      territory: 'Territory',
      all: 'All',
    } satisfies Record<GrantedWay, string>,
    reach_note:
      'Own: I own it, or am named on it. Reports: its owner is below me in the management tree. Team: it belongs to one of my teams; a ticket also to those that work its queue. Every action includes reading. Activities are seen only with the record they belong to.',
    baseline_all: 'everyone signed in may read these',
    baseline_own: 'everyone may read their own',
    beyond: 'Beyond records',
    nothing_beyond: 'Nothing beyond records.',
    in_words: 'In words',
    not_found: 'There is no such role, or it is not yours to see',
    sessions_of: (person: string) => `Sessions of ${person}`,
    sessions: 'Sessions',
    fields_none:
      'No field is treated differently: what is not sensitive can be read and edited as far as the record can.',
    sensitive: 'sensitive',
    secret: 'secret',
    hidden: 'Hidden',
    read_only: 'Read only',
    given: 'Given to edit',
    given_read: 'Given to read',
    allowed: 'yes',
    not_allowed: 'no',
  },

  permissions: {
    manage_users: 'Manages people, teams and who holds which role',
    manage_roles: 'Changes roles and reads all of them',
    approve_roles: 'Approves changes of roles made by others',
    end_sessions: 'Ends sessions of others',
    read_audit: 'Reads the audit log, all roles and all sessions',
    import: 'Imports records',
    manage_settings: 'Changes the settings of the organization',
    manage_workflows: 'Builds workflows',
    see_as: 'Looks at the product as another role, read only',
    break_glass: 'Takes emergency access, with a reason that is audited',
  } satisfies Record<SystemPermission, string>,

  me: {
    title: 'What my role lets me do',
    intro: (roles: readonly string[]) =>
      roles.length === 0
        ? 'You hold no role, so you see only what everyone may see.'
        : `You hold ${roles.length === 1 ? 'the role' : 'the roles'} ${list(roles)}.`,
    merged: 'Several roles add up: where one allows more than another, the wider counts.',
    records: 'With records',
    hidden: 'What stays hidden',
    nothing_hidden: 'No field is hidden from you.',
    by: (roles: readonly string[]) => `by ${list(roles)}`,
    everyone: 'everyone',
    ask: 'You think something is missing? Ask an administrator:',
    administrators: (people: readonly string[]) => list(people),
    matrix: 'Your rights, all roles together',
    teams: (teams: readonly string[]) =>
      teams.length === 0
        ? 'You belong to no team.'
        : `Your ${teams.length === 1 ? 'team' : 'teams'}: ${list(teams)}.`,
    reports: (n: number) =>
      n === 0
        ? 'Nobody reports to you.'
        : `${count(n, 'person reports', 'people report')} to you, directly or through others.`,
  },

  policy: policyEn,
  notifications: notificationsEn,
  seeing: seeingEn,
  sharing: sharingEn,
  unsent: unsentEn,

  keys: keysEn,

  commands: {
    undo: 'Undo',
    changed: (object: string) => `${object} changed`,
    deleted: (object: string) => `${object} deleted`,
    refused: (object: string) => `${object} not saved`,
    conflict: (fields: readonly string[]) => `Someone else changed ${list(fields)} meanwhile`,
    conflict_text: 'Theirs is shown now; yours is kept until you have decided.',
  },

  errors: {
    internal: 'Something went wrong on our side. It has been noted.',
    offline: 'The server cannot be reached.',
    /** The server's own words are English already. */
    say: (error: Refusal): string => error.message,
    retry: 'Try again',
    failed_title: 'This did not load',
  },

  not_found: {
    title: 'Nothing is here',
    text: 'The address is wrong, or what was here is not yours to see.',
    home: 'To the start',
  },
};
