import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { HistoryEntry } from '../../../shared/protocol/index.ts';
import { valueText, type Lookup } from '../fields/text.ts';
import { stageOf } from '../stages.ts';
import { isEmpty, num, text } from '../values.ts';
import type { RecordWords } from '../words.ts';

/** One line of a timeline: somebody did something at some time. */
export interface Moment {
  key: string;
  /** ISO. */
  at: string;
  /** What it is about, which decides its sign. */
  sort: 'moved' | 'won' | 'lost' | 'edited' | 'handed' | 'created' | 'deleted' | 'restored' | 'call' | 'email' | 'meeting' | 'task' | 'note'; // prettier-ignore
  /** Who did it; null for the program itself, or where nobody says. */
  who: string | null;
  /** What was done, to be read after the name. */
  what: string;
  /** What was said. */
  body: string | null;
}

/** How a record's history reads, newest first as it came: a line for each thing that somebody changed. */
export function historyMoments(
  object: ObjectDef,
  entries: readonly HistoryEntry[],
  look: Lookup,
  w: RecordWords,
): Moment[] {
  return entries.flatMap((entry) => {
    const lines = linesOf(object, entry, look, w);
    return lines.map(({ sort, what }, i) => ({
      key: `h${entry.seq}.${i}`,
      at: entry.at,
      sort,
      who: entry.actor,
      what,
      body: null,
    }));
  });
}

type Line = Pick<Moment, 'sort' | 'what'>;

function linesOf(
  object: ObjectDef,
  { op, actor, changes }: HistoryEntry,
  look: Lookup,
  w: RecordWords,
): Line[] {
  if (op === 'create') return [{ sort: 'created', what: w.time.created }];
  if (op === 'delete') return [{ sort: 'deleted', what: w.time.deleted }];
  if (op === 'restore') return [{ sort: 'restored', what: w.time.restored }];
  const told = new Set<string>();
  const lines: Line[] = [];
  const take = (field: string): readonly [unknown, unknown] | undefined => {
    const change = changes[field];
    if (change) told.add(field);
    return change;
  };

  const stage = take('stage');
  if (stage) {
    const line = moved(stage, take('lost_reason')?.[1], look, w);
    lines.push(line);
  }
  const owner = take('owner');
  if (owner) {
    lines.push({ sort: 'handed', what: handed(owner[1], actor, look, w) });
    // The team follows its owner; that is not news.
    take('team');
  }
  for (const [name, [before, after]] of Object.entries(changes)) {
    const field = object.fields[name];
    if (!field || field.system || told.has(name)) continue;
    lines.push({ sort: 'edited', what: edited(field, before, after, look, w) });
  }
  return lines;
}

function moved(
  [before, after]: readonly [unknown, unknown],
  why: unknown,
  look: Lookup,
  w: RecordWords,
): Line {
  const name = (key: unknown) =>
    stageOf(look.stages, typeof key === 'string' ? key : null)?.name ?? String(key ?? '');
  const kind = stageOf(look.stages, String(after))?.kind;
  if (isEmpty(before)) return { sort: 'moved', what: w.time.put(name(after)) };
  if (kind === 'won') return { sort: 'won', what: w.time.won(name(before)) };
  if (kind === 'lost')
    return { sort: 'lost', what: w.time.lost(name(before), isEmpty(why) ? '' : String(why)) };
  return { sort: 'moved', what: w.time.moved(name(before), name(after)) };
}

function handed(to: unknown, actor: string | null, look: Lookup, w: RecordWords): string {
  if (typeof to !== 'string') return w.time.unowned;
  return to === actor ? w.time.took : w.time.handed(look.name('user', to));
}

function edited(field: Field, before: unknown, after: unknown, look: Lookup, w: RecordWords): string {
  const { time } = w;
  if (field.kind === 'longtext')
    return isEmpty(after) ? time.emptied(field.label) : time.rewrote(field.label);
  if (field.kind === 'relations' && Array.isArray(before) && Array.isArray(after)) {
    const names = (ids: unknown[]) => valueText(field, ids, look);
    const came = after.filter((id) => !before.includes(id));
    const went = before.filter((id) => !after.includes(id));
    return [came.length > 0 ? time.added(names(came)) : '', went.length > 0 ? time.removed(names(went)) : '']
      .filter(Boolean)
      .join(', ');
  }
  const [from, to] = [valueText(field, before, look), valueText(field, after, look)];
  if (from === '') return time.set(field.label, to);
  return to === '' ? time.cleared(field.label, from) : time.changed(field.label, from, to);
}

/** Whether an activity is still to be done. */
export const isPlanned = (activity: MaskedRecord): boolean =>
  text(activity, 'done_at') === null &&
  (text(activity, 'due_at') !== null || text(activity, 'kind') === 'task');

/** When an activity took place, as far as anyone said. */
const happenedAt = (activity: MaskedRecord): string => text(activity, 'done_at') ?? activity.created_at;

/** Activities that took place, as lines: "called Tilo Brandt, 24 min". */
export function activityMoments(activities: readonly MaskedRecord[], look: Lookup, w: RecordWords): Moment[] {
  return activities
    .filter((activity) => !isPlanned(activity))
    .map((activity) => ({
      key: activity.id,
      at: happenedAt(activity),
      sort: sortOf(text(activity, 'kind')),
      who: text(activity, 'assignee'),
      what: said(activity, look, w),
      body: text(activity, 'body'),
    }));
}

const sortOf = (kind: string | null): Moment['sort'] =>
  kind === 'call' || kind === 'email' || kind === 'meeting' || kind === 'task' ? kind : 'note';

function said(activity: MaskedRecord, look: Lookup, w: RecordWords): string {
  const { time } = w;
  const subject = text(activity, 'subject') ?? '';
  const contact = text(activity, 'contact');
  const whom = contact === null ? null : look.name('contact', contact);
  const minutes = num(activity, 'duration_min');
  const lasted = minutes === null ? '' : `, ${time.minutes(minutes)}`;
  // "Called Tilo Brandt" adds nothing to a sentence that says so already.
  const about = (what: string) =>
    whom !== null && subject.includes(whom) ? what : time.about(what, subject);
  switch (text(activity, 'kind')) {
    case 'call':
      return about((whom ? time.called(whom) : time.called_nobody) + lasted);
    case 'meeting':
      return about((whom ? time.met(whom) : time.met_nobody) + lasted);
    case 'email':
      return time.wrote(subject);
    case 'task':
      return time.did(subject);
    default:
      // A note whose text begins with its subject is told by its text alone.
      return text(activity, 'body')?.startsWith(subject) ? time.wrote_note : time.noted(subject);
  }
}

/** Everything in one order, newest first; of the same moment, as given. */
export function merge(...lists: readonly (readonly Moment[])[]): Moment[] {
  return lists.flat().sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}
