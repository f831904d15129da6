import { can, session } from '../../stores/session.svelte.ts';

/** Where this person starts: the first thing they may see. */
export const home = (): string =>
  can.read('deal') ? '/deals' : can.read('company') ? '/companies' : can.read('contact') ? '/contacts' : seesOthersSessions() ? '/sessions' : '/me'; // prettier-ignore

/** Whether sessions of others are for this person to see. */
export const seesOthersSessions = (): boolean => session.holds('end_sessions') || session.holds('read_audit');
