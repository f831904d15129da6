import type { MaskedRecord } from '../../../shared/access/index.ts';
import { isoDate, MINUTE_ms } from '../../../shared/lib/time.ts';
import type { Outgoing } from '../../stores/outgoing.svelte.ts';
import { ids, text } from '../../stores/values.ts';
import type { TicketEvent } from './events.ts';

/** Something said, to the customer or among ourselves. */
export interface Said {
  type: 'message' | 'note';
  key: string;
  /** ISO. */
  at: string;
  from: 'customer' | 'us';
  /** The person of ours; null for the customer. */
  author: string | null;
  name: string | null;
  body: string;
  mentions: readonly string[];
  /** Null once it is in the thread. */
  pending: Outgoing | null;
  /** The other side has read it. */
  read: boolean;
  /** First and last of what one person said in one go: where the face and the time stand. */
  first: boolean;
  last: boolean;
}
export type Item =
  | Said
  | { type: 'day'; key: string; at: string }
  | ({ type: 'event' } & Omit<TicketEvent, 'key'> & { key: string });

export interface Source {
  rows: readonly MaskedRecord[];
  /** There are older ones that are not loaded. */
  hasMore: boolean;
}
export interface ThreadParts {
  messages: Source;
  notes: Source;
  events: { list: readonly TicketEvent[]; hasMore: boolean; oldest: string | null };
  outgoing: readonly Outgoing[];
  /** The person who looks. */
  me: string;
  seenByUs: string | null;
  seenByCustomer: string | null;
}

/** What one person says within so long is one go. */
const TOGETHER_ms = 5 * MINUTE_ms;

/** A thread from its parts, oldest first, days between. Only as far back as all of them are loaded, so without holes. */
export function threadItems(parts: ThreadParts): Item[] {
  const floor = floorOf(parts);
  const said = [...saidIn(parts), ...pendingIn(parts)];
  const events = parts.events.list.map((event) => ({ type: 'event' as const, ...event }));
  const all = [...said, ...events.filter((event) => !goesWithoutSaying(event, said))]
    .filter(({ at }) => at >= floor)
    .sort(byTime);
  return withDays(together(all));
}

/** A ticket that begins with what the customer wrote need not say that it was opened. */
const goesWithoutSaying = (event: Pick<TicketEvent, 'sort' | 'at'>, said: readonly Said[]): boolean =>
  event.sort === 'opened' &&
  said.some(
    ({ from, at }) => from === 'customer' && Math.abs(Date.parse(at) - Date.parse(event.at)) < MINUTE_ms,
  );

/** Whether something older can be loaded. */
export const hasOlder = ({ messages, notes, events }: ThreadParts): boolean =>
  messages.hasMore || notes.hasMore || events.hasMore;

/** Before this, something may be missing between what is there. */
function floorOf({ messages, notes, events }: ThreadParts): string {
  const oldest = (source: Source) => (source.hasMore ? (source.rows.at(-1)?.created_at ?? '') : '');
  const floors = [oldest(messages), oldest(notes), events.hasMore ? (events.oldest ?? '') : ''];
  return floors.reduce((a, b) => (a > b ? a : b));
}

function saidIn({ messages, notes, seenByUs, seenByCustomer }: ThreadParts): Said[] {
  const shared = { pending: null, first: true, last: true };
  return [
    ...messages.rows.map((row): Said => {
      const from = text(row, 'from') === 'us' ? 'us' : 'customer';
      const seen = from === 'us' ? seenByCustomer : seenByUs;
      return {
        ...shared,
        type: 'message',
        key: row.id,
        at: row.created_at,
        from,
        author: text(row, 'author'),
        name: text(row, 'author_name'),
        body: text(row, 'body') ?? '',
        mentions: [],
        read: seen !== null && row.created_at <= seen,
      };
    }),
    ...notes.rows.map((row): Said => ({
      ...shared,
      type: 'note',
      key: row.id,
      at: row.created_at,
      from: 'us',
      author: text(row, 'author'),
      name: null,
      body: text(row, 'body') ?? '',
      mentions: ids(row, 'mentions'),
      read: false,
    })),
  ];
}

/** What is on its way, as long as it is not in the thread: the socket may be faster than the answer. */
function pendingIn({ outgoing, messages, notes, me }: ThreadParts): Said[] {
  const newest = [messages.rows[0], notes.rows[0]].reduce(
    (max, row) => later(max, row?.created_at ?? ''),
    '',
  );
  const taken = new Set<string>();
  return outgoing.flatMap((one): Said[] => {
    const rows = one.kind === 'note' ? notes.rows : messages.rows;
    const arrived = rows.find((row) => !taken.has(row.id) && isIt(one, row, me));
    if (arrived) {
      taken.add(arrived.id);
      return [];
    }
    const type = one.kind === 'note' ? 'note' : 'message';
    // Last, even where the clocks of here and there differ.
    const at = later(one.at, newest);
    const { key, body, mentions } = one;
    return [{ type, key, at, from: 'us', author: me, name: null, body, mentions, pending: one, read: false, first: true, last: true }]; // prettier-ignore
  });
}

const isIt = (one: Outgoing, row: MaskedRecord, me: string): boolean =>
  one.id === null
    ? one.state === 'sending' && row.created_at > one.after && text(row, 'author') === me && text(row, 'body') === one.body
    : row.id === one.id; // prettier-ignore

const later = (a: string, b: string): string => (a > b ? a : b);

const byTime = (a: { at: string; key: string }, b: { at: string; key: string }): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1;

type Line = Exclude<Item, { type: 'day' }>;

function together(lines: readonly Line[]): Line[] {
  return lines.map((line, i) =>
    line.type === 'event'
      ? line
      : { ...line, first: !joins(lines[i - 1], line), last: !joins(line, lines[i + 1]) },
  );
}

/** Two messages of one person in one go; a note stands for itself, and so does what could not be sent. */
function joins(a: Line | undefined, b: Line | undefined): boolean {
  if (a?.type !== 'message' || b?.type !== 'message') return false;
  if (a.from !== b.from || a.author !== b.author || a.read !== b.read) return false;
  if (a.pending?.state !== b.pending?.state || a.pending?.state === 'refused') return false;
  return Date.parse(b.at) - Date.parse(a.at) < TOGETHER_ms && dayOf(a.at) === dayOf(b.at);
}

function withDays(lines: readonly Line[]): Item[] {
  return lines.flatMap((line, i): Item[] => {
    const before = lines[i - 1];
    const day = dayOf(line.at);
    return before && dayOf(before.at) === day ? [line] : [{ type: 'day', key: day, at: line.at }, line];
  });
}

const dayOf = (at: string): string => isoDate(new Date(at));
