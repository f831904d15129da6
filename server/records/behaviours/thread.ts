import type { Image } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { firstName } from '../../../shared/lib/names.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import type { Tx } from '../../db/transaction.ts';
import type { Values } from '../columns.ts';
import { factsFor, lockImages } from '../parts.ts';
import type { Behaviour, Draft, Work, Written } from './behaviour.ts';

const PREVIEW_CHARACTERS = 140;

/** What was said: it moves its ticket. Of ours the customer waits no longer; theirs open it again. */
export const message: Behaviour = {
  async prepare(work, drafts) {
    await belong(work, drafts, (draft, author) => {
      const { values } = draft;
      values['from'] ??= work.actorId === null ? 'customer' : 'us';
      if (values['from'] === 'us') {
        values['author'] ??= work.actorId;
        values['author_name'] ??= author;
      }
    });
  },
  async follow(work, written) {
    await moveTickets(work, written, ['last_message_at', 'preview'], (ticket, { after }) =>
      said(ticket, after),
    );
  },
};

/** What we say among ourselves: its ticket shows it to whoever may read notes, and those mentioned are told. */
export const note: Behaviour = {
  async prepare(work, drafts) {
    await belong(work, drafts, (draft) => {
      draft.values['author'] ??= work.actorId;
    });
  },
  async follow(work, written) {
    await moveTickets(work, written, ['last_note_at', 'note_preview'], (ticket, { after }) => ({
      note_preview: preview(after),
      last_note_at: after.created_at,
      mentioned: [...new Set([...ids(ticket['mentioned']), ...ids(after['mentions'])])].slice(-50),
    }));
    if (work.past) return;
    const { registry, actorId } = work;
    const told = written.filter(isNew).flatMap(({ after }) =>
      ids(after['mentions'])
        .filter((user) => user !== actorId)
        .map((user) => ({ user, kind: 'mention', ticket: after['ticket'] ?? null, author: actorId })),
    );
    if (told.length > 0) await work.add(registry.get('notification'), told);
  },
};

/** Gives each the facts of its ticket, which is locked first so that they do not change in between. */
async function belong(
  work: Work,
  drafts: readonly Draft[],
  complete: (draft: Draft, author: string | null) => void,
): Promise<void> {
  const fresh = drafts.filter(({ before }) => before === null);
  if (fresh.length === 0) return;
  const object = work.registry.get('ticket');
  const tickets = await lockImages(work.tx, object, [...new Set(fresh.map(ticketOf))]);
  const known = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const author = await nameOf(work);
  const now = await clock(work.tx);
  for (const draft of fresh) {
    const ticket = known.get(ticketOf(draft));
    if (!ticket || ticket.deleted_at !== null) throw invalid({ ticket: 'No such ticket' });
    Object.assign(draft.values, factsFor(work.object, object, ticket));
    if (!work.past) draft.at = after(draft.at, ticket, now);
    complete(draft, author);
  }
}

/**
 * The moment of a line: read once the ticket is held, and never that of the line before it. So a thread is in the order
 * in which its ticket learned of it, whoever began to write first.
 */
function after(at: string, ticket: Image, now: string): string {
  const times = [ticket['last_message_at'], ticket['last_note_at']].flatMap((last) =>
    typeof last === 'string' ? [Date.parse(last) + 1] : [],
  );
  return new Date(Math.max(Date.parse(at), Date.parse(now), ...times)).toISOString();
}

async function clock(tx: Tx): Promise<string> {
  const [row] = await tx<{ now: string }[]>`select clock_timestamp() as now`;
  return must(row, 'a time').now;
}

const ticketOf = ({ values }: Draft): string => {
  const id = values['ticket'];
  if (typeof id !== 'string') throw invalid({ ticket: 'Required' });
  return id;
};

/** The name that customers know the writer by. */
async function nameOf({ tx, actorId }: Work): Promise<string | null> {
  if (actorId === null) return null;
  const [person] = await tx<{ name: string }[]>`select name from user_account where id = ${actorId}`;
  return person ? firstName(person.name) : null;
}

/**
 * Each ticket once, with what all of its new lines together make of it. One from elsewhere that shows the last of them
 * already (see `shownOf`) is not moved: how it stands is told with it.
 */
async function moveTickets(
  work: Work,
  written: readonly Written[],
  [last, shown]: readonly ['last_message_at', 'preview'] | readonly ['last_note_at', 'note_preview'],
  step: (ticket: Image, one: Written) => Values,
): Promise<void> {
  const object = work.registry.get('ticket');
  const fresh = written.filter(isNew);
  if (fresh.length === 0) return;
  const tickets = await lockImages(work.tx, object, [
    ...new Set(fresh.map(({ after }) => String(after['ticket']))),
  ]);
  const byTicket = new Map<unknown, Written[]>();
  for (const one of fresh)
    byTicket.set(one.after['ticket'], [...(byTicket.get(one.after['ticket']) ?? []), one]);
  for (const ticket of tickets) {
    const values: Values = {};
    const ours = byTicket.get(ticket.id) ?? [];
    const latest = must(ours.at(-1), 'a message').after;
    if (work.past && ticket[last] === latest.created_at && ticket[shown] === preview(latest)) continue;
    for (const one of ours) Object.assign(values, step({ ...ticket, ...values }, one));
    // That it was opened again belongs into its history; what the thread shows of itself does not.
    const keep = 'status' in values && values['status'] !== ticket['status'];
    await work.change(object, ticket.id, values, { at: latest.created_at, keep });
  }
}

/**
 * What a ticket shows of a thread that comes with it from elsewhere, as if its lines had been written one by one. How
 * the ticket stands is what it says itself, where it says anything.
 */
export function shownOf(
  { status = null, first_replied_at = null }: Values,
  lines: readonly { from: 'customer' | 'us'; body: string; at: string }[],
): Values {
  const shown: Values = { status, first_replied_at };
  for (const { from, body, at } of lines) {
    const line = { id: '', version: 1, deleted_at: null, created_at: at, from, body };
    Object.assign(shown, said({ ...line, ...shown }, line));
  }
  if (status === null || status === 'open') return { ...shown, status: status ?? shown['status'] ?? 'open' };
  return { ...shown, status, waiting_since: null, seen_by_us_at: shown['last_message_at'] ?? null };
}

/** The same of a note. */
export const notedOf = ({ body, at }: { body: string; at: string }): Values => ({
  note_preview: preview({ body }),
  last_note_at: at,
});

function said(ticket: Image, message: Image): Values {
  const at = message.created_at;
  const common = { preview: preview(message), preview_from: message['from'] ?? null, last_message_at: at };
  if (message['from'] === 'customer')
    return {
      ...common,
      status: 'open',
      waiting_since: ticket['waiting_since'] ?? at,
      seen_by_customer_at: at,
    };
  return {
    ...common,
    status: ticket['status'] === 'open' ? 'pending' : (ticket['status'] ?? null),
    waiting_since: null,
    first_replied_at: ticket['first_replied_at'] ?? at,
    seen_by_us_at: at,
  };
}

/** The beginning, as one line of whole characters. */
function preview(said: { body?: unknown; [other: string]: unknown }): string {
  const line = String(said['body']).replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= PREVIEW_CHARACTERS
    ? line
    : `${characters.slice(0, PREVIEW_CHARACTERS - 1).join('')}…`;
}

const isNew = ({ before }: Written): boolean => before === null;
const ids = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
