import type { Way } from '../../../../shared/access/index.ts';
import type { Action } from '../../../../shared/objects/index.ts';

const list = (parts: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(parts);
const either = (parts: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(parts);

/** Whoever is spoken of: null is the reader. */
type Who = string | null;
const possessive = (who: Who): string => (who === null ? 'your' : 'their');

export const en = {
  title: (record: string) => `Who sees ${record}, and why`,
  why: 'Why',
  who: 'Who',
  why_me: 'Why do I see this?',
  why_field: (field: string) => `Why? About ${field}`,
  who_sees: 'Who can see this?',
  person: 'Person',
  /** Whoever is meant by a group of people. */
  each: 'each of them',
  action: 'May they',
  field: 'What of it',
  whole: 'The record',
  actions: {
    read: 'Read',
    create: 'Create',
    update: 'Change',
    delete: 'Delete',
    assign: 'Hand over',
    export: 'Export',
    read_thread: 'Read the thread',
    reply: 'Reply',
    note: 'Take private notes',
  } satisfies Record<Action, string>,
  verbs: {
    read: 'read it',
    create: 'create it',
    update: 'change it',
    delete: 'delete it',
    assign: 'hand it over',
    export: 'export it',
    read_thread: 'read its thread',
    reply: 'reply in it',
    note: 'take notes in it',
  } satisfies Record<Action, string>,
  of_field: (verb: string, field: string) => `${verb.replace(/ (it|its thread|in it)$/, '')} ${field}`,
  yes: (who: Who, verb: string) => `${who === null ? 'You' : who} may ${verb}.`,
  no: (who: Who, verb: string) => `${who === null ? 'You' : who} may not ${verb}.`,
  any: 'Each of these is reason enough:',
  all: 'All of this is missing:',
  needed: { parent: (object: string) => `And to see the ${object.toLowerCase()} it belongs to:`, source: (object: string) => `And to see what it is worked out from, in ${object.toLowerCase()}:` }, // prettier-ignore
  role: (name: string, actions: readonly string[]) => `${name}: ${list(actions)}`,
  everyone: 'Everyone signed in',
  held_team: (team: string) => `held through team ${team}`,
  held_until: (at: string) => `until ${at}`,
  unknown: 'someone you may not see',
  self: {
    owner: (who: Who) => (who === null ? 'You own it' : `${first(who)} owns it`),
    participant: (who: Who) => (who === null ? 'You are named on it' : `${first(who)} is named on it`),
    customer: (who: Who) => (who === null ? 'It is your own' : `${first(who)} wrote it`),
  },
  report: (who: Who, owner: string, above: readonly string[]) =>
    `It belongs to ${owner}, who reports to ${above.length > 0 ? `${list(above)}, below ` : ''}${who ?? 'you'}`,
  team: (team: string) => `It belongs to team ${team}`,
  queue: (queue: string, teams: readonly string[]) =>
    `It is in the queue ${queue}${teams.length > 0 ? `, worked by ${list(teams)}` : ''}`,
  territory: (name: string, under: string | null) =>
    `It is in the territory ${name}${under === null ? '' : `, below ${under}`}`,
  rule: (rule: string | null, to: string) =>
    `${rule === null ? 'A sharing rule' : `The rule “${rule}”`} opens it to ${to}`,
  share: (by: string | null, to: string, until: string | null) =>
    `${by === null ? 'Shared' : `${by} shared it`} with ${to}${until === null ? '' : ` until ${until}`}`,
  level: { read: '', edit: ', to edit' },
  to: { user: (name: string) => name, team: (name: string) => `team ${name}`, role: (name: string) => `the role ${name}`, territory: (name: string) => `the territory ${name}` }, // prettier-ignore
  ways: {
    own: (who: Who) => `It is ${possessive(who)} own`,
    reports: (who: Who) => `Its owner reports to ${who ?? 'you'}`,
    team: (who: Who) => `It belongs to one of ${possessive(who)} teams`,
    territory: (who: Who) => `It is in one of ${possessive(who)} territories`,
    shared: (who: Who) => `It is shared with ${who ?? 'you'}`,
    shared_edit: (who: Who) => `It is shared with ${who ?? 'you'} to edit`,
    all: () => 'The role reaches all of them',
  } satisfies Record<Way, (who: Who) => string>,
  field_right: { read: (field: string) => `the role shows ${field}`, edit: (field: string) => `the role opens ${field}` }, // prettier-ignore
  lacking: {
    bin: 'It is in the bin, where nobody reaches it.',
    restriction: (names: readonly string[]) =>
      names.length === 0
        ? 'A restriction hides it.'
        : `Hidden by ${list(names.map((name) => `the restriction “${name}”`))}.`,
    inactive: 'This person is not active.',
    never: {
      action: 'Nobody can do that with it.',
      field: 'There is no such field.',
      program: 'This field is kept by the program; nobody writes it.',
      parent: 'It belongs to nothing that could be seen.',
    },
    grant: (who: Who, verb: string, object: string) =>
      `No role ${who === null ? 'of yours' : 'of theirs'} lets ${who === null ? 'you' : 'them'} ${verb}: nothing of that is granted on ${object.toLowerCase()}.`,
    reach: (who: Who, verb: string, object: string, ways: readonly Way[]) =>
      `${possessive(who) === 'your' ? 'Your' : 'Their'} roles let ${who === null ? 'you' : 'them'} ${verb} only where ${object.toLowerCase()} ${either(ways.map((way) => REACH[way](possessive(who))))}; this one is none of that.`,
    field_besides: (field: string) => `And a role would have to show ${field}.`,
    field_edit_besides: (field: string) => `And a role would have to open ${field}.`,
    field_hidden: (field: string) => `Every role that reaches it hides ${field}.`,
    field_read: (field: string) => `Every role that reaches it lets ${field} only be read, or hides it.`,
  },
  seers: (n: number) => `${n} ${n === 1 ? 'person sees' : 'people see'} it`,
  seers_field: (n: number, field: string) => `${n} ${n === 1 ? 'person sees' : 'people see'} ${field}`,
  group: (role: string, through: string) => `${role} · ${through}`,
  find: 'Find a person',
  nobody: 'Nobody sees it by that.',
  more: 'Show more',
  ask_why: (name: string) => `Why does ${name} see it?`,
  failed: 'This did not load',
  retry: 'Try again',
  not_yours: 'This is not there, or not yours to see.',
};

const first = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const REACH: Record<Way, (whose: string) => string> = {
  own: (whose) => `are ${whose} own`,
  reports: (whose) => `belong to ${whose} reports`,
  team: (whose) => `belong to ${whose} teams`,
  territory: (whose) => `are in ${whose} territories`,
  shared: () => 'are shared',
  shared_edit: () => 'are shared to edit',
  all: () => 'are there',
};

export type WhyWords = typeof en;
