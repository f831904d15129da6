import type { ImportProblem } from '../../../shared/protocol/imports.ts';

/** Problems of the same column and reason: a file that is wrong is mostly wrong in few ways. */
export interface ProblemGroup {
  key: string;
  column: string | null;
  reason: string;
  taken: boolean;
  lines: number[];
}

/** The most frequent first. */
export function groupProblems(problems: readonly ImportProblem[]): ProblemGroup[] {
  const groups = new Map<string, ProblemGroup>();
  for (const { line, column, reason, taken } of problems) {
    const key = JSON.stringify([column, kindOf(reason), taken]);
    const group = groups.get(key);
    if (group) {
      group.lines.push(line);
      if (group.reason !== reason) group.reason = kindOf(reason);
    } else groups.set(key, { key, column, reason, taken, lines: [line] });
  }
  return [...groups.values()].sort((a, b) => b.lines.length - a.lines.length);
}

/** A reason without the lines and names it tells: the same one in many places. */
const kindOf = (reason: string): string =>
  reason.replace(/\b(lines?) \d+( to \d+)?/g, '$1 …').replace(/^(No such [^:]+: ).*/s, '$1…');

/** Those that speak of what is typed: a line, a column or a word of the reason. */
export function findProblems(problems: readonly ImportProblem[], typed: string): readonly ImportProblem[] {
  const wanted = typed.trim().toLocaleLowerCase();
  if (wanted === '') return problems;
  if (/^\d+$/.test(wanted)) return problems.filter(({ line }) => String(line) === wanted);
  return problems.filter(({ column, reason }) =>
    `${column ?? ''} ${reason}`.toLocaleLowerCase().includes(wanted),
  );
}
