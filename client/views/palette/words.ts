/** The words of the palette. */
export const en = {
  title: 'Search and go to',
  placeholder: 'A name, a number, an address – or what to do',
  recent: 'Recent',
  go_to: 'Go to',
  create: 'Create',
  access: 'Access',
  /** What somebody may call it who knows another product. */
  access_also: {
    roles: 'Profiles, permission sets, field-level security',
    people: 'Users, managers, role hierarchy',
    teams: 'Groups, delegated administration',
    territories: 'Territory management, assignment rules',
    defaults: 'Organisation-wide defaults: private or public',
    rules: 'Sharing rules, by criteria',
    restrictions: 'Restriction rules: hide some records',
    changes: 'Setup audit trail, undo',
    requests: 'Requests for access: ask, give, decline',
    approvals: 'Approvals of changes: propose, approve, four eyes',
    sessions: 'Who is signed in, login history',
  },
  see_as_also: 'Log in as a user, to look only',
  account: 'Account',
  new_one: (label: string) => `New ${label.toLowerCase()}`,
  all_of: (labels: string, q: string) => `All ${labels.toLowerCase()} with “${q}”`,
  left: 'has left',
  found: (n: number) => (n === 1 ? '1 record found' : `${n} records found`),
  nothing: (q: string) => `Nothing is called “${q}”`,
  nothing_text:
    'Names, numbers of tickets and e-mail addresses are looked through, as far as you may read them.',
  failed: 'The search did not answer.',
  offline: 'You are offline: records are found again as soon as the connection is back.',
  retry: 'Try again',
};
export type PaletteWords = typeof en;
