import type { GrantedWay } from '../../../shared/access/index.ts';
import type { OwnAction } from '../../../shared/objects/index.ts';
import type { Told, ToldOwn, Verb } from '../policy.ts';

const list = (parts: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(parts);

const VERBS: Record<Verb, [they: string, you: string]> = {
  read: ['reads', 'read'],
  update: ['changes', 'change'],
  assign: ['hands over', 'hand over'],
  delete: ['deletes', 'delete'],
  export: ['exports', 'export'],
};

const OWN: Record<OwnAction, [they: string, you: string]> = {
  read_thread: ['reads the thread', 'read the thread'],
  reply: ['replies', 'reply'],
  note: ['takes private notes', 'take private notes'],
};

/** A policy in English sentences. */
export const policyEn = {
  /** "Reads deals of their teams, without amount; changes their own; creates new ones." */
  sentence({ plural, self, groups, create, without }: Told): string {
    const things = plural.toLowerCase();
    if (groups.length === 0) return self ? `You do not see ${things}.` : `Does not see ${things}.`;
    const parts = groups.map(({ verbs, ways }, i) => {
      const does = list(verbs.map((verb) => VERBS[verb][self ? 1 : 0]));
      const reach = i === 0 ? firstReach(things, ways, self) : laterReach(ways, self);
      return `${does} ${reach}${i === 0 && without.length > 0 ? `, without ${list(without.map(lower))}` : ''}`;
    });
    if (create) parts.push(self ? 'create new ones' : 'creates new ones');
    return sentence((self ? 'You ' : '') + parts.join('; '));
  },
  /** "Reads the thread and replies in all tickets. Does not see private notes." */
  own({ plural, self, groups, unseen }: ToldOwn): string {
    const things = plural.toLowerCase();
    const parts = groups.map(({ actions, ways }, i) => {
      const does = list(actions.map((action) => OWN[action][self ? 1 : 0]));
      return `${does} in ${i === 0 ? firstReach(things, ways, self) : laterReach(ways, self)}`;
    });
    const done = parts.length === 0 ? [] : [sentence((self ? 'You ' : '') + parts.join('; '))];
    const not = self ? 'You do not see' : 'Does not see';
    return [...done, ...(unseen.length > 0 ? [`${not} ${either(unseen.map(lower))}.`] : [])].join(' ');
  },
  /** "of your own and those of your teams", to say on which records a field can be read. */
  onlyOn: (field: string, plural: string, ways: readonly GrantedWay[], self: boolean): string =>
    `${field} only on ${firstReach(plural.toLowerCase(), ways, self)}.`,
  readOnly: (fields: readonly string[], plural: string): string =>
    `Of ${plural.toLowerCase()}, ${list(fields.map(lower))} can be read but not changed.`,
  hidden: (fields: readonly string[], plural: string): string =>
    `Of ${plural.toLowerCase()}: ${list(fields.map(lower))}.`,
};

function firstReach(things: string, ways: readonly GrantedWay[], self: boolean): string {
  if (ways.includes('all')) return `all ${things}`;
  const others = ofOthers(ways, self);
  if (!ways.includes('own')) return `${things} of ${others}`;
  const own = `${self ? 'your' : 'their'} own ${things}`;
  return others === '' ? own : `${own} and those of ${others}`;
}

function laterReach(ways: readonly GrantedWay[], self: boolean): string {
  if (ways.includes('all')) return 'all of them';
  const others = ofOthers(ways, self);
  if (!ways.includes('own')) return `those of ${others}`;
  const own = `${self ? 'your' : 'their'} own`;
  return others === '' ? own : `${own} and those of ${others}`;
}

function ofOthers(ways: readonly GrantedWay[], self: boolean): string {
  const whose = self ? 'your' : 'their';
  const parts = [
    ...(ways.includes('reports') ? ['reports'] : []),
    ...(ways.includes('team') ? ['teams'] : []),
    ...(ways.includes('territory') ? ['territories'] : []),
  ];
  return parts.length === 0 ? '' : `${whose} ${list(parts)}`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const either = (parts: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(parts);

const lower = (label: string): string =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
