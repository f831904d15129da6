import { api } from '../net/http.ts';

/** Says that whoever answers has read the ticket. True if the server took it; never rejects. */
export const markSeen = (ticket: string): Promise<boolean> =>
  api.post(`/api/tickets/${ticket}/seen`).then(
    () => true,
    () => false,
  );
