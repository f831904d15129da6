import { isEmpty } from '../../stores/values.ts';
import type { HistoryEntry } from '../../../shared/protocol/index.ts';
import type { ThreadWords } from './words.ts';

/** What happened to a ticket beside what was said, as one quiet line. */
export interface TicketEvent {
  key: string;
  /** ISO. */
  at: string;
  sort: 'opened' | 'moved' | 'assigned' | 'resolved' | 'status' | 'priority';
  what: string;
}

/** What ids are called, and how choices are labelled. */
export interface EventLook {
  name(object: string, id: string): string;
  choice(field: string, value: string): string;
}

/**
 * The lines of a ticket's history that belong between what was said: who has it, where it is, how it stands. Its other
 * changes are in the history itself. What the answer to a message moves is not in the history, so it makes no lines.
 */
export function ticketEvents(
  entries: readonly HistoryEntry[],
  look: EventLook,
  w: ThreadWords,
): TicketEvent[] {
  return entries.flatMap((entry) => {
    const lines = linesOf(entry, look, w);
    return lines.map(({ sort, what }, i) => ({ key: `h${entry.seq}.${i}`, at: entry.at, sort, what }));
  });
}

type Line = Pick<TicketEvent, 'sort' | 'what'>;

function linesOf({ op, actor, changes }: HistoryEntry, look: EventLook, w: ThreadWords): Line[] {
  const who = actor === null ? w.events.program : look.name('user', actor);
  if (op === 'create')
    return [{ sort: 'opened', what: actor === null ? w.events.opened : w.events.opened_by(who) }];
  if (op !== 'update') return [];
  const lines: Line[] = [];
  const { queue, assignee, team, status, priority } = changes;
  if (queue)
    lines.push({ sort: 'moved', what: w.events.queue(who, named(look, 'queue', queue[0]), named(look, 'queue', queue[1])) }); // prettier-ignore
  if (team && !queue) lines.push({ sort: 'moved', what: teamLine(team[1], who, look, w) });
  // In another queue or team it has nobody yet: that goes without saying.
  if (assignee && !(isEmpty(assignee[1]) && lines.length > 0))
    lines.push({ sort: 'assigned', what: assigned(assignee, actor, who, look, w) });
  if (status) lines.push(statusLine(status[1], who, w));
  if (priority && typeof priority[1] === 'string' && !isEmpty(priority[0]))
    lines.push({ sort: 'priority', what: w.events.priority(who, look.choice('priority', priority[1])) });
  return lines;
}

const named = (look: EventLook, object: string, id: unknown): string =>
  typeof id === 'string' ? look.name(object, id) : '—';

const teamLine = (to: unknown, who: string, look: EventLook, w: ThreadWords): string =>
  isEmpty(to) ? w.events.no_team(who) : w.events.team(who, named(look, 'team', to));

function assigned(
  [from, to]: readonly [unknown, unknown],
  actor: string | null,
  who: string,
  look: EventLook,
  w: ThreadWords,
): string {
  if (isEmpty(to)) return w.events.released(who, named(look, 'user', from));
  return to === actor ? w.events.took(who) : w.events.gave(who, named(look, 'user', to));
}

function statusLine(to: unknown, who: string, w: ThreadWords): Line {
  if (to === 'resolved') return { sort: 'resolved', what: w.events.resolved(who) };
  return { sort: 'status', what: to === 'pending' ? w.events.pending(who) : w.events.reopened(who) };
}
