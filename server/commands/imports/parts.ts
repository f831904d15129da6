import { newId } from '../../../shared/lib/ids.ts';
import { notedOf, shownOf } from '../../records/behaviours/thread.ts';
import type { Values } from '../../records/columns.ts';
import type { Addition } from '../records/addRecords.ts';
import type { Draft } from './job.ts';

/** Parts that come with a new record, by object. */
export type NewParts = Record<string, Addition[]>;

/** The moment a new record came to be: as told, else the first thing that is told of it, else now. */
export const momentOf = ({ createdAt, told }: Draft, now: string): string =>
  createdAt ??
  Object.values(told)
    .filter((at) => typeof at === 'string')
    .toSorted()[0] ??
  now;

/** What is said in the parts of a new record, and what the record shows of it. */
export function partsOf(draft: Draft, object: string, id: string, at: string, values: Values) {
  const parts: NewParts = {};
  const add = (part: string, addition: Omit<Addition, 'id'>) =>
    (parts[part] ??= []).push({ id: newId(), ...addition });
  const textOf = (key: string) => draft.parts.find((one) => one.key === key)?.text;

  const lines: { from: 'customer' | 'us'; body: string; at: string }[] = [];
  const [asked, answered, note] = [textOf('message.customer'), textOf('message.us'), textOf('note')];
  if (asked !== undefined) lines.push({ from: 'customer', body: asked, at });
  if (answered !== undefined) lines.push({ from: 'us', body: answered, at: answeredAt(draft, at) });
  for (const line of lines)
    add('message', { values: { ticket: id, body: line.body }, told: { from: line.from }, at: line.at });
  if (note !== undefined) add('note', { values: { ticket: id, body: note }, at });

  const written = textOf('activity.note');
  if (written !== undefined) {
    const subject = (written.split('\n')[0] ?? '').slice(0, 200).trim();
    add('activity', { values: { kind: 'note', subject, body: written, [object]: id }, at });
  }
  const told = {
    ...(lines.length > 0 ? shownOf({ ...values, ...draft.told }, lines) : {}),
    ...(note === undefined ? {} : notedOf({ body: note, at })),
  };
  return { parts, told };
}

/** Never before the question. */
function answeredAt({ told }: Draft, at: string): string {
  const said = [told['first_replied_at'], told['resolved_at']].find((one) => typeof one === 'string');
  const after = new Date(Date.parse(at) + 1).toISOString();
  return typeof said === 'string' && said > after ? said : after;
}
