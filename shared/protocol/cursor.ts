/**
 * The life of the store that a cursor is of: what stands before its first dot. It changes when a store is restored, and
 * with it versions begin anew, so that nothing held from another life can be compared. Any text has one, if none that is.
 */
export const epochOf = (cursor: string): string => cursor.split('.', 1)[0] ?? '';
