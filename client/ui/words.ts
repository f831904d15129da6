/**
 * Every word the components say by themselves, in English. The application replaces them with
 * `useWords` before it mounts; components never hold words of their own.
 */
export const words = {
  ago_now: 'now',
  ago_minutes: (n: number) => `${n} m`,
  ago_hours: (n: number) => `${n} h`,
  ago_days: (n: number) => `${n} d`,
  today: 'today',
  yesterday: 'yesterday',
  tomorrow: 'tomorrow',

  close: 'Close',
  cancel: 'Cancel',
  clear: 'Clear',
  remove: 'Remove',
  dismiss: 'Dismiss',
  loading: 'Loading…',
  required: 'required',
  more: 'More',
  choose: 'Choose…',
  choose_file: 'Choose a file…',
  search_hint: 'Type to search',
  no_options: 'Nothing matches',
  search_failed: 'The search did not work. Type again to retry.',
  show_password: 'Show password',
  hide_password: 'Hide password',
  notices: 'Notices',

  not_in_your_role: 'not in your role',
  ask: 'ask',
  edit: (field: string) => `Edit ${field}`,
  why: (field: string) => `Why? ${field}`,
  why_short: 'Why?',
  locked_why: (field: string, reason: string) => `${field}: ${reason}. Why?`,
  hatched: 'hidden',
  /** What stands in the title of the window. */
  page_title: (title: string) => title,
  empty_value: 'empty',
  read_only: 'read only',
  step_done: 'done',
  step_current: 'current',
  sort_by: (column: string) => `Sort by ${column}`,
  load_more: 'Show more',
  new_items: (n: number) => `${n} new`,
  and_others: (n: number) => `and ${n} more`,

  nothing_title: 'Nothing here yet',
  nomatch_title: 'Nothing matches',
  forbidden_title: 'Not in your role',
  errors_title: 'Please look at this again',

  live: 'Live',
  catching_up: 'Catching up',
  offline: 'Offline',
  offline_since: (time: string) => `Offline since ${time}`,

  skip_to_content: 'Skip to content',
  main_navigation: 'Main',
  search: 'Search',
  home: 'Home',
  account: 'Your account',
  breadcrumbs: 'Where you are',
  facts: 'Facts',
};

export type Words = typeof words;

/** Replaces any of the words; call it once, before mounting. */
export function useWords(patch: Partial<Words>): void {
  Object.assign(words, patch);
}
