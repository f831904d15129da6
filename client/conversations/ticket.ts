import type { MaskedRecord } from '../../shared/access/index.ts';
import { num, text } from '../stores/values.ts';

/** The customer has written and nobody who answers has read it. Never so where one may not read the thread. */
export function isUnread(ticket: MaskedRecord): boolean {
  const written = text(ticket, 'last_message_at');
  if (written === null || text(ticket, 'preview_from') !== 'customer') return false;
  const seen = text(ticket, 'seen_by_us_at');
  return seen === null || written > seen;
}

/** What the ticket is called: by its number where one may not read the subject. */
export function calledOf(ticket: MaskedRecord): string {
  const number = num(ticket, 'number');
  return text(ticket, 'subject') ?? (number === null ? '—' : `#${number}`);
}

/** The one line under the subject: the newest of what was said and, where one may read notes, what was noted. */
export interface Preview {
  kind: 'customer' | 'us' | 'note';
  text: string;
}
export function previewOf(ticket: MaskedRecord): Preview | null {
  const said = text(ticket, 'preview');
  const noted = text(ticket, 'note_preview');
  const newerNote = (text(ticket, 'last_note_at') ?? '') > (text(ticket, 'last_message_at') ?? '');
  if (noted !== null && (said === null || newerNote)) return { kind: 'note', text: noted };
  if (said === null) return null;
  return { kind: text(ticket, 'preview_from') === 'us' ? 'us' : 'customer', text: said };
}
