import { actorSets, type ActorSets } from '../../../shared/access/index.ts';
import { valueSchema, type Field } from '../../../shared/fields/index.ts';
import { isId } from '../../../shared/lib/ids.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { instantsOf, isPeriod, spanOf, type Span } from './periods.ts';

/**
 * One condition of a filter, as it stands in the address: `owner=reports`, `closes_on=this_quarter`,
 * `amount=1000..5000`, `source=web,fair`, `city=york`, `company=ID`. `-` asks for empty ones.
 */
export interface Condition {
  field: string;
  value: string;
}

/** What a condition's relative words ("me", "my reports", "overdue") are relative to. */
export interface Standpoint {
  sets: ActorSets;
  /** `YYYY-MM-DD` where the person is. */
  today: string;
}

export const NONE = '-';
/** Parameters of a page's address that are no conditions, whatever fields an object may have. */
const RESERVED = ['pipeline', 'look', 'sort', 'q', 'check'];
const TEXT_MAX = 200;

/** The conditions in an address, in its order; what names no filterable field, or no value of it, is left out. */
export function readConditions(
  object: ObjectDef,
  query: URLSearchParams,
  may: (field: string) => boolean,
): Condition[] {
  return [...query]
    .map(([field, value]) => ({ field, value }))
    .filter(({ field, value }) => {
      const known = Object.hasOwn(object.fields, field) ? object.fields[field] : undefined;
      return (
        known &&
        !RESERVED.includes(field) &&
        filterable(known) &&
        may(field) &&
        partOf(object, known, value, NOBODY) !== null
      );
    });
}

/** The same address with these conditions instead of its own; everything reserved is kept. */
export function writeConditions(query: URLSearchParams, conditions: readonly Condition[]): URLSearchParams {
  const next = new URLSearchParams([...query].filter(([name]) => RESERVED.includes(name)));
  for (const { field, value } of conditions) next.set(field, value);
  return next;
}

/** The filter to ask the server for; undefined when there is none. */
export function filterOf(
  object: ObjectDef,
  conditions: readonly Condition[],
  here: Standpoint,
): Record<string, unknown> | undefined {
  const parts = conditions.flatMap(({ field, value }) => {
    const known = object.fields[field];
    const part = known ? partOf(object, known, value, here) : null;
    return part ? [part] : [];
  });
  return parts.length === 0 ? undefined : { and: parts };
}

/** Whether people may filter by such a field: what has no operators, or only makes sense to programs, is left out. */
export const filterable = (field: Field): boolean =>
  !['stages', 'relations', 'longtext'].includes(field.kind);

/** The operand of a range in the address: `1000..5000`, `1000..`, `..5000`; null if it is none. */
export function readRange(value: string): { from: string; to: string } | null {
  const match = /^([^.]*(?:\.[0-9]+)?)\.\.(.*)$/.exec(value);
  return match && (match[1] || match[2]) ? { from: match[1] ?? '', to: match[2] ?? '' } : null;
}

type Part = Record<string, unknown>;

function partOf(object: ObjectDef, field: Field, value: string, here: Standpoint): Part | null {
  if (value === '') return null;
  if (value === NONE) return field.required ? null : { [field.name]: null };
  switch (field.kind) {
    case 'relation':
      return related(object, field, value, here);
    case 'choice':
    case 'stage': {
      const wanted = value
        .split(',')
        .filter((one) => valueSchema({ ...field, required: true }).safeParse(one).success);
      return wanted.length === 0 ? null : { [field.name]: { in: wanted } };
    }
    case 'boolean':
      return value === 'true' || value === 'false' ? { [field.name]: value === 'true' } : null;
    case 'date':
    case 'instant':
      return dated(object, field, value, here.today);
    case 'integer':
    case 'money':
    case 'percent':
      return ranged(field, value);
    default:
      return value.length > TEXT_MAX ? null : { [field.name]: { contains: value } };
  }
}

function related(object: ObjectDef, field: Field, value: string, { sets }: Standpoint): Part | null {
  if (field.target === 'user' && value === 'me') return { [field.name]: { in: [...sets.self] } };
  if (field.target === 'user' && value === 'reports')
    return { [field.name]: { in: [...sets.reports].slice(0, 500) } };
  if (value === 'team') {
    const team = field.target === 'team' ? field.name : object.facts.team;
    return team === undefined ? null : { [team]: { in: [...sets.teams] } };
  }
  const wanted = value.split(',').filter(isId);
  return wanted.length === 0 ? null : { [field.name]: { in: wanted } };
}

function dated(object: ObjectDef, field: Field, value: string, today: string): Part | null {
  const range = readRange(value);
  const span: Span | null = isPeriod(value)
    ? spanOf(value, today)
    : range && [range.from, range.to].every((day) => day === '' || DAY.test(day))
      ? { from: range.from || null, to: range.to || null }
      : null;
  if (!span) return null;
  // A thing that is closed is not late any more.
  const open = value === 'overdue' && 'closed_at' in object.fields ? { closed_at: null } : {};
  if (field.kind === 'date') return { [field.name]: bounds(span.from, span.to, 'lte'), ...open };
  const { from, to } = instantsOf(span);
  return { [field.name]: bounds(from, to, 'lt'), ...open };
}

function ranged(field: Field, value: string): Part | null {
  const range = readRange(value);
  if (!range) return null;
  const [from, to] = [range.from, range.to].map((end) => (end === '' ? null : Number(end)));
  if (Number.isNaN(from) || Number.isNaN(to)) return null;
  return { [field.name]: bounds(from ?? null, to ?? null, 'lte') };
}

const bounds = (from: unknown, to: unknown, upper: 'lt' | 'lte'): Part => ({
  ...(from === null ? {} : { gte: from }),
  ...(to === null ? {} : { [upper]: to }),
});

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const NOBODY: Standpoint = {
  sets: actorSets(''),
  today: '2000-01-01',
};
