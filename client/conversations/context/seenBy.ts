import type { Path, Seer } from '../../../shared/protocol/index.ts';

export interface SeerGroup {
  name: string;
  people: Seer[];
}

/**
 * Those who see a ticket, in the groups by which one speaks of them: a team where they see it as the team's, else the
 * role that shows it to them. The largest first.
 */
export function groupSeers(
  seers: readonly Seer[],
  teamOf: (user: string) => string | null,
  others: string,
): SeerGroup[] {
  const groups = new Map<string, Seer[]>();
  for (const seer of seers) {
    const way = seer.because.find(({ way }) => way === 'team') ?? seer.because[0];
    const name = (way?.way === 'team' ? teamOf(seer.user) : null) ?? way?.role ?? others;
    groups.set(name, [...(groups.get(name) ?? []), seer]);
  }
  return [...groups]
    .map(([name, people]) => ({ name, people }))
    .sort((a, b) => b.people.length - a.people.length || a.name.localeCompare(b.name));
}

/** The paths, each role and way once. */
export function pathsOf(because: readonly Path[]): Pick<Path, 'role' | 'way'>[] {
  const seen = new Set<string>();
  return because.filter(({ role, way }) => {
    const key = `${role} ${way}`;
    return seen.has(key) ? false : seen.add(key);
  });
}
