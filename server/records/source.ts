import type { Actor } from '../../shared/access/index.ts';
import type { Registry } from '../../shared/objects/index.ts';
import { fieldsAskedBy, filterField, type View } from '../../shared/protocol/index.ts';
import { countedBranches, readableBranches } from '../access/branches.ts';
import { isDearByRow, isEverReadable, isReadableWithRow } from '../access/reaches.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';
import { knownBy, type Readable } from './filterSql.ts';
import { maskedSql } from './readSql.ts';
import { ORDERED, type Sorted } from './sortSql.ts';

/** Rows to choose from, and what is known of them before any is looked at. */
export interface Source {
  rows: () => Fragment;
  /**
   * The same to choose from, where that is dear by the rows as they are shown: without what it takes to show them, and in
   * branches that may have rows in common.
   */
  choices?: readonly Fragment[];
  /** The same in one, for where an index says which rows they can be. */
  choice?: () => Fragment;
  /** Whether these are so few that they are found first and sorted then. */
  few?: boolean;
  /** The same to be counted, in branches that have no row in common. */
  counted?: () => readonly Fragment[];
  /** Those of some ids that have been chosen, so may be read, as they are shown. Default: `rows` of these ids. */
  chosen?: (ids: Fragment) => Fragment;
  readable: (field: string) => Readable;
  /** Fields for which the rows say whether they may be read. */
  shown: ReadonlySet<string>;
  sorted: Sorted;
}

/** `reads`: how many rows of the object the actor reads, if that is known (see guessReads.ts). */
export function sourceOf(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  view: View,
  reads = Infinity,
): Source {
  const { object, sort } = view;
  const readable = (field: string): Readable =>
    isReadableWithRow(actor, registry, object, field) ? 'always'
    : isEverReadable(actor, registry, object, field) ? 'sometimes'
    : 'never'; // prettier-ignore
  const field = filterField(object, sort.field);
  const how = readable(field.name);
  const sorted = how === 'always' ? (field.required ? 'full' : 'perhaps') : how;
  const { group, sum } = object.totals;
  const asked = [...fieldsAskedBy(view), ...sum, ...(view.q === '' ? [] : object.search)];
  const shown = new Set(asked.filter((name) => readable(name) === 'sometimes'));
  const known = knownBy(view.filter, readable);
  const options = sorted === 'sometimes' ? { sorted: field, shown, known } : { shown, known };
  const isDear = isDearByRow(actor, registry, object);
  const only = new Set([...asked, field.name, ...(group === null ? [] : [group])]);
  const ordered = ORDERED[object.name]?.[field.name] ?? [];
  const branches =
    reads <= HANDFUL
      ? []
      : readableBranches(sql, actor, registry, object, 'r', { known, ordered, few: reads <= FEW });
  const few = reads <= FEW && branches.length === 0;
  const choice = (branch?: Fragment) =>
    maskedSql(sql, actor, registry, object, {
      ...options,
      only,
      ...(branch ? { branch } : {}),
      byRow: isDear && !few,
    });
  const choices = branches.length > 0 ? branches.map(choice) : isDear || few ? [choice()] : null;
  return {
    rows: () => maskedSql(sql, actor, registry, object, { ...options, once: isDear }),
    ...(choices && { choices, choice: () => choice() }),
    chosen: (ids) =>
      maskedSql(sql, actor, registry, object, { ...options, once: isDear, branch: sql`r.id = any (${ids})` }),
    counted: () => {
      const counted = countedBranches(sql, actor, registry, object, 'r', known);
      return counted.length > 0 ? counted.map(choice) : [choice()];
    },
    few,
    readable,
    shown,
    sorted,
  };
}

/** So many rows are fetched and sorted sooner than an order is planned in branches. */
const HANDFUL = 300;
/** And so many in some 10 ms, which looking for them along the order of a large table can take many times. */
const FEW = 10_000;
