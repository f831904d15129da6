import type { ReachedAction } from '../../../../shared/objects/index.ts';
import type { ShareLevel } from '../../../../shared/protocol/policy.ts';

const small = (label: string): string => label.toLowerCase();

/** The words of asking for access and of answering. Labels of objects and fields come from the registry. */
export const en = {
  title: 'Requests',
  ask: 'Ask for access…',
  ask_title: 'Ask for access',
  ask_text:
    'It goes to those who could give it to you. Whether there is such a record, and whose it is, you are not told by asking.',
  ask_go: 'Send request',
  link: 'Link to the record',
  link_hint: 'As it stands in the address bar, or as somebody has sent it to you.',
  link_missing: 'Paste a link',
  action: 'What you want to do',
  action_missing: 'Choose what you want to do',
  actions: {
    read: 'See it',
    update: 'Change it',
    delete: 'Delete it',
    assign: 'Hand it over',
    export: 'Export it',
    read_thread: 'Read its conversation',
    reply: 'Answer the customer',
    note: 'Read and write private notes',
  } as Record<ReachedAction, string>,
  field_actions: { read: 'See this field', update: 'Change this field' } as Partial<
    Record<ReachedAction, string>
  >,
  reason: 'What for',
  reason_hint: 'Whoever answers reads it. Keep out of it what they should not know.',
  reason_missing: 'Say what for',
  asked: 'Your request is on its way',
  asked_text: 'You are told when somebody has answered it.',
  see_own: 'My requests',
  not_sent: 'Not sent',
  cancel: 'Cancel',

  answer_title: 'For you to answer',
  answer_text:
    'What colleagues ask for that you could give them. You see requests about what you see yourself, and about nothing else.',
  none: 'Nobody waits for you',
  none_text: 'When somebody asks for something that you could give, it stands here.',
  own_title: 'My requests',
  own_none: 'You have asked for nothing',
  own_none_text: 'Where something is hidden from you there is a way to ask for it.',
  table_answer: 'Requests for me to answer',
  table_own: 'Requests of mine',
  who: 'Who',
  what: 'What',
  why: 'What for',
  when: 'When',
  state: 'State',
  act: 'Answer',
  answer: 'Answer…',
  answer_one: (who: string, what: string) => `Answer ${who}: ${what}`,
  states: { open: 'Open', granted: 'Given', declined: 'Not given' },
  until: (day: string) => `until ${day}`,
  a_record: (label: string) => `A ${small(label)}`,
  /** "Zebu licence: see it". */
  wants: (title: string, action: string) => `${title}: ${small(action)}`,
  wants_field: (title: string, field: string, action: ReachedAction) =>
    `${title}: ${action === 'update' ? 'change' : 'see'} ${field}`,

  grant_title: (who: string) => `${who} asks for access`,
  by: 'How',
  by_share: 'Share the record',
  by_role: 'Give a role',
  level: 'To',
  levels: { read: 'Read', edit: 'Read and edit' } as Record<ShareLevel, string>,
  role: 'Role',
  role_missing: 'Choose a role',
  until_label: 'Until',
  until_hint: 'The last day; then it ends by itself.',
  until_missing: 'Choose a day',
  past: 'That day is over',
  opens: 'What this opens',
  looking: 'Looking at what it opens…',
  sees_now: (who: string) => `${who} does not see this record now.`,
  sees_nothing: (who: string) =>
    `${who} would still not see it: none of their roles grants it at all. Give a role that does.`,
  more_fields: (fields: string) => `Would see: ${fields}`,
  more_edit: (fields: string) => `Could change: ${fields}`,
  more_actions: (actions: string) => `Could: ${actions}`,
  nothing_more: 'Nothing more than they have already.',
  enough: 'That is what was asked for.',
  not_enough: 'It is not what was asked for: sharing gives no right that their roles do not have.',
  not_enough_role:
    'It is not what was asked for: the role does not reach this record, or does not give that of it.',
  has_already: (who: string) => `${who} has what was asked for already.`,
  whole_effect: 'A role reaches further than this one record:',
  give: 'Give access',
  decline: 'Do not give',
  decline_title: (who: string) => `Not give it to ${who}?`,
  decline_text: 'They are told that it is not given, and what you write here, and nothing else.',
  decline_words: 'A word for them',
  given: (who: string) => `${who} has access`,
  declined: (who: string) => `${who} is told`,
  failed: 'It did not go through',
};
export type RequestWords = typeof en;
