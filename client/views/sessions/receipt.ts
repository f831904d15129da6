import type { Receipt } from '../../../shared/protocol/index.ts';
import { t } from '../../words/index.ts';

/**
 * What a receipt says in one line: "3 of 3 nodes confirmed · 1 socket closed · 38 ms", and who has not confirmed, with
 * the time by which the end must hold there all the same.
 */
export function receiptWords(
  { ended, receipt: { nodes, pending } }: Receipt,
  timeOf: (iso: string) => string,
): string {
  if (ended === 0) return t.sessions.receipt_none;
  const sockets = nodes.reduce((sum, node) => sum + node.sockets, 0);
  const slowest_ms = Math.max(0, ...nodes.map((node) => node.ms));
  return [
    t.sessions.confirmed(nodes.length, nodes.length + pending.length),
    t.sessions.closed(sockets),
    ...(nodes.length > 0 ? [t.sessions.ms(slowest_ms)] : []),
    ...pending.map((node) => t.sessions.pending(node.id, timeOf(node.holds_by))),
  ].join(' · ');
}
