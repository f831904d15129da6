import type { ReachedAction } from '../../shared/objects/index.ts';
import type { Explanation, MyRights, Seers } from '../../shared/protocol/index.ts';
import { api } from '../net/http.ts';
import { session } from './session.svelte.ts';

/** Whether this person may ask who else sees a record. */
export const mayAskAboutOthers = (): boolean => session.holds('manage_roles') || session.holds('read_audit');

/** A record, or one field of it. */
export interface About {
  object: string;
  id: string;
  field?: string;
}

/** Those who may read it, by name, with the paths by which they may. @throws ApiError · OfflineError */
export const whoCanSee = (
  about: About,
  which: { q?: string; group?: string; cursor?: string; limit?: number } = {},
): Promise<Seers> => api.get('/api/who-can-see', { ...about, ...which });

/** Why somebody may do that with it, or what is missing. Oneself unless somebody is named. @throws ApiError · OfflineError */
export const explain = (
  about: About,
  action: ReachedAction = 'read',
  user = session.actor.userId,
): Promise<Explanation> => api.get('/api/explain', { user, action, ...about });

/** What one's own rights come from beside one's roles. @throws ApiError · OfflineError */
export const myRights = (): Promise<MyRights> => api.get('/api/me/rights');
