import { api } from '../net/http.ts';

/** Takes note of one notification, or of all of them. Never rejects: what was not taken stays unread, and is told again. */
export const markRead = (id: string): Promise<void> => post(`/api/notifications/${id}/read`);
export const markAllRead = (): Promise<void> => post('/api/notifications/read');

const post = (path: string): Promise<void> =>
  api.post(path).then(
    () => undefined,
    () => undefined,
  );
