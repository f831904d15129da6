import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { filterField, type Filter, type View } from '../../../shared/protocol/index.ts';
import { transaction } from '../../db/transaction.ts';
import { audit } from '../../identity/audit.ts';
import type { App, Caller } from '../../lib/app.ts';
import { log } from '../../lib/log.ts';
import { perform } from '../perform.ts';

interface Noted {
  view: View;
  columns: readonly Field[];
}

/**
 * Notes in the trail that somebody begins to take a list out, before the first row leaves: who, which rows, which fields.
 * @throws ApiError `session_ended`
 */
export function noteExport(app: App, caller: Caller, { view, columns }: Noted): Promise<void> {
  const { object, filter, q, sort } = view;
  return perform(app, caller, async ({ tx, by }) => {
    await audit(tx, {
      ...by,
      action: 'export.begin',
      object: object.name,
      after: {
        columns: columns.map(({ name }) => name),
        filter: told(object, filter),
        q: q === '' ? null : object.search.every((name) => isOpen(filterField(object, name))) ? q : WITHHELD,
        sort: `${sort.descending ? '-' : ''}${sort.field}`,
      },
    });
  });
}

/**
 * Notes how it ended: without a `why` it went out whole. The session may be over by now, and often is why; where the store
 * is out of reach, the trail knows of the beginning only. Never throws.
 */
export async function noteExportEnd(
  app: App,
  { actor, address, requestId }: Caller,
  { view }: Noted,
  { rows, why }: { rows: number; why?: string },
): Promise<void> {
  await transaction(app.sql, (tx) =>
    audit(tx, {
      actorId: actor.userId,
      address,
      requestId,
      action: 'export.end',
      object: view.object.name,
      after: { rows, whole: why === undefined, ...(why === undefined ? {} : { why }) },
    }),
  ).catch((err: unknown) => log.warn({ err, requestId }, 'how an export ended could not be noted'));
}

type Told = { all: Told[] } | { any: Told[] } | { field: string; operator: string; value: string };

/** A filter as auditors may read it, who read no customer's data: what it asks sensitive fields for is left out. */
function told(object: ObjectDef, filter: Filter): Told {
  if ('all' in filter) return { all: filter.all.map((part) => told(object, part)) };
  if ('any' in filter) return { any: filter.any.map((part) => told(object, part)) };
  const { field, operator, value } = filter;
  const open = operator === 'empty' || isOpen(filterField(object, field));
  return { field, operator, value: open ? JSON.stringify(value) : WITHHELD };
}

/** What is computed from other records is as sensitive as they are. */
const isOpen = ({ sensitivity, computedFrom }: Field): boolean =>
  sensitivity === 'normal' && computedFrom === null;

const WITHHELD = '(withheld)';
