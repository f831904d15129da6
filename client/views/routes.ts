import type { Component } from 'svelte';
import { isId } from '../../shared/lib/ids.ts';

/** The places of the rail; each page belongs to one. */
export type Place = 'tickets' | 'deals' | 'companies' | 'contacts' | 'access' | 'imports' | 'me';

export interface Match {
  /** Two addresses with the same key are the same page; another key is drawn from scratch. */
  key: string;
  place: Place;
  load(): Promise<{ default: Component<Record<string, unknown>> }>;
  props: Record<string, unknown>;
}

type Page = { default: Component<never> };
interface Route {
  path: RegExp;
  place: Place;
  load: () => Promise<Page>;
  props?: (id: string) => Record<string, unknown>;
  /** Its addresses are one page, which follows them by itself. */
  one?: string;
}

const record = () => import('./RecordPage.svelte');

const ROUTES: readonly Route[] = [
  {
    path: /^\/tickets(?:\/([^/]+))?$/,
    place: 'tickets',
    load: () => import('./Console.svelte'),
    one: '/tickets',
  },
  { path: /^\/deals$/, place: 'deals', load: () => import('./Deals.svelte') },
  { path: /^\/deals\/([^/]+)$/, place: 'deals', load: record, props: (id) => ({ object: 'deal', id }) },
  { path: /^\/companies$/, place: 'companies', load: () => import('./Companies.svelte') },
  {
    path: /^\/companies\/([^/]+)$/,
    place: 'companies',
    load: record,
    props: (id) => ({ object: 'company', id }),
  },
  { path: /^\/contacts$/, place: 'contacts', load: () => import('./Contacts.svelte') },
  {
    path: /^\/contacts\/([^/]+)$/,
    place: 'contacts',
    load: record,
    props: (id) => ({ object: 'contact', id }),
  },
  ...(['queue', 'channel', 'tag'] as const).flatMap((object): Route[] => [
    {
      path: new RegExp(`^/${object}s$`),
      place: 'access',
      load: () => import('./SupportSettings.svelte'),
      props: () => ({ object }),
    },
    {
      path: new RegExp(`^/${object}s/([^/]+)$`),
      place: 'access',
      load: record,
      props: (id) => ({ object, id }),
    },
  ]),
  { path: /^\/sessions$/, place: 'access', load: () => import('./Sessions.svelte') },
  { path: /^\/roles$/, place: 'access', load: () => import('./Roles.svelte') },
  {
    path: /^\/roles\/([^/]+)$/,
    place: 'access',
    load: () => import('./Role.svelte'),
    props: (id) => ({ id }),
  },
  { path: /^\/imports$/, place: 'imports', load: () => import('./Imports.svelte') },
  {
    path: /^\/imports\/([^/]+)$/,
    place: 'imports',
    load: () => import('./Import.svelte'),
    props: (id) => ({ id }),
  },
  { path: /^\/me$/, place: 'me', load: () => import('./Me.svelte') },
];

/** The page at a path, or null where there is none. */
export function matchRoute(path: string): Match | null {
  for (const { path: pattern, place, load, props, one } of ROUTES) {
    const found = pattern.exec(path);
    if (!found) continue;
    const id = found[1];
    if (id !== undefined && !isId(id)) return null;
    // A route's props are those that its own page declares.
    const loadAny = load as unknown as Match['load'];
    return {
      key: one ?? path,
      place,
      load: loadAny,
      props: props?.(id ?? '') ?? {},
    };
  }
  return null;
}
