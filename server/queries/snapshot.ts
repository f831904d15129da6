import type { Actor, MaskedRecord } from '../../shared/access/index.ts';
import { must } from '../../shared/lib/must.ts';
import type { Totals, View } from '../../shared/protocol/index.ts';
import { transaction } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { readPage, readTotals, refuseUnreadable } from '../records/readView.ts';

/** A view at one moment, and exactly which events that moment contains: those up to `head`, and those of `pending`. */
export interface Snapshot {
  rows: MaskedRecord[];
  next: string | null;
  /** Null where the view asks for none. */
  totals: Totals | null;
  head: number;
  /** Outbox ids that are committed, so contained in the rows, but have no seq yet. */
  pending: number[];
  epoch: string;
}

/** @throws ApiError `field_not_readable` */
export async function snapshot(app: App, actor: Actor, view: View): Promise<Snapshot> {
  refuseUnreadable(actor, app.registry, view);
  return transaction(
    app.sql,
    async (tx) => {
      const [page, totals, [position]] = await Promise.all([
        readPage(tx, actor, app.registry, view),
        view.totals ? readTotals(tx, actor, app.registry, view) : null,
        tx<{ head: number; epoch: string; pending: number[] }[]>`
          select seq as head, log_epoch() as epoch, array(select o.id from outbox o where o.id > h.floor order by o.id) as pending
          from event_head h
        `,
      ]);
      return { ...page, totals, ...must(position, 'the head of the log') };
    },
    { isolation: 'snapshot' },
  );
}
