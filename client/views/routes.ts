import type { Component } from 'svelte';
import { isId } from '../../shared/lib/ids.ts';
import { isStaged } from '../records/stages.ts';
import { PAGED, type Paged } from '../stores/pages.ts';
import { ACCESS } from './access/places.ts';

export interface Match {
  /** Two addresses with the same key are the same page; another key is drawn from scratch. */
  key: string;
  /** The place of the rail that it belongs to: the plural of an object, `access`, `imports` or `me`. */
  place: string;
  load(): Promise<{ default: Component<Record<string, unknown>> }>;
  props: Record<string, unknown>;
}

type Page = { default: Component<never> };
interface Route {
  path: RegExp;
  place: string;
  load: () => Promise<Page>;
  props?: (id: string) => Record<string, unknown>;
  /** Its addresses are one page, which follows them by itself. */
  one?: string;
}

/** Lists that are more than a list. */
const OWN: Readonly<Record<string, () => Promise<Page>>> = {
  ticket: () => import('./Console.svelte'),
};

/** What the registry makes of an object with pages: its list (or board), and the page of each record. */
function pagesOf(object: Paged): Route[] {
  const { name, plural } = object;
  const place = object.pages.rail ? plural : 'access';
  const own = OWN[name];
  // Such a page shows its records beside the list.
  if (own) return [{ path: new RegExp(`^/${plural}(?:/([^/]+))?$`), place, load: own, one: `/${plural}` }];
  return [
    { path: new RegExp(`^/${plural}$`), place, load: listOf(object), props: () => ({ object: name }) },
    {
      path: new RegExp(`^/${plural}/([^/]+)$`),
      place,
      load: () => import('./RecordPage.svelte'),
      props: (id) => ({ object: name, id }),
    },
  ];
}

/** A tab of "Access", and the page of each thing in it. */
function pagesAbout({ href, formerly = href, load, one }: (typeof ACCESS)[number]): Route[] {
  const paths = [...new Set([href, formerly])];
  return paths.flatMap((path): Route[] => [
    { path: new RegExp(`^${path}$`), place: 'access', load },
    ...(one
      ? [
          {
            path: new RegExp(`^${path}/([^/]+)$`),
            place: 'access',
            load: one,
            props: (id: string) => ({ id }),
          },
        ]
      : []),
  ]);
}

function listOf(object: Paged): () => Promise<Page> {
  if (isStaged(object)) return () => import('./records/StagedPage.svelte');
  if (object.pages.rail === null) return () => import('./records/SettingsPage.svelte');
  return () => import('./records/ListPage.svelte');
}

const ROUTES: readonly Route[] = [
  ...PAGED.flatMap(pagesOf),
  ...ACCESS.flatMap(pagesAbout),
  {
    path: /^\/data-health$/,
    place: 'me',
    load: () => import('./DataHealth.svelte'),
    one: '/data-health',
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
