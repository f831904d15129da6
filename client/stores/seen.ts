import { api } from '../net/http.ts';

/** Says that whoever answers has read the ticket up to the message of that moment. True if the server took it; never rejects. */
export const markSeen = (ticket: string, through: string): Promise<boolean> =>
  api.post(`/api/tickets/${ticket}/seen`, { through }).then(
    () => true,
    () => false,
  );
