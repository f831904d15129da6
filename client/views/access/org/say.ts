import { ApiError } from '../../../../shared/protocol/errors.ts';
import { toast } from '../../../ui/overlays/toasts.svelte.ts';
import { t } from '../../../words/index.ts';
import { w } from './w.ts';

/** A failure in words, with what is wrong per field. */
export function sayWhy(cause: unknown): string {
  if (!(cause instanceof ApiError)) return t.errors.offline;
  return [t.errors.say(cause), ...Object.values(cause.details.fields ?? {})].join(' · ');
}

/** Says that it is done, and offers to take it back. */
export function done(title: string, undo?: () => Promise<unknown>): void {
  const action = undo && {
    label: w.undo,
    run: () =>
      void undo().then(
        () => toast({ title: w.undone }),
        (cause: unknown) => toast({ title: w.undo_failed, text: sayWhy(cause), tone: 'bad' }),
      ),
  };
  toast({ title, tone: 'good', ...(action ? { action } : {}) });
}
