import { dateOrders } from '../fields/parse.ts';
import type { ColumnMap, ImportMap, ImportTarget } from '../protocol/imports.ts';
import { normal } from './closest.ts';
import { SYNONYMS } from './synonyms.ts';

/** What is known of a column before its meaning. */
export interface SeenColumn {
  head: string;
  samples: readonly string[];
  ambiguousDates: boolean;
}

/**
 * What the columns of a file most likely mean, by their heads and their first texts. Each target is used once; what is
 * doubtful is left to the person. The object is known by its targets alone.
 */
export function guessMap(targets: readonly ImportTarget[], columns: readonly SeenColumn[]): ImportMap {
  const guesses = columns
    .flatMap((column, place) =>
      targets
        .filter((target) => !isOthersName(target, targets, column.head))
        .map((target) => ({ column, place, target, points: pointsOf(target, column) })),
    )
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points || a.place - b.place);
  const byHead = new Map<string, ImportTarget>();
  const used = new Set<string>();
  for (const { column, target } of guesses) {
    if (byHead.has(column.head) || used.has(target.key)) continue;
    byHead.set(column.head, target);
    used.add(target.key);
  }
  const mapped = columns.flatMap((column): [string, ColumnMap][] => {
    const target = byHead.get(column.head);
    return target ? [[column.head, columnMapOf(target, column)]] : [];
  });
  const set = fullName(targets, columns, used);
  const match = matchOf(targets, used);
  return {
    columns: Object.fromEntries(mapped),
    ...(set ? { set } : {}),
    ...(match ? { match: [match] } : {}),
  };
}

/** A company's name is not the name of those who belong to one, nor a person's that of a company. */
function isOthersName(target: ImportTarget, targets: readonly ImportTarget[], head: string): boolean {
  if (target.key !== 'name') return false;
  const has = (key: string) => targets.some((one) => one.key === key);
  if (has('company')) return /account|compan|organi[sz]ation|firm|unternehmen|product/i.test(head);
  return !has('email') && /contact|person|agent/i.test(head);
}

/** How much speaks for it; 0 is nothing. */
function pointsOf(target: ImportTarget, { head, samples }: SeenColumn): number {
  const named = namePoints(target, normal(head));
  const said = samples.filter((text) => text.trim() !== '');
  if (target.kind === 'email' && said.length > 0) {
    const full = said.every((text) => EMAIL.test(text.trim()));
    if (!full) return named > 50 && said.some((text) => EMAIL.test(text.trim())) ? named : 0;
    return named || 5 + (/mail|contact/i.test(head) ? 40 : 0);
  }
  return named > 0 && said.every((text) => fits(target, text.trim())) ? named : 0;
}

const EMAIL = /^(mailto:)?[^\s@]+@[^\s@]+\.[^\s@]+$/i;

function namePoints(target: ImportTarget, head: string): number {
  if (head === '') return 0;
  const key = target.key.split('.').at(-1) ?? target.key;
  if (head === normal(target.key) || head === normal(target.label)) return 100;
  const words = SYNONYMS[key] ?? SYNONYMS[target.target ?? ''] ?? [];
  const place = words.indexOf(head);
  return place < 0 ? 0 : 90 - place;
}

/** Whether a sample could be meant: nothing that could not is guessed. */
function fits(target: ImportTarget, text: string): boolean {
  // Our own ids are UUIDs; an `Id` of another kind comes from elsewhere.
  if (target.key === 'id') return /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text);
  switch (target.kind) {
    case 'integer':
    case 'money':
    case 'percent':
      return /\d/.test(text) && text.replace(/[\d\s.,'’()%+-]/g, '').length <= 3;
    case 'date':
    case 'instant':
      return /\d/.test(text) && text.length <= 40;
    case 'phone':
      return (text.match(/\d/g)?.length ?? 0) >= 3;
    case 'url':
      return text.includes('.') && !text.includes('@') && !/\s/.test(text);
    case 'relation':
    case 'text':
      return target.kind === 'relation' || target.key.endsWith('id') || !EMAIL.test(text);
    default:
      return true;
  }
}

function columnMapOf(target: ImportTarget, { samples }: SeenColumn): ColumnMap {
  const map: ColumnMap = { to: target.key };
  const said = samples.map((text) => text.trim()).filter((text) => text !== '');
  if (target.kind === 'date' || target.kind === 'instant') {
    const [only, ...more] = dateOrders(said);
    const iso = said.every((text) => /^\d{4}/.test(text));
    if (said.length > 0 && only && more.length === 0 && !iso) map.dates = only;
  }
  const isNumber = target.kind === 'money' || target.kind === 'percent';
  if (
    isNumber &&
    said.some((text) => /\d,(\d|\d\d|\d{4,})(\D|$)/.test(text) && !/,\d{3}.*,|\.\d+$/.test(text))
  )
    map.decimal = ',';
  return map;
}

/** First and last name make a name where no column has it whole. */
function fullName(
  targets: readonly ImportTarget[],
  columns: readonly SeenColumn[],
  used: Set<string>,
): Record<string, string> | null {
  const name = targets.find(({ key }) => key === 'name');
  if (!name || used.has('name')) return null;
  const parts = [FIRST, LAST].map((words) => columns.find(({ head }) => words.has(normal(head)))?.head);
  if (parts.some((head) => head === undefined)) return null;
  used.add('name');
  return { name: parts.map((head) => `{${head}}`).join(' ') };
}

const FIRST = new Set(['firstname', 'givenname', 'forename', 'vorname']);
const LAST = new Set(['lastname', 'surname', 'familyname', 'nachname']);

/** By what records are known that are there already: an id from elsewhere, else an address, else a name. */
function matchOf(targets: readonly ImportTarget[], used: ReadonlySet<string>): string | null {
  const may = (key: string) => used.has(key) && targets.some((one) => one.key === key && one.matches);
  // A person or a company is known by its name; a deal's title or a ticket's subject says nothing of the kind.
  const isPerson = targets.some(({ key }) => key === 'job_title');
  return ['id', 'external_id', 'email', ...(isPerson ? [] : ['name'])].find(may) ?? null;
}
