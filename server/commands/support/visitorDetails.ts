import { valueSchema, type Value } from '../../../shared/fields/index.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import type { App } from '../../lib/app.ts';

/** What visitors say of themselves; what is absent stays as it is, null takes it away. */
export interface Details {
  name?: string | null;
  email?: string | null;
}

const FIELDS = { name: 'customer_name', email: 'customer_email' } as const;

/** As their ticket takes it; blank is nothing. @throws ApiError `invalid`, per field */
export function checkedDetails(app: App, given: Details): Details {
  const { fields } = app.registry.get('ticket');
  const details: Details = {};
  const wrong: Record<string, string> = {};
  for (const name of ['name', 'email'] as const) {
    if (given[name] === undefined) continue;
    const text = given[name]?.trim() || null;
    const parsed = valueSchema(fields[FIELDS[name]]!).safeParse(text);
    if (parsed.success) details[name] = text;
    else wrong[name] = parsed.error.issues[0]?.message ?? 'Not right';
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
  return details;
}

/** The same as fields of a ticket. */
export const asTicketFields = (details: Details): Record<string, Value> =>
  Object.fromEntries(
    (['name', 'email'] as const).flatMap((name) =>
      details[name] === undefined ? [] : [[FIELDS[name], details[name]]],
    ),
  );
