/** What can be changed in a ticket's head, in the order in which it stands there. */
export type Changeable = 'status' | 'priority' | 'assignee' | 'team' | 'queue' | 'tags' | 'participants';

export const CHANGEABLE: readonly { field: Changeable; kbd?: string }[] = [
  { field: 'status', kbd: 'S' },
  { field: 'priority', kbd: 'P' },
  { field: 'assignee', kbd: 'A' },
  { field: 'team', kbd: 'T' },
  { field: 'queue', kbd: 'Q' },
  { field: 'tags' },
  { field: 'participants' },
];

/** The list that a plain key opens; null where it opens none. */
export const openedBy = (key: string): Changeable | null =>
  CHANGEABLE.find(({ kbd }) => kbd?.toLowerCase() === key)?.field ?? null;
