import type { SeeAs, SeeAsAnswer } from '../../shared/protocol/seeAs.ts';
import { api } from '../net/http.ts';
import { lookAs, looksAs } from '../net/seeAs.ts';
import { session } from './session.svelte.ts';

/** Where one was before; kept for this tab. */
const BACK = 'see-as-back';
/** Which looking this tab has begun, and why. */
const BEGUN = 'see-as-begun';
/** The page has been left, and the looking ended with it: a page loaded anew in the same tab begins it again. */
const LEFT = 'see-as-left';

/** Looking as somebody else, or as a role, in this tab: each begins and ends with a page loaded anew. */
export const seeing = {
  /** Whether this tab looks at all. It never changes while a page lives. */
  get on(): boolean {
    return looksAs() !== null;
  },

  /** Whether this person may begin. */
  mayBegin: (): boolean =>
    looksAs() === null && session.actor.roles.some(({ system }) => system.includes('see_as')),

  /** @throws ApiError `not_allowed`, `not_found`, `invalid` · OfflineError */
  async begin(as: SeeAs, why: string): Promise<void> {
    await open(as, why.trim());
    sessionStorage.setItem(BACK, location.pathname + location.search);
    lookAs(as);
    location.assign('/');
  },

  /** Begins it again where a page was only loaded anew. @throws ApiError · OfflineError as `begin` */
  async goOn(): Promise<void> {
    const as = looksAs();
    if (as === null || sessionStorage.getItem(LEFT) === null) return;
    await open(as, begun()?.why ?? '');
  },

  /** The page goes, and perhaps its tab: what it has begun ends with it, on the server too. */
  leave(): void {
    const id = begun()?.id;
    if (looksAs() === null || id === undefined) return;
    sessionStorage.setItem(LEFT, 'yes');
    api.delete('/api/see-as', { id }, { keepalive: true }).catch(() => undefined);
  },

  /** Ends it here and on the server; where that cannot be reached it ends with the session. */
  async end(): Promise<void> {
    const as = looksAs();
    if (as === null) return;
    await api
      .delete('/api/see-as', as.kind === 'user' ? { user: as.id } : { role: as.id })
      .catch(() => undefined);
    this.over();
  },

  /** It is over already: by the server's word. */
  over(): void {
    if (looksAs() === null) return;
    lookAs(null);
    const back = sessionStorage.getItem(BACK) ?? '/';
    for (const key of [BACK, BEGUN, LEFT]) sessionStorage.removeItem(key);
    location.assign(back);
  },
};

async function open({ kind, id: whom }: SeeAs, why: string): Promise<void> {
  const target = kind === 'user' ? { user: whom } : { role: whom };
  const { id } = await api.post<SeeAsAnswer>('/api/see-as', { ...target, ...(why === '' ? {} : { why }) });
  sessionStorage.setItem(BEGUN, JSON.stringify({ id, why }));
  sessionStorage.removeItem(LEFT);
}

function begun(): { id: string; why: string } | null {
  const kept = sessionStorage.getItem(BEGUN);
  // Only `open` writes it.
  return kept === null ? null : (JSON.parse(kept) as { id: string; why: string });
}
