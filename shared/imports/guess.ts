import { dateOrders } from '../fields/parse.ts';
import type { ColumnMap, ImportMap, ImportTarget } from '../protocol/imports.ts';
import { OBJECTS } from '../objects/index.ts';
import { saysNothing } from './alike.ts';
import { normal } from './normal.ts';
import { SYNONYMS } from './synonyms.ts';

/** What is known of a column before its meaning. */
export interface SeenColumn {
  head: string;
  /** Different texts of its first rows. */
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
        .map((target) => ({ column, place, target, points: pointsOf(target, targets, column) })),
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
  // A file of our own means what it says, word by word.
  const ours = columns[0]?.head === 'Id' && [...byHead].every(([head, { label }]) => head === label);
  const hasParents = targets.some(({ key }) => key === 'belongs_to');
  const mapped = columns.flatMap((column): [string, ColumnMap][] => {
    const target = byHead.get(column.head);
    if (!target) return [];
    const map = columnMapOf(target, column, ours);
    // One of those that an activity names is enough.
    return [[column.head, hasParents && target.kind === 'relation' ? { ...map, missing: 'empty' } : map]];
  });
  const set = {
    ...titleOf(targets, columns, byHead),
    ...(hasParents ? kindOf(columns, used) : {}),
    ...rolesOf(targets, used),
    ...lostReasonOf(targets, used),
  };
  const match = matchOf(targets, used);
  return {
    columns: Object.fromEntries(likeDates(mapped, columns)),
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(match ? { match: [match] } : {}),
  };
}

/** A company's name is not the name of those who belong to one, nor a person's that of a company. */
function isOthersName(target: ImportTarget, targets: readonly ImportTarget[], head: string): boolean {
  const has = (key: string) => targets.some((one) => one.key === key);
  if (target.key === 'title' && has('name')) return normal(head) === 'name';
  if (target.key !== 'name') return false;
  if (has('company')) return /account|compan|organi[sz]ation|firm|unternehmen|product/i.test(head);
  return !has('email') && /contact|person|agent/i.test(head);
}

/** How much speaks for it; 0 is nothing. */
function pointsOf(
  target: ImportTarget,
  targets: readonly ImportTarget[],
  { head, samples }: SeenColumn,
): number {
  const said = samples.filter((text) => !saysNothing(text));
  const others = targets.filter((one) => one !== target && isIdOf(one, head, said));
  if (target.key === 'external_id' && others.length > 0) return 0;
  if (isIdOf(target, head, said)) return 50;
  const named = namePoints(target, normal(head));
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

/** Whether a column holds ids of such other records, as `AccountId` does of companies: they are found by them. */
function isIdOf({ key, kind, target }: ImportTarget, head: string, said: readonly string[]): boolean {
  if (kind !== 'relation' || !HAVE_IDS.has(target ?? '')) return false;
  const [, name] = /^(.+?)\d?(?:id|ids)$/.exec(normal(head)) ?? [];
  // A customer's number may be that of the record itself.
  if (name === undefined || name === 'customer' || name === 'person') return false;
  // The record of its own kind above it: what such are called is its own id.
  const isTree = key === 'parent' || key === 'manager';
  const words = [key, ...(isTree ? [] : [target ?? '']), ...(SYNONYMS[key] ?? SYNONYMS[target ?? ''] ?? [])];
  return words.includes(name) && said.every((text) => text.length <= 60 && !/[\s@]/.test(text.trim()));
}

/** Objects whose records keep the ids they have elsewhere. */
const HAVE_IDS = new Set(OBJECTS.filter(({ fields }) => 'external_id' in fields).map(({ name }) => name));

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

function columnMapOf(target: ImportTarget, { head, samples }: SeenColumn, ours: boolean): ColumnMap {
  const map: ColumnMap = { to: target.key };
  const said = samples.map((text) => text.trim()).filter((text) => !saysNothing(text));
  const empty = samples.map((text) => text.trim()).filter((text) => text !== '' && saysNothing(text));
  // What must be there, and what people write at length, is taken at its word.
  if (empty.length > 0 && !ours && !target.required && target.kind !== 'longtext')
    map.values = Object.fromEntries(empty.map((text) => [text, '']));
  if (isIdOf(target, head, said)) map.find = ['external_id'];
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

/** Dates of one file are written alike: where one column says in which order, so do those that leave it open. */
function likeDates(
  mapped: readonly [string, ColumnMap][],
  columns: readonly SeenColumn[],
): [string, ColumnMap][] {
  const orders = new Set(mapped.flatMap(([, { dates }]) => dates ?? []));
  const [order, ...more] = orders;
  if (order === undefined || more.length > 0) return [...mapped];
  return mapped.map(([head, map]) => {
    const open = columns.find((column) => column.head === head && column.ambiguousDates);
    const may = open && dateOrders(open.samples).includes(order) && !map.dates;
    return [head, may ? { ...map, dates: order } : map];
  });
}

/** What a record is called, where no column has it whole: first and last name, what it is about, or its number. */
function titleOf(
  targets: readonly ImportTarget[],
  columns: readonly SeenColumn[],
  byHead: ReadonlyMap<string, ImportTarget>,
): Record<string, string> | null {
  const given = new Set([...byHead.values()].map(({ key }) => key));
  const title = targets.find(({ key, kind, required }) =>
    key === 'name' ? true : required && kind === 'text' && ['title', 'subject'].includes(key),
  );
  if (!title || given.has(title.key)) return null;
  const has = (key: string) => targets.some((one) => one.key === key);
  const isPerson = has('email') && title.key === 'name';
  const parts = isPerson
    ? [FIRST, LAST].flatMap((words) => columns.find(({ head }) => words.has(normal(head))) ?? [])
    : ['product', 'company'].flatMap((key) => columns.filter(({ head }) => byHead.get(head)?.key === key));
  const readable = parts.filter(({ head, samples }) => !isIdLike(head, samples));
  if (readable.length > 0)
    return { [title.key]: readable.map(({ head }) => `{${head}}`).join(isPerson ? ' ' : ' · ') };
  // Only those who work here are asked for their names.
  if (has('manager')) return null;
  const numbers = columns.filter(({ head }) => NUMBERED.test(head));
  const number = numbers.find(({ head }) => !/id$/i.test(head)) ?? numbers[0];
  if (!number) return null;
  const word = number.head
    .replace(NUMBERED, '')
    .replace(/[_\s-]+/g, ' ')
    .trim();
  return { [title.key]: `${word} {${number.head}}`.trim() };
}

/** What is on at a time that ends is a meeting; what else is to be done is a task, as the program has it. */
const kindOf = (columns: readonly SeenColumn[], used: ReadonlySet<string>): Record<string, string> =>
  !used.has('kind') && columns.some(({ head }) => /^(end|finish)(date|time|at|s)/.test(normal(head)))
    ? { kind: 'Meeting' }
    : {};

/** Nobody without a role can own what comes in next: people of another program begin with what sells. */
function rolesOf(targets: readonly ImportTarget[], used: ReadonlySet<string>): Record<string, string> {
  const roles = targets.find(({ key }) => key === 'roles');
  const role = roles?.choices.find(({ label }) => label === 'Sales representative');
  return role && !used.has('roles') ? { roles: role.label } : {};
}

/** Deals that were lost need a reason, which few programs ask for; of the others it is not kept. */
const lostReasonOf = (targets: readonly ImportTarget[], used: ReadonlySet<string>): Record<string, string> =>
  targets.some(({ key }) => key === 'lost_reason') && used.has('stage') && !used.has('lost_reason')
    ? { lost_reason: 'Not told' }
    : {};

const isIdLike = (head: string, samples: readonly string[]): boolean =>
  /id$/i.test(head) && samples.every((text) => !/\s/.test(text));

/** Heads of what tells rows apart: `Lead Number`, `opportunity_id`. */
const NUMBERED = /[_\s-]*(number|num|no\.?|nr\.?|id)$/i;

const FIRST = new Set(['firstname', 'givenname', 'forename', 'vorname']);
const LAST = new Set(['lastname', 'surname', 'familyname', 'nachname']);

/** By what records are known that are there already: an id from elsewhere, else an address, else a name. */
function matchOf(targets: readonly ImportTarget[], used: ReadonlySet<string>): string | null {
  const may = (key: string) => used.has(key) && targets.some((one) => one.key === key && one.matches);
  // A person or a company is known by its name; a deal's title or a ticket's subject says nothing of the kind.
  const isPerson = targets.some(({ key }) => key === 'job_title');
  return ['id', 'external_id', 'email', ...(isPerson ? [] : ['name'])].find(may) ?? null;
}
