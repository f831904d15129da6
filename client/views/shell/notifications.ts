import type { MaskedRecord } from '../../../shared/access/index.ts';
import { text } from '../../stores/values.ts';
import { t } from '../../words/index.ts';

/** Those of a list (newest first) that came after a moment and are not read yet, the oldest first. */
export const freshOnes = (rows: readonly MaskedRecord[], after: string): MaskedRecord[] =>
  rows.filter((row) => row.created_at > after && text(row, 'read_at') === null).reverse();

/** The page of requests or of approvals, where it is about one; null: it is about a ticket. */
export function pageOf(row: MaskedRecord): { href: string; label: string } | null {
  const kind = text(row, 'kind') ?? '';
  if (kind.startsWith('access_')) return { href: '/access/requests', label: t.notifications.requests };
  return kind.startsWith('proposal_')
    ? { href: '/access/approvals', label: t.notifications.approvals }
    : null;
}

/** What it says. */
export function sayNotice(kind: string, who: string): string {
  const words = t.notifications;
  switch (kind) {
    case 'assigned':
      return words.assigned(who);
    case 'access_asked':
      return words.access_asked(who);
    case 'access_granted':
      return words.access_granted(who);
    case 'access_declined':
      return words.access_declined;
    case 'proposal_asked':
      return words.proposal_asked(who);
    case 'proposal_made':
      return words.proposal_made(who);
    case 'proposal_declined':
      return words.proposal_declined(who);
    default:
      return words.mention(who);
  }
}

/** What was already done about notifications in this window: their words in the corner, and taking note of them. */
export class Handled {
  readonly #toasts = new Map<string, () => void>();
  readonly #asked = new Set<string>();

  shown(id: string, dismiss: () => void): void {
    this.#toasts.set(id, dismiss);
  }

  /** Whoever looks at the ticket has been told. True the first time; its word in the corner goes. */
  seen(id: string): boolean {
    this.#toasts.get(id)?.();
    this.#toasts.delete(id);
    if (this.#asked.has(id)) return false;
    this.#asked.add(id);
    return true;
  }
}
