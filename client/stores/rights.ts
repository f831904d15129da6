import type { Because } from '../../shared/access/index.ts';
import { api } from '../net/http.ts';
import { session } from './session.svelte.ts';

/** Whether this person may ask who else sees a record. */
export const mayAskAboutOthers = (): boolean => session.holds('manage_roles') || session.holds('read_audit');

export interface Seer {
  user: string;
  name: string;
  because: Because[];
}

/** Everyone who may read a record, by name, with the paths by which they may. @throws ApiError · OfflineError */
export async function whoCanSee(object: string, id: string): Promise<Seer[]> {
  const { people } = await api.get<{ people: Seer[] }>('/api/who-can-see', { object, id });
  return people;
}

/** By which of their roles this person sees a record. @throws ApiError · OfflineError */
export async function whyISee(object: string, id: string): Promise<Because[]> {
  const question = { user: session.actor.userId, action: 'read', object, id };
  const { because } = await api.get<{ because: Because[] }>('/api/explain', question);
  return because;
}
