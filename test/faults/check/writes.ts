import type { Sql } from '../../../server/db/connect.ts';
import { OBJECTS } from '../../../shared/objects/index.ts';
import type { Entry } from '../history.ts';
import { around } from './frames.ts';
import { ofKind, type Report } from './index.ts';

/** Every acknowledged write is there, once; every other one wholly or not at all. */
export async function checkWrites(entries: readonly Entry[], admin: Sql): Promise<Report['violations']> {
  const found: Report['violations'] = [];
  const keys = await admin<{ by: string; key: string; xid: string }[]>`
    select row ->> 'user_id' as by, row ->> 'key' as key, xid::text as xid from witness.span
    where tbl = 'idempotency' and row is not null
  `;
  const committed = new Map(keys.map(({ by, key, xid }) => [`${by} ${key}`, xid]));
  const marks = await marksInLog(entries, admin);
  const outcomes = new Map(ofKind(entries, 'outcome').map((one) => [one.key, one]));
  for (const { key, by, verb, mark, at } of ofKind(entries, 'write')) {
    const told = outcomes.get(key)?.outcome;
    const xid = committed.get(`${by} ${key}`);
    const tell = (words: string) =>
      found.push({ invariant: 'every write once, whole or not at all', words: `${verb} ${key} (${told}): ${words}${around(entries, at)}` }); // prettier-ignore
    if (told === 'acknowledged' && !xid) tell('its key is not there');
    if (told === 'refused' && xid) tell('it was refused, and its key is there');
    if (mark === undefined) continue;
    const there = marks.get(mark) ?? [];
    if (there.length !== (xid ? 1 : 0)) tell(`it stands in the log ${there.length} times${xid ? '' : ', without its key'}`); // prettier-ignore
    for (const one of there) {
      if (one.xid !== xid) tell(`${one.object} ${one.id} was written by another transaction (${one.xid}) than the key (${xid})`); // prettier-ignore
      if (!one.remembered && hasHistory(one.object)) tell(`${one.object} ${one.id} has no history of it`);
    }
  }
  return found;
}

interface InLog {
  object: string;
  id: string;
  /** The transaction that wrote this version of the record; null: there is none. */
  xid: string | null;
  remembered: boolean;
}

/** Where each write's mark came into a record, by the log. */
async function marksInLog(entries: readonly Entry[], admin: Sql): Promise<Map<string, InLog[]>> {
  const marks = new Map<string, InLog[]>();
  const wanted = new Map<string, { field: string; texts: string[] }>();
  for (const { object, mark } of ofKind(entries, 'write')) {
    if (object === undefined || mark === undefined) continue;
    const [field = '', text = ''] = mark.split(' ');
    const same = wanted.get(`${object} ${field}`) ?? { field, texts: [] };
    same.texts.push(text);
    wanted.set(`${object} ${field}`, same);
  }
  for (const [name, { field, texts }] of wanted) {
    const [object = ''] = name.split(' ');
    const table = OBJECTS.find((one) => one.name === object)?.table ?? object;
    const rows = await admin<(InLog & { text: string })[]>`
      select e.object, e.record_id as id, e.after ->> ${field} as text,
        (select v.xid::text from witness.row_version v
          where v.tbl = ${table} and v.key = e.record_id::text and (v.row ->> 'version')::bigint = e.version
          order by n limit 1) as xid,
        exists (select from history h where h.object = e.object and h.record_id = e.record_id and h.seq = e.seq
          and h.changes ? ${field}) as remembered
      from event_log e
      where e.object = ${object} and e.after ->> ${field} = any (${texts}::text[])
        and (e.op = 'create' or e.old ? ${field})
    `;
    for (const row of rows) marks.set(`${field} ${row.text}`, [...(marks.get(`${field} ${row.text}`) ?? []), row]); // prettier-ignore
  }
  return marks;
}

/** Of messages and notes, which are never changed, there is none. */
const hasHistory = (name: string): boolean => OBJECTS.find((object) => object.name === name)?.history ?? true;
