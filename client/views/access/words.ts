/** The words of "Access": rules, restrictions and shares. Labels of objects and fields come from the registry. */
export const en = {
  tabs: {
    roles: 'Roles',
    people: 'People',
    teams: 'Teams',
    territories: 'Territories',
    rules: 'Rules',
    restrictions: 'Restrictions',
    changes: 'Changes',
    sessions: 'Sessions',
  },
};

export type AccessWords = typeof en;
