import type { Component } from 'svelte';
import { holdsWithin } from '../../../shared/access/index.ts';
import { session } from '../../stores/session.svelte.ts';
import { seesOthersSessions } from '../shell/home.ts';

type Page = Promise<{ default: Component<never> }>;

/** A tab of "Access". */
interface AccessPlace {
  /** Its word is `tabs` of words.ts. */
  key:
    | 'roles'
    | 'people'
    | 'teams'
    | 'territories'
    | 'defaults'
    | 'rules'
    | 'restrictions'
    | 'changes'
    | 'requests'
    | 'approvals'
    | 'sessions';
  href: string;
  load: () => Page;
  /** The page of one of them, at `href/ID`; takes `id`. */
  one?: () => Page;
  /** Where it stood before; such addresses stay good. */
  formerly?: string;
  /** Whether it is for this person. */
  may: () => boolean;
}

const everyone = () => true;
const oversees = () => session.holds('manage_roles') || session.holds('read_audit');
/** Whose changes wait, and who answers them. */
const decides = () => session.holds('manage_roles') || session.holds('approve_roles');
/** Also whoever looks after a part of the organisation. */
const managesPeople = () => {
  const teams = holdsWithin(session.actor, 'manage_users');
  return teams === 'everyone' || teams.size > 0;
};

/** Everything there is about access, in the order of its tabs: a page more is a line more. */
// prettier-ignore
export const ACCESS: readonly AccessPlace[] = [
  { key: 'roles', href: '/access/roles', formerly: '/roles', load: () => import('../Roles.svelte'), one: () => import('../Role.svelte'), may: everyone },
  { key: 'people', href: '/access/people', load: () => import('./people/PeoplePage.svelte'), one: () => import('./people/PersonPage.svelte'), may: everyone },
  { key: 'teams', href: '/access/teams', load: () => import('./teams/TeamsPage.svelte'), one: () => import('./teams/TeamPage.svelte'), may: everyone },
  { key: 'territories', href: '/access/territories', load: () => import('./territories/TerritoriesPage.svelte'), one: () => import('./territories/TerritoryPage.svelte'), may: everyone },
  { key: 'defaults', href: '/access/defaults', load: () => import('./defaults/DefaultsPage.svelte'), may: oversees },
  { key: 'rules', href: '/access/rules', load: () => import('./rules/RulesPage.svelte'), may: oversees },
  { key: 'restrictions', href: '/access/restrictions', load: () => import('./rules/RestrictionsPage.svelte'), may: oversees },
  { key: 'requests', href: '/access/requests', load: () => import('./requests/RequestsPage.svelte'), may: everyone },
  { key: 'approvals', href: '/access/approvals', load: () => import('./approvals/ApprovalsPage.svelte'), may: decides },
  { key: 'changes', href: '/access/changes', load: () => import('./changes/ChangesPage.svelte'), may: oversees },
  { key: 'sessions', href: '/sessions', load: () => import('../Sessions.svelte'), may: everyone },
];

/** The first thing about access that this person has to do with. */
export const accessHome = (): string =>
  !oversees() && !managesPeople() && seesOthersSessions() ? '/sessions' : '/access/roles';
