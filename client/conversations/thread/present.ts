import type { Present } from '../../../shared/protocol/index.ts';
import type { Person } from '../../ui/types.ts';
import type { ThreadWords } from './words.ts';

/** What faces and lines need to know beside what was announced. */
export interface PresentLook {
  me: string;
  /** The ticket's customer, as far as one may know. */
  customer: { id: string; name: string };
  nameOf(user: string): string;
  /** What a field is called; null where it is none. */
  label(field: string): string | null;
  w: ThreadWords;
}

/** The others as faces: a ring for who is writing, faded for who looks elsewhere; the title says which. */
export function facesOf(people: readonly Present[], look: PresentLook): Person[] {
  return people
    .filter((one) => !one.customer && one.user !== undefined && one.user !== look.me)
    .map((one) => {
      const id = one.user ?? '';
      const ring = one.field !== undefined;
      const name = look.nameOf(id);
      return { id, name, text: whatOf(one, name, look), faded: one.state === 'away' && !ring, ring };
    });
}

function whatOf({ field, state }: Present, name: string, { w, label }: PresentLook): string {
  if (field === 'reply') return w.here.replies(name);
  if (field === 'note') return w.here.notes(name);
  const known = field === undefined ? null : label(field);
  if (known !== null) return w.here.edits(name, known);
  return state === 'away' ? w.here.away(name) : w.here.looks(name);
}

/** Who is writing into the thread right now, as lines to stand below it. */
export function writingLines(
  people: readonly Present[],
  look: PresentLook,
  firstName: (user: string) => string,
): string[] {
  const names = (field: string) => [
    ...new Set(
      people
        .filter((one) => one.field === field && one.user !== look.me)
        .map((one) =>
          one.customer ? look.customer.name : one.user ? firstName(one.user) : (one.name ?? look.w.somebody),
        ),
    ),
  ];
  const line = (all: string[], one: (names: string) => string, many: (names: string) => string) =>
    all.length === 0 ? [] : [(all.length === 1 ? one : many)(all.join(', '))];
  const { w } = look;
  return [
    ...line(names('reply'), w.typing, w.typing_many),
    ...line(names('note'), w.writing_note, w.writing_note_many),
  ];
}
