import type { NewKind } from './newFields.ts';

/** The words of fields that columns of a file become. */
export const newFieldWords = {
  left_out: (count: number) => (count === 1 ? '1 column is left out.' : `${count} columns are left out.`),
  open: 'Create fields for them…',
  title: 'Create fields',
  text: (objects: string) =>
    `${objects} get a field for each column chosen here, and the column becomes it. Fields stay when an import is undone; roles say who sees them.`,
  kind_of: (head: string) => `Kind of “${head}”`,
  filled: (count: number) =>
    count === 1 ? '1 row says something' : `${count.toLocaleString('en')} rows say something`,
  none: 'Every column that holds anything comes in already.',
  choose_one: 'Choose a column first',
  cancel: 'Cancel',
  add: (count: number) => (count === 1 ? 'Create 1 field' : `Create ${count} fields`),
  added: (count: number) => (count === 1 ? '1 field was created' : `${count} fields were created`),
  kinds: {
    text: 'Text',
    longtext: 'Long text',
    choice: 'Choice',
    boolean: 'Yes or no',
    integer: 'Whole number',
    money: 'Amount of money',
    percent: 'Percent',
    date: 'Date',
    instant: 'Date and time',
    email: 'E-mail address',
    phone: 'Phone number',
    url: 'Web address',
  } satisfies Record<NewKind, string> as Record<NewKind, string>,
};
