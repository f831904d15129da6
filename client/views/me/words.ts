const list = (parts: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(parts);

export const en = {
  title: 'Where it comes from',
  /** How a role is held, beside its name. */
  held: (role: string, team: string | null, until: string | null) =>
    `${role}${team === null ? '' : ` – because you are in team ${team}`}${until === null ? '' : ` – until ${until}`}`,
  territories: (names: readonly string[]) =>
    names.length === 0
      ? 'You work in no territory.'
      : `You work in the ${names.length === 1 ? 'territory' : 'territories'} ${list(names)}, and what lies below.`,
  shared: 'Shared with you',
  nothing_shared: 'Nothing is shared with you besides.',
  rule: (objects: string, name: string | null, to: string, edit: boolean) =>
    `${name === null ? `A sharing rule opens some ${objects}` : `The rule “${name}” opens ${objects}`} to ${to}${edit ? ', to edit' : ''}.`,
  share: (by: string | null, to: string, edit: boolean, until: string | null) =>
    `${by === null ? 'shared' : `shared by ${by}`} with ${to}${edit ? ', to edit' : ''}${until === null ? '' : `, until ${until}`}`,
  to: {
    user: 'you',
    team: (name: string) => `team ${name}`,
    role: (name: string) => `the role ${name}`,
    territory: (name: string) => `the territory ${name}`,
  },
  unknown: 'one you may not see',
  restricted: (objects: readonly string[]) =>
    `Some ${list(objects)} may be hidden from you by a restriction, whatever your roles say.`,
  failed: 'Where it comes from did not load.',
};
export type MeWords = typeof en;
