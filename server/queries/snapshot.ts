import type { Actor, MaskedRecord } from '../../shared/access/index.ts';
import { must } from '../../shared/lib/must.ts';
import type { Totals, View } from '../../shared/protocol/index.ts';
import { transaction } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { readRows, readTotals, refuseUnreadable, toPage } from '../records/readView.ts';

/** A view at one moment, and exactly which events that moment contains: those up to `head`, and those of `pending`. */
export interface Moment {
  rows: MaskedRecord[];
  /** There are others after these. */
  more: boolean;
  /** Null where the view asks for none. */
  totals: Totals | null;
  head: number;
  /** Outbox ids that are committed, so contained in the rows, but have no seq yet. */
  pending: number[];
  epoch: string;
}

export { toPage };

/** The same, as much of it as one answer holds. */
export type Snapshot = Omit<Moment, 'more'> & { next: string | null };

/** @throws ApiError `field_not_readable` */
export async function snapshot(app: App, actor: Actor, view: View): Promise<Snapshot> {
  const { rows, more, ...rest } = await readMoment(app, actor, view);
  return { ...rest, ...toPage(view, { rows, more }) };
}

/**
 * As many rows as the view asks for, whatever room they take. `begin` is called just before the moment that is read:
 * whoever asks for the same until then may share it.
 * @throws ApiError `field_not_readable`
 */
export async function readMoment(
  app: App,
  actor: Actor,
  view: View,
  begin: () => void = () => undefined,
): Promise<Moment> {
  refuseUnreadable(actor, app.registry, view);
  return transaction(
    app.sql,
    async (tx) => {
      begin();
      const [rows, totals, [position]] = await Promise.all([
        readRows(tx, actor, app.registry, view),
        view.totals ? readTotals(tx, actor, app.registry, view) : null,
        tx<{ head: number; epoch: string; pending: number[] }[]>`
          select seq as head, log_epoch() as epoch, array(select o.id from outbox o where o.id > h.floor order by o.id) as pending
          from event_head h
        `,
      ]);
      return { ...rows, totals, ...must(position, 'the head of the log') };
    },
    { isolation: 'snapshot' },
  );
}
