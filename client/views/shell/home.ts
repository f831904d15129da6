import { possible } from '../../../shared/access/index.ts';
import { can, rights, session } from '../../stores/session.svelte.ts';

/** Where this person starts: support people at their tickets, others at the first thing they may see. */
export const home = (): string =>
  answersTickets() && !can.create('deal') ? '/tickets' : can.read('deal') ? '/deals' : can.read('company') ? '/companies' : can.read('contact') ? '/contacts' : can.read('ticket') ? '/tickets' : seesOthersSessions() ? '/sessions' : '/me'; // prettier-ignore

/** Whether this person may answer any customer. */
const answersTickets = (): boolean => rights('ticket').some(({ actions }) => possible(actions.reply));

/** Whether sessions of others are for this person to see. */
export const seesOthersSessions = (): boolean => session.holds('end_sessions') || session.holds('read_audit');
