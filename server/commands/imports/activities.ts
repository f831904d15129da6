import { normal as letters } from '../../../shared/imports/normal.ts';
import type { Act } from '../perform.ts';
import { findRecords } from './findRecords.ts';
import { isRefused, isValue, keyOfWanted, noteUnknown, problem, refuse, type Column, type Draft, type Job, type Wanted } from './job.ts'; // prettier-ignore

// What files of activities say in other words than ours: that one is completed, and what it belongs to, of whatever kind.

/** Letters and digits alone, in small letters. */
const DONE = new Set(['done', 'completed', 'complete', 'closed', 'finished', 'held', 'sent', 'logged', 'yes', 'true', '1', 'erledigt', 'abgeschlossen']); // prettier-ignore
const OPEN = new Set(['open', 'notstarted', 'inprogress', 'planned', 'scheduled', 'deferred', 'waiting', 'waitingonsomeoneelse', 'pending', 'todo', 'new', 'overdue', 'no', 'false', '0', 'offen', 'geplant']); // prettier-ignore

/** Takes a word for whether it is done. */
export function takeDone(job: Job, draft: Draft, column: Column, text: string): void {
  const word = letters(text);
  if (DONE.has(word) || OPEN.has(word)) draft.isDone = DONE.has(word);
  else {
    const at = column.head ?? column.to;
    noteUnknown(job.found, at, column.to, text);
    refuse(draft, at, `Neither done nor open: ${text.slice(0, 200)}`);
  }
}

/** When it was done is not told: when it was due, if that is past, else when it came to be. What is known is kept. */
export function settleDone(draft: Draft, now: string): void {
  const { isDone, values, existing, createdAt } = draft;
  if (isDone === null || isValue(values['done_at'])) return;
  const wasDone = (existing?.['done_at'] ?? null) !== null;
  if (wasDone === isDone) return;
  if (!isDone) {
    if (existing) values['done_at'] = null;
    return;
  }
  const due = values['due_at'];
  values['done_at'] = typeof due === 'string' && due <= now ? due : (createdAt ?? now);
}

/** Finds what activities belong to among deals, companies and contacts: the first kind that has such a record. */
export async function linkParents(act: Act, job: Job, drafts: readonly Draft[]): Promise<void> {
  const open = drafts.filter((draft) => draft.belongsTo && (job.dry || !isRefused(draft)));
  if (open.length === 0) return;
  const actor = await act.actor();
  const wanted = open.flatMap((draft) => job.object.parents.map((name) => wantedAs(job, draft, name)));
  const finds = await findRecords(act.tx, actor, act.app.registry, wanted);
  for (const draft of open) {
    const { column, text } = draft.belongsTo!;
    const at = column.head ?? column.to;
    const found = job.object.parents
      .map((name) => ({ name, ids: finds.get(keyOfWanted(wantedAs(job, draft, name))) ?? [] }))
      .find(({ ids }) => ids.length > 0);
    const [id, ...more] = found?.ids ?? [];
    if (!found || id === undefined) {
      noteUnknown(job.found, at, column.to, text);
      const words = `No such company, contact or deal: ${text.slice(0, 200)}`;
      // The row may name another one that is there.
      if (column.missing === 'empty' || job.object.parents.some((name) => name in draft.values))
        draft.problems.push(problem(draft.line, at, words, true));
      else refuse(draft, at, words);
    } else if (more.length > 0)
      refuse(draft, at, `There are ${more.length + 1} of this name, so it is not clear which ${found.name} is meant: ${text.slice(0, 200)}`); // prettier-ignore
    else draft.values[found.name] ??= id;
  }
}

const wantedAs = ({ object }: Job, { belongsTo }: Draft, name: string): Wanted => ({
  column: belongsTo?.column.head ?? belongsTo?.column.to ?? '',
  to: name,
  object: object.fields[name]?.target ?? name,
  text: belongsTo?.text ?? '',
  find: [],
  missing: 'empty',
  given: {},
  many: false,
  isSet: belongsTo?.column.head === null,
});
