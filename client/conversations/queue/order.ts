import { router } from '../../stores/router.svelte.ts';
import { ticketHref, ticketOfPath } from './address.ts';
import { stepFrom } from './step.ts';

/** The tickets as the list shows them now; the list writes it, whoever moves on reads it. */
let standing: readonly string[] = [];
/** Where the open ticket stood last, for when it has left the list. */
let place = { id: '', index: 0 };

/** The list says how it stands. */
export function noteOrder(ids: readonly string[], open: string | null): void {
  standing = ids;
  const index = open === null ? -1 : ids.indexOf(open);
  if (open !== null && index !== -1) place = { id: open, index };
}

/** Opens the ticket after the open one, or the list where there is none. True if there was one. */
export function nextTicket(): boolean {
  const open = ticketOfPath(router.path);
  const last = place.id === open ? place.index : 0;
  const next = stepFrom(standing, open, 1, last) ?? stepFrom(standing, open, -1, last);
  router.go(ticketHref(next, router.query));
  return next !== null;
}

/** The ticket before or after the open one, without going there. */
export const neighbourOf = (open: string | null, step: 1 | -1): string | null =>
  stepFrom(standing, open, step, place.id === open ? place.index : 0);
