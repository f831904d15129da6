import { WAY_NAMES, type Because } from '../../../shared/access/index.ts';
import type { Fact } from '../../../shared/objects/index.ts';
import type { Seers, Through } from '../../../shared/protocol/index.ts';
import type { Seeing } from '../whoCanSee.ts';
import type { Asked } from './known.ts';
import { namedPaths } from './namedPaths.ts';

/** Of more nobody would read the names; they can still be found by name. */
const GROUPS_MAX = 100;

export interface Grouped {
  groups: Seers['groups'];
  keysOf(one: Seeing): readonly string[];
}

/**
 * Those who see a record, by what they see it by: a role's way, and what it goes through as far as the reader may know.
 * The largest first. Somebody who sees it by several stands in each.
 */
export async function groupSeers(
  asked: Asked,
  seeing: readonly Seeing[],
  facts: ReadonlySet<Fact>,
): Promise<Grouped> {
  const keys = new Map<Seeing, string[]>();
  const groups = new Map<string, { first: Seeing; path: Because; people: number }>();
  for (const one of seeing) {
    const paths = new Map(
      one.because.flatMap((path) =>
        path.besides ? [] : split(path, facts).map((part) => [keyOf(part), part]),
      ),
    );
    keys.set(one, [...paths.keys()]);
    for (const [key, path] of paths) {
      const group = groups.get(key);
      if (group) group.people++;
      else groups.set(key, { first: one, path, people: 1 });
    }
  }
  const list = [...groups]
    .sort(([a, one], [b, other]) => other.people - one.people || (a < b ? -1 : 1))
    .slice(0, GROUPS_MAX);
  const named = await namedPaths(
    asked,
    list.map(([, { first, path }]) => ({ actor: first.actor, because: [path] })),
  );
  return {
    keysOf: (one) => keys.get(one) ?? [],
    groups: list.map(([key, { path, people }], i) => {
      const through = (named[i]?.[0]?.through ?? []).map(ofAll);
      const { role, roleId, way } = path;
      return { key, role, roleId, way, ...(through.length === 0 ? {} : { through }), people };
    }),
  };
}

/** A path for each thing that it goes through: somebody who sees it by several rules stands with each. */
function split({ through = [], ...path }: Because, facts: ReadonlySet<Fact>): Because[] {
  const parts = through.flatMap(({ fact, ids }) =>
    fact === 'policies' || facts.has(fact)
      ? ids.map((id) => ({ ...path, through: [{ fact, ids: [id] }] }))
      : [],
  );
  return parts.length > 0 ? parts : [path];
}

/** Whoever it belongs to, they see it as theirs. */
const keyOf = ({ roleId, way, through = [] }: Because): string =>
  [
    roleId,
    WAY_NAMES.indexOf(way),
    ...through.map(({ fact, ids }) => (way === 'own' ? fact : ids.join())),
  ].join('.');

/** Without what differs from one person to the next. */
function ofAll(through: Through): Through {
  if (through.kind === 'report') return { ...through, above: [] };
  if (through.kind === 'queue') return { ...through, teams: [] };
  return through.kind === 'territory' ? { ...through, under: null } : through;
}
