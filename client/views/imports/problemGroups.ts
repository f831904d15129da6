import type { ImportProblem, ProblemKind } from '../../../shared/protocol/imports.ts';

/** Kinds of problems that differ only by the name that is nowhere, together; the most frequent first. */
export function groupKinds(kinds: readonly ProblemKind[]): ProblemKind[] {
  const groups = new Map<string, ProblemKind>();
  for (const kind of kinds) {
    const key = keyOf(kind);
    const group = groups.get(key);
    groups.set(
      key,
      group
        ? {
            ...group,
            reason: withoutName(group.reason),
            rows: group.rows + kind.rows,
            lines: [...group.lines, ...kind.lines].sort((a, b) => a - b),
          }
        : kind,
    );
  }
  return [...groups.values()].sort((a, b) => b.rows - a.rows);
}

export const keyOf = ({ column, reason, taken }: ProblemKind): string =>
  JSON.stringify([column, withoutName(reason), taken]);

const withoutName = (reason: string): string => reason.replace(/^(No such [^:]+: ).*/s, '$1…');

/** What is typed is the number of a line. */
export const isLine = (typed: string): boolean => /^\d+$/.test(typed.trim());

/** Those that speak of what is typed: a column or a word of the reason; where they have one, their line. */
export function findIn<P extends ImportProblem | ProblemKind>(
  problems: readonly P[],
  typed: string,
): readonly P[] {
  const wanted = typed.trim().toLocaleLowerCase();
  if (wanted === '') return problems;
  return problems.filter((one) =>
    isLine(wanted) && 'line' in one
      ? String(one.line) === wanted
      : `${one.column ?? ''} ${one.reason}`.toLocaleLowerCase().includes(wanted),
  );
}
