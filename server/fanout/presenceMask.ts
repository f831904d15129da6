import type { MaskedRecord } from '../../shared/access/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import type { Present } from '../../shared/protocol/index.ts';
import { PEOPLE_MAX, type PersonThere } from '../redis/messages.ts';
import type { Subscriber } from './subscriber.ts';

/** A record as one client holds it through a view of it. */
export interface Held {
  object: ObjectDef;
  record: MaskedRecord;
}

/** The record as this client may see it now, if it has a view open of just this record and the view holds it. */
export function heldBy(subscriber: Subscriber, id: string): Held | null {
  for (const { record, view } of subscriber.views.values()) {
    if (record?.id === id && record.now !== null) return { object: view.object, record: record.now };
  }
  return null;
}

/** Whether that somebody writes in this place may be known to whoever holds the record so. */
export function showsWriting({ object, record }: Held, field: string): boolean {
  const { actions } = record.may;
  if (field === 'note' && object.actions.includes('note')) return actions.includes('note');
  if (field === 'reply' && object.actions.includes('reply')) {
    return actions.includes('reply') || actions.includes('read_thread');
  }
  return Object.hasOwn(object.fields, field) && Object.hasOwn(record, field);
}

/** What one client may know of those on a record: the others only, each of them once, in a settled order. */
export function presentTo(
  reader: Subscriber,
  held: Held,
  people: readonly PersonThere[],
  nameOf: (user: string) => string | null,
): Present[] {
  const known = people
    .filter(({ user }) => user !== reader.userId)
    .map((person) => masked(held, person))
    .filter((person) => reader.actor.kind === 'person' || answersCustomer(person));
  return mostActive(known)
    .slice(0, PEOPLE_MAX)
    .flatMap((person): Present[] => {
      const { user, kind, state, field } = person;
      const doing = { ...(field === undefined ? {} : { field }), state };
      if (kind === 'customer') return [{ customer: true, ...doing }];
      if (reader.actor.kind === 'person') return [{ user, ...doing }];
      const name = nameOf(user);
      return name === null ? [] : [{ name, ...doing }];
    });
}

/** All that a customer is ever told: that one of us, who may answer, is writing an answer. */
const answersCustomer = ({ kind, replies, field }: PersonThere): boolean =>
  kind === 'person' && replies && field === 'reply';

function masked(held: Held, person: PersonThere): PersonThere {
  if (person.field === undefined || showsWriting(held, person.field)) return person;
  const { field: _, ...rest } = person;
  return rest;
}

/** Several windows of one person count as one. After masking: what is hidden of one must not hide another. */
function mostActive(people: readonly PersonThere[]): PersonThere[] {
  const byUser = new Map<string, PersonThere>();
  for (const person of people) {
    const other = byUser.get(person.user);
    if (!other || activity(person) > activity(other)) byUser.set(person.user, person);
  }
  return [...byUser.values()].sort((a, b) => (a.user < b.user ? -1 : 1));
}

const activity = ({ field, state }: PersonThere): number =>
  field !== undefined ? 2 : state === 'here' ? 1 : 0;
