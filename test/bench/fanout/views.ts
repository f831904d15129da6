import { mask, type Actor, type MaskedRecord } from '../../../shared/access/index.ts';
import {
  addTo,
  compareIn,
  matches,
  parseView,
  type Totals,
  type ViewRequest,
} from '../../../shared/protocol/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { newOpenView } from '../../../server/fanout/openView.ts';
import type { Subscriber } from '../../../server/fanout/subscriber.ts';
import { DEAL, registry, userId, type Deals } from './world.ts';

/** What everybody has open: a list, their own, and one of these with everything about it. */
export const viewsOf = (n: number, deals: Deals, totals: boolean): Record<string, ViewRequest> => ({
  list: { object: 'deal', filter: { stage: 'qualified' }, sort: '-stage_since', limit: 200, totals },
  mine: { object: 'deal', filter: { owner: userId(n) }, limit: 50, totals },
  record: { object: 'deal', record: must(deals.own[n], 'a deal').id, totals: false },
});

/** Opens them as the store would answer; it is the fan-out that is measured here, not the reading. */
export function openAll(subscriber: Subscriber, n: number, deals: Deals, totals: boolean): void {
  for (const [id, request] of Object.entries(viewsOf(n, deals, totals))) {
    const view = parseView(DEAL, request);
    const from =
      request.record || id === 'mine'
        ? [must(deals.own[n], 'a deal'), ...deals.listed.flat()]
        : deals.listed.flat();
    const rows = from
      .flatMap((image) => mask(subscriber.actor, registry, DEAL, image) ?? [])
      .filter((record) => matches(view, record))
      .sort((a, b) => compareIn(view, a, b));
    subscriber.views.set(
      id,
      newOpenView(
        {
          id,
          view,
          ...(request.record === undefined ? {} : { record: { id: request.record, now: rows[0] ?? null } }),
          held: new Set(rows.map((row) => row.id)),
          totals: view.totals ? totalsOf(subscriber.actor, rows) : null,
          end: null,
          head: 0,
          pending: new Set(),
        },
        0,
      ),
    );
  }
}

function totalsOf(actor: Actor, rows: readonly MaskedRecord[]): Totals {
  const shown = actor.roles.some((role) => role.fields['deal']?.['amount'] !== 'hidden');
  const nothing: Totals = { count: 0, sum: shown ? { amount: 0 } : {}, groups: {} };
  return rows.reduce((totals, row) => addTo(totals, DEAL, row, 1), nothing);
}
