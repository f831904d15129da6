import { createHash } from 'node:crypto';
import { sameValue, type Value } from '../../../shared/fields/index.ts';
import { isId } from '../../../shared/lib/ids.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { maskedSql, toMasked, type MaskedRow } from '../../records/readSql.ts';
import type { Values } from '../../records/columns.ts';
import type { Act } from '../perform.ts';
import { holdsAny, type Asked } from './holders.ts';
import { isRefused, isValue, normal, refuse, type Draft, type Job } from './job.ts';

/**
 * Which rows are records that are there already, as far as this person may read them: by all that the map matches. A
 * row that has none of it is a new one; one whose key stood in the file before is refused, unless it says the same.
 */
export async function matchRows(act: Act, job: Job, drafts: readonly Draft[]): Promise<void> {
  const match = job.map.match ?? [];
  const keyed = drafts.filter(
    (draft) => !isRefused(draft) && match.some((name) => textIn(draft, name) !== null),
  );
  if (match.length === 0 || keyed.length === 0) return;
  for (const draft of keyed) draft.key = keyOf(draft, match);
  await refuseRepeated(act, job, keyed);
  const open = keyed.filter((draft) => !isRefused(draft) && draft.outcome !== 'same');
  const rows = await candidates(act, job, open, match);
  for (const draft of open) {
    const same = sameAs(job, draft, rows);
    if (same.length > 1) refuse(draft, null, `There are ${same.length} such records already`);
    const [row] = same;
    if (!row || isRefused(draft)) continue;
    draft.existing = toMasked(await act.actor(), act.app.registry, job.object, row);
    draft.recordId = row.id;
    draft.outcome = job.map.existing === 'skip' ? 'skip' : 'update';
  }
}

function sameAs(job: Job, draft: Draft, rows: readonly MaskedRow[]): MaskedRow[] {
  const match = job.map.match ?? [];
  const agreed = rows.filter((row) => match.every((name) => agrees(job, draft, row, name)));
  // Our own id goes before what a record is known by elsewhere.
  const own = agreed.filter(({ id }) => id === draft.foreignId?.toLowerCase());
  return own.length > 0 ? own : agreed;
}

/** What a row says of a target that it is known by: of a record, its id. */
function textIn(draft: Draft, name: string): string | null {
  if (name === 'id') return draft.foreignId;
  const value = draft.values[name];
  return isValue(value) ? String(value) : null;
}

const keyOf = (draft: Draft, match: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify(match.map((name) => said(name, textIn(draft, name)))))
    .digest('base64url')
    .slice(0, 22);

const said = (name: string, text: string | null): string | null =>
  text === null || name === 'id' || name === 'external_id' ? text : normal(text);

/** The same record twice in one file: once, if both rows say the same. Rows above that were refused do not count. */
async function refuseRepeated({ tx }: Act, job: Job, drafts: readonly Draft[]): Promise<void> {
  const keys = drafts.map(({ key }) => key);
  const before = await tx<{ key: string; digest: string; line: number }[]>`
    select key, digest, line from import_row
    where import_id = ${job.id} and dry = ${job.dry} and key = any (${keys}::text[]) and outcome <> 'refuse'
    order by line desc
  `;
  const first = new Map(before.map(({ key, digest, line }) => [key, { digest, line }]));
  for (const draft of drafts) {
    const known = first.get(draft.key ?? '');
    if (!known) first.set(draft.key ?? '', draft);
    else if (known.digest === draft.digest) draft.outcome = 'same';
    else refuse(draft, null, `The same record stands in line ${known.line} with other values`);
  }
}

async function candidates(
  act: Act,
  { object }: Job,
  drafts: readonly Draft[],
  match: readonly string[],
): Promise<MaskedRow[]> {
  const { tx, app } = act;
  const texts = new Map<string, Set<string>>();
  for (const draft of drafts) {
    const lead = match.find((name) => textIn(draft, name) !== null);
    if (lead === undefined) continue;
    texts.set(lead, (texts.get(lead) ?? new Set()).add(textIn(draft, lead) ?? ''));
  }
  const addresses = drafts.flatMap((draft) => addressIn(object, draft) ?? []);
  const asked = [...texts].flatMap(([name, some]): Asked[] => {
    const all = [...some];
    if (name === 'external_id')
      return [
        [name, all],
        ['email', addresses],
      ];
    if (name !== 'id') return [[name, all]];
    const ids = all.map((text) => text.toLowerCase()).filter(isId);
    const others = elsewhere(object).map((key): Asked => [
      key,
      drafts.flatMap((draft) => textsElsewhere(draft, key)),
    ]);
    return [['id', ids], ...others];
  });
  return tx<MaskedRow[]>`
    select * from ${maskedSql(tx, await act.actor(), app.registry, object)} m
    where ${holdsAny(tx, object, asked)}
  `;
}

function agrees({ object }: Job, draft: Draft, row: MaskedRow, name: string): boolean {
  const text = textIn(draft, name);
  if (name === 'id') return row.id === text?.toLowerCase() || isKnownElsewhere(object, draft, row);
  const held = row[name] ?? null;
  if (name === 'external_id' && held === null && hasAddress(object, draft, row)) return true;
  if (text === null || held === null) return text === null && held === null;
  if (name === 'external_id') return held === text;
  const kind = object.fields[name]?.kind ?? 'text';
  return TEXTS.includes(kind) ? normal(String(held)) === normal(text) : sameValue(held, draft.values[name]);
}

/**
 * By what a record is known whose id is another house's: by its id elsewhere where such are kept, else by its name. People
 * have addresses of their own, by which they are known who were here before they had an id elsewhere.
 */
const elsewhere = (object: ObjectDef): string[] =>
  object.name === 'user' ? ['external_id', 'email']
  : 'external_id' in object.fields ? ['external_id']
  : [object.title]; // prettier-ignore

function textsElsewhere({ values, foreignId }: Draft, key: string): string[] {
  const said = values[key];
  return [
    ...(isValue(said) ? [String(said)] : []),
    ...(key === 'external_id' && foreignId !== null ? [foreignId] : []),
  ];
}

function isKnownElsewhere(object: ObjectDef, draft: Draft, row: MaskedRow): boolean {
  const [key] = elsewhere(object);
  if (key === undefined) return false;
  const same = (said: string) =>
    key === 'external_id' ? row[key] === said : normal(String(row[key] ?? '')) === normal(said);
  return (
    textsElsewhere(draft, key).some(same) || ((row[key] ?? null) === null && hasAddress(object, draft, row))
  );
}

/** A person's address, which is nobody else's; a contact's may be that of several. */
function addressIn({ name }: ObjectDef, { values }: Draft): string | null {
  const said = name === 'user' ? values['email'] : undefined;
  return isValue(said) ? String(said) : null;
}

function hasAddress(object: ObjectDef, draft: Draft, row: MaskedRow): boolean {
  const said = addressIn(object, draft);
  return said !== null && normal(String(row['email'] ?? '')) === normal(said);
}

const TEXTS = ['text', 'email', 'phone', 'url'];

/** What a row says otherwise than its record: what is the same, and what the row leaves empty, stays untouched. */
export function differences({ existing, values }: Draft): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      if (!existing || !(name in existing)) return true;
      return !isSame(existing[name] as Value, value);
    }),
  );
}

function isSame(held: Value, value: Value): boolean {
  if (!Array.isArray(held) || !Array.isArray(value)) return sameValue(held, value);
  return sameValue(held.map(String).toSorted(), value.map(String).toSorted());
}
