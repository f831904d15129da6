import { possible } from '../../../shared/access/index.ts';
import { can, rights, session } from '../../stores/session.svelte.ts';
import { placesFor } from './places.ts';

/** Where this person starts: support people at their tickets, others at the first thing they may see. */
export function home(): string {
  const places = placesFor(can.read);
  const tickets = places.find(({ name }) => name === 'ticket');
  if (tickets && answersTickets() && !can.create('deal')) return tickets.href;
  const first = places.find(({ name }) => name !== 'ticket') ?? tickets;
  return first?.href ?? (seesOthersSessions() ? '/sessions' : '/me');
}

/** Whether this person may answer any customer. */
const answersTickets = (): boolean => rights('ticket').some(({ actions }) => possible(actions.reply));

/** Whether sessions of others are for this person to see. */
export const seesOthersSessions = (): boolean => session.holds('end_sessions') || session.holds('read_audit');
