import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { Value } from '../../../shared/fields/index.ts';
import { change, commands } from '../../stores/commands.svelte.ts';
import { notify } from '../../stores/notice.ts';
import { session } from '../../stores/session.svelte.ts';
import { announce } from '../../ui/overlays/announcer.svelte.ts';
import { t } from '../../words/index.ts';
import { text } from '../../stores/values.ts';
import { firstName, nameOf } from '../names.ts';
import { w } from '../w.ts';

/** What people do with a ticket. Shown at once; comes back with words if the server refuses; can be taken back. */

const words = w.actions;

/** Gives it to a person, or to nobody. The team keeps it. */
export function assign(ticket: MaskedRecord, person: string | null): void {
  if (text(ticket, 'assignee') === person) return;
  const done = person === null ? words.unassigned_done : words.assigned(nameOf('user', person));
  void act(ticket, { assignee: person }, done);
}

/** Gives it to a team, or to none. Nobody in particular has it then. */
export function giveToTeam(ticket: MaskedRecord, team: string | null): void {
  if (text(ticket, 'team') === team) return;
  const done = team === null ? words.no_team_done : words.to_team(nameOf('team', team));
  void act(ticket, { team }, done, { preview: team === null ? {} : { assignee: null }, back: ['assignee'] });
}

/** Moves it to another queue: who works there takes it on. */
export function moveToQueue(ticket: MaskedRecord, queue: string): void {
  if (text(ticket, 'queue') === queue) return;
  void act(ticket, { queue }, words.to_queue(nameOf('queue', queue)), { back: ['team', 'assignee'] });
}

export function setStatus(ticket: MaskedRecord, status: string): void {
  if (text(ticket, 'status') === status) return;
  const former = text(ticket, 'status');
  const done =
    status === 'resolved'
      ? words.resolved
      : former === 'resolved'
        ? words.reopened
        : words.status_is(choiceLabel('status', status));
  void act(ticket, { status }, done);
}

export function setPriority(ticket: MaskedRecord, priority: string): void {
  if (text(ticket, 'priority') === priority) return;
  void act(ticket, { priority }, words.priority_is(choiceLabel('priority', priority)));
}

/** Adds or takes off one of a list: tags, people who work on it too. */
export function toggle(ticket: MaskedRecord, field: 'tags' | 'participants', id: string): void {
  const now = Array.isArray(ticket[field]) ? ticket[field].filter((one) => typeof one === 'string') : [];
  const next = now.includes(id) ? now.filter((one) => one !== id) : [...now, id];
  void change('ticket', ticket.id, { [field]: next });
}

/**
 * Takes a ticket that nobody has. It goes with the version on screen, so of two who claim at once the second is
 * refused, and told who has it.
 */
export async function claim(ticket: MaskedRecord): Promise<void> {
  const me = session.actor.userId;
  const outcome = await change('ticket', ticket.id, { assignee: me }, { quiet: true });
  if (outcome.ok) {
    const back = (): void => void change('ticket', ticket.id, { assignee: null });
    const action = { label: t.commands.undo, run: () => void commands.takeBack(outcome.key, back) };
    // Somebody may be faster while one is offline: then both are told of in the list of what waits.
    const title = outcome.waiting ? t.unsent.later(words.claimed) : words.claimed;
    announce(title);
    notify({ title, tone: 'good', action });
    return;
  }
  const { error } = outcome;
  // `current` is the record as this person may see it now (shared/protocol/errors.ts).
  const current = error.details.current as MaskedRecord | undefined;
  const winner = current?.['assignee'];
  if (typeof winner === 'string') {
    const text = words.faster_text(nameOf('user', winner));
    notify({ title: words.faster(firstName(winner)), text, tone: 'warn' });
  } else if (error.code === 'version_conflict' || error.code === 'not_found') {
    notify({ title: words.faster_gone, text: words.faster_gone_text, tone: 'warn' });
  } else notify({ title: words.not_claimed, text: t.errors.say(error), tone: 'bad', timeout_ms: 10_000 });
}

/** What a choice of a ticket's field is called. */
export const choiceLabel = (field: string, value: string): string =>
  session.registry.get('ticket').fields[field]?.choices.find((choice) => choice.value === value)?.label ??
  value;

interface How {
  /** What the server will set beside. */
  preview?: Record<string, Value>;
  /** Further fields to put back when it is taken back. */
  back?: string[];
}

async function act(
  { id, ...former }: MaskedRecord,
  values: Record<string, Value>,
  done: string,
  { preview, back = [] }: How = {},
): Promise<void> {
  announce(done);
  const outcome = await change('ticket', id, values, preview ? { preview } : {});
  if (!outcome.ok) return;
  // What went out of one's own reach cannot be taken back either.
  if (outcome.record === null && !outcome.waiting) {
    notify({ title: done, text: words.out_of_reach, tone: 'good' });
    return;
  }
  const fields = [...Object.keys(values), ...back].filter((name) => name in former);
  // What is in a record beside `may` are values, by the registry.
  const before = Object.fromEntries(fields.map((name) => [name, (former[name] ?? null) as Value]));
  const undo = (): void => void commands.takeBack(outcome.key, () => void change('ticket', id, before));
  notify({ title: done, tone: 'good', action: { label: t.commands.undo, run: undo } });
}
