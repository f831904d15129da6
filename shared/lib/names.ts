/**
 * How one calls a colleague, and all that customers hear of them: "Anna Sørensen" is Anna. A name in another script is
 * said whole, as 田中 次郎, where the first word may be the family's.
 */
export const firstName = (name: string): string =>
  /^\p{Script=Latin}/u.test(name.trim()) ? (name.trim().split(/\s+/)[0] ?? name) : name;
