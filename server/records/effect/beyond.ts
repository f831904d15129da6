import {
  holdsWithin,
  SYSTEM_PERMISSIONS,
  type Actor,
  type SystemPermission,
} from '../../../shared/access/index.ts';
import type { RightsBook } from './book.ts';
import type { Pair } from './scope.ts';
import type { Counts } from './tally.ts';

/** What changes whatever records there are: who may add some, and system permissions. Numbers of people. */
export function beyondRecords(
  book: RightsBook,
  pairs: readonly Pair[],
): {
  creates: ({ object: string; action: 'create' } & Counts)[];
  permissions: ({ permission: SystemPermission } & Counts)[];
} {
  const objects = [...book.registry.objects.values()].filter(({ grantedBy }) => grantedBy === null);
  const creates = objects.map((object) => {
    const may = (actor: Actor | null) =>
      actor !== null && book.on(book.of(actor), object).byParent.some(({ create }) => create);
    const { gained, lost } = count(pairs, (had, has) => [!may(had) && may(has), may(had) && !may(has)]);
    return { object: object.name, action: 'create' as const, gained, lost };
  });
  const permissions = SYSTEM_PERMISSIONS.map((permission) => ({
    permission,
    ...count(pairs, (had, has) => [isWider(permission, had, has), isWider(permission, has, had)]),
  }));
  const some = ({ gained, lost }: Counts): boolean => gained + lost > 0;
  return { creates: creates.filter(some), permissions: permissions.filter(some) };
}

function count(
  pairs: readonly Pair[],
  judge: (before: Actor | null, after: Actor | null) => readonly [gains: boolean, loses: boolean],
): Counts {
  const counts: Counts = { gained: 0, lost: 0 };
  for (const { before, after } of pairs) {
    const [gains, loses] = judge(before, after);
    counts.gained += Number(gains);
    counts.lost += Number(loses);
  }
  return counts;
}

/** Whether a permission reaches somebody with `b` whom it does not with `a`. */
function isWider(permission: SystemPermission, a: Actor | null, b: Actor | null): boolean {
  const of = (actor: Actor | null) => (actor === null ? NOBODY : holdsWithin(actor, permission));
  const had = of(a);
  const has = of(b);
  if (had === 'everyone') return false;
  if (has === 'everyone') return true;
  return [...has].some((team) => !had.has(team));
}

const NOBODY: ReadonlySet<string> = new Set();
