import type { Field, StageDef, Value } from '../../../shared/fields/index.ts';
import { date, dateTime, money, number, percent } from '../../ui/format.ts';
import { isEmpty } from '../values.ts';

/** How to name what a value points to. */
export interface Lookup {
  /** The name behind an id, or what stands for one that is not here. */
  name(object: string, id: string): string;
  stages: readonly StageDef[];
  yes: string;
  no: string;
}

/** A value as a reader would say it, in one line; '' when it is empty. */
export function valueText(field: Field, value: unknown, look: Lookup): string {
  if (isEmpty(value)) return '';
  if (typeof value === 'boolean') return value ? look.yes : look.no;
  if (typeof value === 'number') {
    return field.kind === 'money' ? money(value) : field.kind === 'percent' ? percent(value) : number(value);
  }
  if (Array.isArray(value)) return value.map((one) => named(field, one, look)).join(', ');
  if (typeof value !== 'string') return '';
  switch (field.kind) {
    case 'relation':
      return named(field, value, look);
    case 'date':
      return date(value);
    case 'instant':
      return dateTime(value);
    case 'choice':
      return field.choices.find((choice) => choice.value === value)?.label ?? value;
    case 'stage':
      return look.stages.find((stage) => stage.key === value)?.name ?? value;
    default:
      return field.name === 'country' ? countryName(value) : value;
  }
}

/** "Germany" of "DE", in the reader's language; what is no country's code stays as it is. */
function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames(undefined, { type: 'region' }).of(code) ?? code;
}

const named = (field: Field, value: unknown, look: Lookup): string =>
  typeof value === 'string' && field.target !== null ? look.name(field.target, value) : '';

/** The address behind a link, or null where following it would not be safe: only these four ways out exist. */
export function hrefOf(field: Field, value: Value | undefined): string | null {
  if (typeof value !== 'string' || value === '') return null;
  if (field.kind === 'email') return `mailto:${encodeURIComponent(value).replaceAll('%40', '@')}`;
  if (field.kind === 'phone') return `tel:${value.replace(/[^+0-9]/g, '')}`;
  if (field.kind !== 'url' || !URL.canParse(value)) return null;
  const { protocol, href } = new URL(value);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

/** What to show of an address: without the parts that say nothing. */
export const urlText = (value: string): string =>
  value.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
