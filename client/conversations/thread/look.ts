import { firstName as firstNameOf } from '../../../shared/lib/names.ts';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import { session } from '../../stores/session.svelte.ts';
import { text } from '../../stores/values.ts';
import { nameOf } from '../names.ts';
import type { EventLook } from './events.ts';
import type { PresentLook } from './present.ts';
import { w } from './w.ts';

/** The customer of a ticket, as it says itself: their face's color goes by the contact, or the ticket. Reactive. */
export function customerOf(ticket: MaskedRecord | undefined): { id: string; name: string } {
  const name = ticket && text(ticket, 'customer_name');
  const contact = ticket && text(ticket, 'contact');
  if (name) return { id: contact ?? ticket.id, name };
  return { id: contact ?? ticket?.id ?? '', name: contact ? nameOf('contact', contact) : w.customer };
}

export const presentLook = (ticket: MaskedRecord | undefined): PresentLook => {
  const { id, name } = customerOf(ticket);
  return {
    me: session.actor.userId,
    customer: { id, name: firstNameOf(name) },
    nameOf: (user) => nameOf('user', user),
    label: (field) => session.registry.get('ticket').fields[field]?.label ?? null,
    w,
  };
};

export const eventLook: EventLook = {
  name: nameOf,
  choice: (field, value) =>
    session.registry.get('ticket').fields[field]?.choices?.find((choice) => choice.value === value)?.label ??
    value,
};
