/** The first word of a name: how one calls a colleague, and all that customers hear of them. */
export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? name;
