/** The words of the page that says what everyone may do without a role. */
export const en = {
  title: 'Defaults',
  text: 'What everyone signed in may do with all records of a kind, whatever their roles. Nothing is the rule: then only roles, rules and shares open records. Sensitive fields (money, personal data) stay hidden until a role gives them, and restrictions hide in any case.',
  table: 'Defaults by kind of record',
  object: 'Records',
  everyone: 'Everyone may',
  values: { private: 'Nothing', read: 'Read', edit: 'Edit' },
  read_only: 'You can look at the defaults. Changing them needs the right to manage roles.',
  /** Above the choices of a row. */
  choices: (things: string): string => `What everyone may do with ${things.toLowerCase()}`,
  confirm_title: (things: string): string => `Change the default of ${things.toLowerCase()}?`,
  confirm: 'Change it',
  /** "Deals: everyone may read" */
  changed: (things: string, value: string): string => `${things}: everyone may ${value.toLowerCase()}`,
  not_saved: 'Not changed',
  undo: 'Undo',
  undone: 'Changed back',
};
export type DefaultWords = typeof en;
