import { malformed, notFound, parseView, unavailable } from '../../shared/protocol/index.ts';
import type { MoreAnswer, MoreRequest, OpenAnswer, OpenRequest, View } from '../../shared/protocol/index.ts';
import { listRecords } from '../queries/listRecords.ts';
import { readMoment, toPage, type Moment } from '../queries/snapshot.ts';
import { stillIn } from '../queries/stillIn.ts';
import { differences, hadBy, holds, missing, pageLength, readLimit } from './differences.ts';
import { mayHold } from './flood.ts';
import type { LiveNode } from './node.ts';
import { newOpenView, type OpenView } from './openView.ts';
import type { Subscriber } from './subscriber.ts';

/** Rights may change while we read; so often is reading tried again before the client is asked to. */
const ATTEMPTS = 5;
const MUTE_MAX_ms = 2_000;

/**
 * Opens a view: events of this socket wait from before the snapshot is read until after it has been handed to
 * `answer`, so the client always gets position, snapshot and later events in this order. Who says what they hold of it
 * from before a break gets the differences (differences.ts).
 * @throws ApiError – unreadable fields, bad filters, a shut gate
 */
export async function open(
  node: LiveNode,
  subscriber: Subscriber,
  request: OpenRequest,
  answer: (answer: OpenAnswer) => void,
): Promise<void> {
  parse(node, request);
  await behind(node, subscriber, async () => {
    const { view, had, moment, page, later } = await current(node, subscriber, async () => {
      const view = parse(node, request);
      const had = hadBy(request, node.epoch);
      const moment = await read(node, subscriber, request, { ...view, limit: readLimit(view.limit, had) });
      // Restored, and this node has not noticed: positions of one life mean nothing in another.
      if (moment.epoch !== node.epoch) return (await node.pulse(), null);
      const page = toPage(view, firstOf(moment, pageLength(moment.rows, view.limit, had)), (row) =>
        holds(had, row),
      );
      const later =
        page.next === null ? [] : await stillIn(node.app, subscriber.actor, view, missing(page.rows, had));
      return { view, had, moment, page, later };
    });
    // What was queued before stands in the snapshot already, or was undone in it: it must not arrive after it.
    node.outbound.flush();
    const { record } = request.view;
    const open: Omit<OpenView, 'flood'> = {
      id: request.id,
      view,
      ...(record === undefined ? {} : { record: { id: record, now: page.rows[0] ?? null } }),
      held: new Set(page.rows.map((row) => row.id)),
      totals: moment.totals,
      end: page.next === null ? null : (page.rows.at(-1) ?? null),
      head: moment.head,
      pending: new Set(moment.pending),
    };
    subscriber.views.set(request.id, newOpenView(open, node.now_ms()));
    mayHold(subscriber, view.object, page.rows);
    answer({
      ok: true,
      ...(had ? differences(page.rows, had, later) : { rows: page.rows, reset: true as const }),
      ...(moment.totals ? { totals: moment.totals } : {}),
      ...(page.next ? { next: page.next } : {}),
      cursor: node.cursor(subscriber),
    });
    node.presence.viewsChanged(subscriber, 'opened');
    if (record !== undefined) node.presence.reopened(subscriber, record);
  });
}

/** The rows after those loaded; they are held from now on like the first ones. */
export async function more(
  node: LiveNode,
  subscriber: Subscriber,
  request: MoreRequest,
  answer: (answer: MoreAnswer) => void,
): Promise<void> {
  await behind(node, subscriber, async () => {
    const page = await current(node, subscriber, () => {
      const open = subscriber.views.get(request.id);
      if (!open) throw notFound();
      const limit = request.limit ?? open.view.limit;
      return listRecords(node.app, subscriber.actor, { ...open.view, limit }, { cursor: request.after });
    });
    const open = subscriber.views.get(request.id);
    if (!open) throw notFound();
    for (const row of page.rows) open.held.add(row.id);
    mayHold(subscriber, open.view.object, page.rows);
    open.end = page.next === null ? null : (page.rows.at(-1) ?? open.end);
    answer({
      ok: true,
      rows: page.rows,
      ...(page.next ? { next: page.next } : {}),
      cursor: node.cursor(subscriber),
    });
  });
}

export function close(node: LiveNode, subscriber: Subscriber, id: string): void {
  subscriber.views.delete(id);
  subscriber.totalsOf.delete(id);
  node.presence.viewsChanged(subscriber, 'closed');
}

async function behind(node: LiveNode, subscriber: Subscriber, work: () => Promise<void>): Promise<void> {
  subscriber.opening++;
  try {
    await work();
  } finally {
    subscriber.opening--;
    if (!subscriber.closed) node.drain(subscriber);
  }
}

// Anew at each attempt: the organisation may have got another field meanwhile.
function parse({ app }: LiveNode, request: OpenRequest): View {
  const object = app.registry.find(request.view.object);
  if (!object) throw malformed('There is no such object', { object: 'Unknown' });
  return parseView(object, request.view);
}

/** Equal views under equal rights are read together: a person's windows all come back at the same moment. */
function read(
  node: LiveNode,
  { actor }: Subscriber,
  { view: { limit: _, ...asked } }: OpenRequest,
  view: View,
): Promise<Moment> {
  // Fields are only ever added, so that their number says which are known.
  const fields = Object.keys(view.object.fields).length;
  const key = JSON.stringify([actor.fingerprint, fields, view.limit, asked]);
  return node.reads.ask(key, (begin) => readMoment(node.app, actor, view, begin));
}

const firstOf = ({ rows, more }: Pick<Moment, 'rows' | 'more'>, length: number) => ({
  rows: rows.slice(0, length),
  more: more || rows.length > length,
});

/** What `read` answers under the rights of now: read again where they changed meanwhile, or it answers null. */
async function current<T>(node: LiveNode, subscriber: Subscriber, read: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await heard(subscriber);
    // A client that does not read its answers is given no further ones.
    if (subscriber.muted || subscriber.outlet.congested()) break;
    const { generation, actor } = subscriber;
    const result = await read();
    if (result === null || subscriber.generation !== generation || subscriber.actor !== actor) continue;
    if (node.outbound.open(subscriber)) return result;
    break;
  }
  throw unavailable();
}

/** Waits until the subscriber's rights are known again. */
async function heard(subscriber: Subscriber): Promise<void> {
  for (let waited_ms = 0; subscriber.muted && waited_ms < MUTE_MAX_ms; waited_ms += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
