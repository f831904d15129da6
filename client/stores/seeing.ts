import type { SeeAs, SeeAsAnswer } from '../../shared/protocol/seeAs.ts';
import { api } from '../net/http.ts';
import { lookAs, looksAs } from '../net/seeAs.ts';
import { session } from './session.svelte.ts';

/** Where one was before; kept for this tab. */
const BACK = 'see-as-back';

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
    const target = as.kind === 'user' ? { user: as.id } : { role: as.id };
    await api.post<SeeAsAnswer>('/api/see-as', {
      ...target,
      ...(why.trim() === '' ? {} : { why: why.trim() }),
    });
    sessionStorage.setItem(BACK, location.pathname + location.search);
    lookAs(as);
    location.assign('/');
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
    sessionStorage.removeItem(BACK);
    location.assign(back);
  },
};
