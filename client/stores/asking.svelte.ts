import type { ObjectDef, ReachedAction } from '../../shared/objects/index.ts';
import type {
  AccessRequestInput,
  AskedFor,
  Grant,
  GrantPreview,
  OwnRequest,
} from '../../shared/protocol/accessRequests.ts';
import { api } from '../net/http.ts';
import { looksAs } from '../net/seeAs.ts';
import { session } from './session.svelte.ts';

/** What somebody wants to ask for; without a record they paste a link. */
export interface Wanted {
  object?: string;
  id?: string;
  /** Undefined: they choose. */
  action?: ReachedAction;
  field?: string;
}

/** The request that is being written; any part of a page begins it, and the frame around all pages shows it. */
class Asking {
  wanted = $state.raw<Wanted | null>(null);

  ask(wanted: Wanted): void {
    this.wanted = wanted;
  }

  close(): void {
    this.wanted = null;
  }
}

export const asking = new Asking();

session.onLeave(() => {
  asking.close();
  return 0;
});

/** Whether access to such records can be asked for here: whoever looks as somebody else asks for nothing. */
export const mayAskFor = (object: ObjectDef): boolean =>
  looksAs() === null && object.facts.policies !== undefined && object.parents.length === 0;

/** @throws ApiError · OfflineError */
export const askForAccess = (request: AccessRequestInput): Promise<unknown> =>
  api.post('/api/access-requests', request);

/** What this person has asked for. @throws ApiError · OfflineError */
export const readOwnRequests = async (): Promise<OwnRequest[]> =>
  (await api.get<{ rows: OwnRequest[] }>('/api/me/access-requests')).rows;

/** What others ask for that this person could give them. @throws ApiError · OfflineError */
export const readRequestsToAnswer = async (): Promise<AskedFor[]> =>
  (await api.get<{ rows: AskedFor[] }>('/api/access-requests')).rows;

/** @throws ApiError · OfflineError */
export const previewGrant = (id: string, grant: Grant): Promise<GrantPreview> =>
  api.post(`/api/access-requests/${id}/preview`, grant);

/** @throws ApiError · OfflineError */
export const grantRequest = (id: string, grant: Grant): Promise<unknown> =>
  api.post(`/api/access-requests/${id}/grant`, grant);

/** @throws ApiError · OfflineError */
export const declineRequest = (id: string, words: string): Promise<unknown> =>
  api.post(`/api/access-requests/${id}/decline`, words.trim() === '' ? {} : { words: words.trim() });
