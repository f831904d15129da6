import type { Actor, MaskedRecord } from '../../shared/access/index.ts';
import { parseView, THREAD_MAX } from '../../shared/protocol/index.ts';
import type { App } from '../lib/app.ts';
import { findRecord } from './findRecord.ts';
import { listRecords } from './listRecords.ts';

/** A message or a note of a thread. */
export type Said = MaskedRecord & { kind: 'reply' | 'note' };

/**
 * What was said in a ticket, the notes among it, as far as the actor may read either: the latest 500, oldest first.
 * Null alike for a ticket that is not there and one that is not theirs to see.
 */
export async function readThread(app: App, actor: Actor, ticketId: string): Promise<Said[] | null> {
  const ticket = await findRecord(app, actor, app.registry.get('ticket'), ticketId);
  if (!ticket) return null;
  const may = (...actions: ('read_thread' | 'reply' | 'note')[]) =>
    actions.some((action) => ticket.may.actions.includes(action));
  const pages = await Promise.all([
    may('read_thread', 'reply') ? latest(app, actor, 'reply', ticketId) : NOTHING,
    may('note') ? latest(app, actor, 'note', ticketId) : NOTHING,
  ]);
  // Where one of them does not reach back to the beginning, the other must not seem to be all there was.
  const from =
    pages
      .map(({ since }) => since)
      .sort()
      .at(-1) ?? '';
  return pages
    .flatMap(({ rows }) => rows)
    .filter(({ created_at }) => created_at >= from)
    .sort((a, b) => (inOrder(a) < inOrder(b) ? -1 : 1))
    .slice(-THREAD_MAX);
}

interface Latest {
  rows: Said[];
  /** The moment of the earliest row, if there are earlier ones; else ''. */
  since: string;
}

const NOTHING: Latest = { rows: [], since: '' };

async function latest(app: App, actor: Actor, kind: Said['kind'], ticketId: string): Promise<Latest> {
  const object = app.registry.get(kind === 'reply' ? 'message' : 'note');
  const view = parseView(object, { filter: { ticket: ticketId }, sort: '-created_at', limit: THREAD_MAX });
  const { rows, next } = await listRecords(app, actor, view);
  return {
    rows: rows.map((row) => ({ ...row, kind })),
    since: next === null ? '' : (rows.at(-1)?.created_at ?? ''),
  };
}

const inOrder = ({ created_at, id }: MaskedRecord): string => `${created_at} ${id}`;
