import type { Image } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import type { Values } from '../columns.ts';
import { factsFor, lockImages } from '../parts.ts';
import type { Behaviour, Draft, Work, Written } from './behaviour.ts';

const PREVIEW_CHARACTERS = 140;

/** What was said: it moves its ticket. Of ours the customer waits no longer; theirs open it again. */
export const message: Behaviour = {
  async prepare(work, drafts) {
    await belong(work, drafts, (draft, ticket, author) => {
      const { values } = draft;
      values['from'] ??= work.actorId === null ? 'customer' : 'us';
      if (values['from'] === 'us') {
        values['author'] ??= work.actorId;
        values['author_name'] ??= author;
      } else values['author_name'] ??= ticket['customer_name'] ?? null;
    });
  },
  restore: refuseInTheBin,
  async follow(work, written) {
    await moveTickets(work, written, (ticket, { after }) => said(ticket, after));
  },
};

/** What we say among ourselves: its ticket shows it to whoever may read notes, and those mentioned are told. */
export const note: Behaviour = {
  async prepare(work, drafts) {
    await belong(work, drafts, (draft) => {
      draft.values['author'] ??= work.actorId;
    });
  },
  restore: refuseInTheBin,
  async follow(work, written) {
    await moveTickets(work, written, (ticket, { after }) => ({
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
  complete: (draft: Draft, ticket: Image, author: string | null) => void,
): Promise<void> {
  const fresh = drafts.filter(({ before }) => before === null);
  if (fresh.length === 0) return;
  const object = work.registry.get('ticket');
  const tickets = await lockImages(work.tx, object, [...new Set(fresh.map(ticketOf))]);
  const known = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const author = await nameOf(work);
  for (const draft of fresh) {
    const ticket = known.get(ticketOf(draft));
    if (!ticket || ticket.deleted_at !== null) throw invalid({ ticket: 'No such ticket' });
    Object.assign(draft.values, factsFor(work.object, object, ticket));
    complete(draft, ticket, author);
  }
}

const ticketOf = ({ values }: Draft): string => {
  const id = values['ticket'];
  if (typeof id !== 'string') throw invalid({ ticket: 'Required' });
  return id;
};

async function nameOf({ tx, actorId }: Work): Promise<string | null> {
  if (actorId === null) return null;
  const [person] = await tx<{ name: string }[]>`select name from user_account where id = ${actorId}`;
  return person?.name ?? null;
}

/** Each ticket once, with what all of its new messages together make of it. */
async function moveTickets(
  work: Work,
  written: readonly Written[],
  step: (ticket: Image, one: Written) => Values,
): Promise<void> {
  const object = work.registry.get('ticket');
  const fresh = written.filter(isNew);
  if (fresh.length === 0) return;
  const tickets = await lockImages(work.tx, object, [
    ...new Set(fresh.map(({ after }) => String(after['ticket']))),
  ]);
  for (const ticket of tickets) {
    const values: Values = {};
    const ours = fresh.filter(({ after }) => after['ticket'] === ticket.id);
    for (const one of ours) Object.assign(values, step({ ...ticket, ...values }, one));
    const last = must(ours.at(-1), 'a message').after;
    await work.change(object, ticket.id, values, last.created_at);
  }
}

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
function preview(said: Image): string {
  const line = String(said['body']).replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= PREVIEW_CHARACTERS
    ? line
    : `${characters.slice(0, PREVIEW_CHARACTERS - 1).join('')}…`;
}

async function refuseInTheBin({ tx, registry }: Work, record: Image): Promise<void> {
  const [ticket] = await lockImages(tx, registry.get('ticket'), [String(record['ticket'])]);
  if (ticket?.deleted_at !== null) throw invalid({ ticket: 'It is in the bin: bring it back first' });
}

const isNew = ({ before }: Written): boolean => before === null;
const ids = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
