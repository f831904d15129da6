export const en = {
  see_as: 'See as…',
  see_as_one: (name: string) => `See as ${name}`,
  title: 'See as somebody else',
  text: 'You look at the product as they do, for reading only. It is noted in the audit log.',
  what: 'As',
  person: 'A person',
  role: 'A role',
  why: 'Why',
  why_hint: 'Stands in the audit log',
  begin: 'See as them',
  failed: 'It could not be begun',
  choose: 'Choose somebody first',
};
export type SeeWords = typeof en;
