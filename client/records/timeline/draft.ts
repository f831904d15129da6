import type { Value } from '../../../shared/fields/index.ts';

/** An activity as it is being written. */
export interface Draft {
  kind: string;
  subject: string;
  body: string;
  /** When it is due, or took place; ISO. */
  due_at: string | null;
  minutes: number | null;
}

const SUBJECT_MAX = 200;

/**
 * The activity a draft makes: a note's first line is its subject; what lies ahead is planned, a task always, and
 * everything else has taken place, now or at the time given. Null while it says nothing.
 */
export function draftValues(draft: Draft, now_ms: number): Record<string, Value> | null {
  const body = draft.body.trim();
  if (draft.kind === 'note') {
    const [first = '', ...rest] = body.split('\n');
    if (first === '') return null;
    const whole = rest.length > 0 || first.length > SUBJECT_MAX;
    return {
      kind: 'note',
      subject: cut(first),
      ...(whole ? { body } : {}),
      done_at: new Date(now_ms).toISOString(),
    };
  }
  const subject = draft.subject.trim();
  if (subject === '') return null;
  const planned = draft.kind === 'task' || (draft.due_at !== null && Date.parse(draft.due_at) > now_ms);
  const timed = draft.kind === 'call' || draft.kind === 'meeting';
  return {
    kind: draft.kind,
    subject: cut(subject),
    ...(body === '' ? {} : { body }),
    ...(draft.due_at === null ? {} : { due_at: draft.due_at }),
    ...(planned ? {} : { done_at: draft.due_at ?? new Date(now_ms).toISOString() }),
    ...(timed && draft.minutes !== null ? { duration_min: draft.minutes } : {}),
  };
}

/** Shortened to what a subject may hold, never through the middle of a character. */
const cut = (line: string): string =>
  line.length <= SUBJECT_MAX ? line : `${[...line].slice(0, SUBJECT_MAX - 1).join('').slice(0, SUBJECT_MAX - 1).replace(/[\uD800-\uDBFF]$/, '')}…`; // prettier-ignore
