import type { ShareLevel } from '../../../../shared/protocol/policy.ts';

/** The words of sharing one record. */
export const en = {
  title: (record: string) => `Share “${record}”`,
  text: 'Whoever it is shared with finds it in their lists, as far as their own roles let them read or change such records.',
  with: 'With',
  level: 'To',
  levels: { read: 'Read', edit: 'Edit' } as Record<ShareLevel, string>,
  edit_needs: 'You may only read it yourself',
  until: 'Until',
  until_hint: 'The last day. Leave it empty to share until you take it back.',
  give: 'Share',
  with_missing: 'Choose whom to share it with',
  past: 'That day is over',
  present: 'Shared with',
  nobody: 'Nobody yet: only those whose roles and rules reach it.',
  may: { read: 'may read', edit: 'may edit' } as Record<ShareLevel, string>,
  by: (who: string) => `by ${who}`,
  by_you: 'by you',
  ends: (day: string) => `until ${day}`,
  no_end: 'no end',
  sending: 'being shared…',
  taking: 'being taken back…',
  take: 'Take back',
  take_from: (who: string) => `Take back: ${who}`,
  given: (who: string) => `Shared with ${who}`,
  taken: (who: string) => `No longer shared with ${who}`,
  undo: 'Undo',
  refused: 'Not shared',
  not_taken: 'Not taken back',
  failed: 'The list of shares did not load',
  retry: 'Try again',
  close: 'Done',
};

export type ShareWords = typeof en;
