import { isId } from '../../../shared/lib/ids.ts';
import type { ViewRequest } from '../../../shared/protocol/index.ts';

const TABS = ['mine', 'unassigned', 'all', 'mentions'] as const;
export type Tab = (typeof TABS)[number];
export const STATUSES = ['open', 'pending', 'resolved'] as const;
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;

/** What the list of tickets shows, as its address says it. */
export interface ListPlace {
  tab: Tab;
  /** Id of a queue; null for all of them. */
  queue: string | null;
  /** Empty: what is not resolved. */
  status: readonly string[];
  priority: readonly string[];
  tag: string | null;
  q: string;
  newestFirst: boolean;
}

/** What there is to do: the rest is asked for by name. */
const UNDONE = ['open', 'pending'];
const Q_MAX = 200;
/** As many rows as come at once. */
export const PAGE = 50;

/** Reads an address; what it does not understand counts as not said. */
export function readPlace(query: URLSearchParams): ListPlace {
  const among = <T extends string>(name: string, known: readonly T[]): T[] =>
    known.filter((one) => (query.get(name) ?? '').split(',').includes(one));
  const id = (name: string) => {
    const value = query.get(name);
    return value !== null && isId(value) ? value : null;
  };
  return {
    tab: TABS.find((tab) => tab === query.get('tab')) ?? 'mine',
    queue: id('queue'),
    status: among('status', STATUSES),
    priority: among('priority', PRIORITIES),
    tag: id('tag'),
    q: (query.get('q') ?? '').slice(0, Q_MAX),
    newestFirst: query.get('sort') === 'newest',
  };
}

/** Whether the person has narrowed the list beyond its tab and queue. */
export const isFiltered = (place: ListPlace): boolean =>
  place.status.length > 0 || place.priority.length > 0 || place.tag !== null || place.q.trim() !== '';

/** Who asks: their own id, and which fields of tickets they may read; a filter never names another one. */
export interface Asker {
  me: string;
  reads: (field: string) => boolean;
}

/** The list as it is asked for. */
export function listRequest(place: ListPlace, { me, reads }: Asker): ViewRequest {
  const filter: Record<string, unknown> = {
    ...tabFilter(place.tab, me),
    status: { in: [...(place.status.length > 0 ? place.status : UNDONE)] },
    ...(place.priority.length > 0 ? { priority: { in: [...place.priority] } } : {}),
    ...(place.tag === null ? {} : { tags: { has: place.tag } }),
  };
  return {
    object: 'ticket',
    ...(place.queue === null ? {} : { partition: place.queue }),
    filter: Object.fromEntries(Object.entries(filter).filter(([field]) => reads(field))),
    ...(place.q.trim() === '' ? {} : { q: place.q.trim() }),
    ...(place.newestFirst ? { sort: '-created_at' } : {}),
    limit: PAGE,
  };
}

/** A view that only counts: what a tab of a queue holds, whatever the filter. */
export function countRequest(tab: Tab, queue: string | null, asker: Asker): ViewRequest {
  return { ...listRequest({ ...NOTHING_SAID, tab, queue }, asker), limit: 1 };
}

/** The tabs that this person can be shown: each is a filter on a field that they may read. */
export const tabsFor = ({ reads }: Asker): Tab[] =>
  TABS.filter((tab) => tab === 'all' || reads(tab === 'mentions' ? 'mentioned' : 'assignee'));

/** Path and query of a ticket in this list, or of the list alone. */
export function ticketHref(id: string | null, query: URLSearchParams): string {
  const rest = new URLSearchParams(query);
  rest.delete('pane');
  const search = rest.toString();
  return `/tickets${id === null ? '' : `/${id}`}${search === '' ? '' : `?${search}`}`;
}

/** The ticket that a path shows; null for the list alone. */
export const ticketOfPath = (path: string): string | null => {
  const id = /^\/tickets\/([^/]+)$/.exec(path)?.[1];
  return id !== undefined && isId(id) ? id : null;
};

const NOTHING_SAID: ListPlace = readPlace(new URLSearchParams());

function tabFilter(tab: Tab, me: string): Record<string, unknown> {
  if (tab === 'mine') return { assignee: { in: [me] } };
  if (tab === 'unassigned') return { assignee: null };
  return tab === 'mentions' ? { mentioned: { has: me } } : {};
}
