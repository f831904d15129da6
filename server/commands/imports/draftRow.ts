import { createHash } from 'node:crypto';
import { f, type Field } from '../../../shared/fields/index.ts';
import { parseText } from '../../../shared/fields/parse.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { CsvRow } from '../../csv/read.ts';
import { splitNames } from '../../csv/names.ts';
import { rearm } from '../../csv/write.ts';
import { noteUnknown, refuse, type Column, type Draft, type Job, type Wanted } from './job.ts';
import { isPart } from '../../imports/targets.ts';
import { filled } from './templates.ts';
import { takeDone } from './activities.ts';

/** A row as its columns say it, with all that can be said without looking into the store. */
export function draftRow(job: Job, row: CsvRow, now: string): Draft {
  const cells = (row.cells ?? []).map(rearm);
  const draft = blank(row.line, cells);
  if ('problem' in row) {
    refuse(draft, row.column === null ? null : (job.heads[row.column] ?? null), row.problem);
    return draft;
  }
  const texts = new Map(
    job.heads.map((head, i) => [head, replaced(cells[i] ?? '', job.map.columns[head]?.values)]),
  );
  const textOf = (head: string) => texts.get(head) ?? '';
  for (const column of job.columns) {
    const text = column.head === null ? filled(column.template ?? '', textOf) : textOf(column.head);
    if (text !== '') take(job, draft, column, text, textOf, now);
  }
  draft.digest = digestOf(job, textOf);
  return draft;
}

function take(
  job: Job,
  draft: Draft,
  column: Column,
  text: string,
  textOf: (head: string) => string,
  now: string,
): void {
  const { to, field, head, target } = column;
  const values = head === null ? draft.set : draft.values;
  draft.shown[to] = text.slice(0, 300);
  if (to === 'id') draft.foreignId = text.slice(0, 200);
  else if (isPart(to)) draft.parts.push({ key: to, text });
  else if (to === 'roles') {
    draft.roles = splitNames(text);
    if (draft.roles.length > LISTED_MAX) refuse(draft, head ?? to, `At most ${LISTED_MAX} in one cell`);
  } else if (to === 'belongs_to') draft.belongsTo = { column, text };
  else if (to === 'done') takeDone(job, draft, column, text);
  else if (target.kind === 'stage') draft.stage = { column, text };
  else if (target.target !== null) {
    const texts = target.kind === 'relations' ? splitNames(text) : [text];
    const most = target.kind === 'relations' ? (field?.max ?? LISTED_MAX) : 1;
    if (texts.length > most) refuse(draft, head ?? to, `At most ${most} in one cell`);
    else draft.wanted.push(...texts.map((one) => wanted(column, one, textOf)));
  } else {
    const parsed = parseText(field ?? CREATED_AT, text, column);
    if ('problem' in parsed) {
      if (target.choices.length > 0) noteUnknown(job.found, head ?? to, to, text);
      refuse(draft, head ?? to, parsed.problem);
    } else if (to === 'created_at' || field?.told) {
      if (String(parsed.value) > now) refuse(draft, head ?? to, 'Lies in the future');
      else if (to === 'created_at') draft.createdAt = String(parsed.value);
      else draft.told[to] = parsed.value;
    } else values[to] = parsed.value;
    if ('value' in parsed) draft.shown[to] = shownAs(field, parsed.value) ?? draft.shown[to]!;
  }
}

/** Names in one cell. */
const LISTED_MAX = 50;

const CREATED_AT: Field = { ...f.instant('Created'), name: 'created_at' };

const wanted = (column: Column, text: string, textOf: (head: string) => string): Wanted => ({
  column: column.head ?? column.to,
  to: column.to,
  object: column.target.target ?? '',
  text,
  find: column.find ?? [],
  missing: column.missing ?? 'refuse',
  given: Object.fromEntries(
    Object.entries(column.create ?? {}).map(([name, template]) => [name, filled(template, textOf)]),
  ),
  many: column.target.kind === 'relations',
  isSet: column.head === null,
});

/** What the file says, by another text where the map has one for it. */
function replaced(cell: string, values: Record<string, string> | undefined): string {
  const text = cell.trim();
  return values && Object.hasOwn(values, text) ? (values[text] ?? '').trim() : text;
}

function shownAs(field: Field | null, value: unknown): string | undefined {
  const choice = field?.choices.find((one) => one.value === value);
  return choice?.label ?? (value === null ? undefined : String(value).slice(0, 300));
}

/** All that a row says, however it is written: two rows of one key that say the same are one. */
const digestOf = ({ columns }: Job, textOf: (head: string) => string): string =>
  createHash('sha256')
    .update(JSON.stringify(columns.map(({ head }) => (head === null ? '' : textOf(head)))))
    .digest('base64url')
    .slice(0, 22);

const blank = (line: number, cells: string[]): Draft => ({
  line,
  cells,
  values: {},
  set: {},
  told: {},
  createdAt: null,
  foreignId: null,
  parts: [],
  roles: [],
  wanted: [],
  links: [],
  stage: null,
  belongsTo: null,
  isDone: null,
  problems: [],
  key: null,
  digest: '',
  existing: null,
  outcome: 'create',
  recordId: newId(),
  shown: {},
});
