import { loadCustomFields } from '../../../server/access/customFields.ts';
import type { Sql } from '../../../server/db/connect.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { askOracle } from '../../world/oracle.ts';
import type { RigStore } from '../store.ts';
import { fillRows, fillThen, makeThen, POLICY, RECORDS } from '../witness.ts';

/** From `from_ms` on, until the next one: which fields of a record somebody may read. Empty: it does not exist for them. */
interface Sight {
  from_ms: number;
  fields: ReadonlySet<string> | null;
}

/** Who might see what, and when: the oracle's word on every state that the store was in. */
export class Visibility {
  readonly #sights = new Map<string, Sight[]>();
  /** How often the oracle was asked, and of how many states of policy. */
  asked = 0;
  policies = 0;

  /** Records that somebody has seen at any time so far, as `object id`. */
  readonly known = new Set<string>();

  note(key: string, from_ms: number, fields: ReadonlySet<string> | null): void {
    const sights = this.#sights.get(key) ?? [];
    const last = sights.at(-1);
    if (!last && fields === null) return;
    if (last && same(last.fields, fields)) return;
    sights.push({ from_ms, fields });
    this.#sights.set(key, sights);
  }

  /** Of these fields those that were never to be read between the two moments; null: nor was the record at all. */
  hidden(key: string, names: readonly string[], from_ms: number, to_ms: number): string[] | null {
    let left: string[] | null = null;
    const sights = this.#sights.get(key) ?? [];
    for (let i = sights.length - 1; i >= 0; i--) {
      const { from_ms: began_ms, fields } = must(sights[i], 'one of them');
      if (began_ms > to_ms) continue;
      if (fields) left = (left ?? [...names]).filter((name) => !fields.has(name));
      if (began_ms <= from_ms) break;
    }
    return left;
  }

  /** In words, for whoever looks into it. */
  story(key: string, from_ms: number, to_ms: number): string {
    const near = (this.#sights.get(key) ?? []).filter((sight) => sight.from_ms > from_ms - 20_000 && sight.from_ms < to_ms + 5_000); // prettier-ignore
    return near.map(({ from_ms: at, fields }) => `${Math.round(at - to_ms)} ms: ${fields ? `${fields.size} fields` : 'nothing'}`).join(', '); // prettier-ignore
  }
}

export const sightKey = (person: string, object: string, id: string): string => `${person} ${object} ${id}`;

interface Moment {
  at: string;
  ms: number;
}

/**
 * Asks the oracle of every state: whole for each state of the policy, and between two of them of the records that changed
 * (with their parts), each round of changes together.
 */
export async function lookBack(store: RigStore, people: readonly string[]): Promise<Visibility> {
  const admin = store.admin();
  await makeThen(admin);
  const then = await store.open(['at_that_time', 'pg_catalog'], 1);
  const registry = new Registry(OBJECTS, await loadCustomFields(admin));
  const seen = new Visibility();
  try {
    const policies = await policyMoments(admin);
    const changes = await recordMoments(admin);
    const families = await familyKeys(admin);
    let at = 0;
    for (const [i, policy] of policies.entries()) {
      const next_ms = policies[i + 1]?.ms ?? Infinity;
      await fillThen(then, [...POLICY, ...RECORDS], policy.at);
      await onlyClients(then, people);
      await onlyFilled(then);
      seen.policies++;
      await ask(then, registry, seen, people, () => policy.ms, null);
      while ((changes[at]?.ms ?? Infinity) <= policy.ms) at++;
      // The first change of each family, then the second of those that have one…
      const rounds: Map<string, Moment>[] = [];
      const counts = new Map<string, number>();
      for (; (changes[at]?.ms ?? Infinity) < next_ms; at++) {
        const { family, ...moment } = must(changes[at], 'a change');
        const nth = counts.get(family) ?? 0;
        counts.set(family, nth + 1);
        (rounds[nth] ??= new Map<string, Moment>()).set(family, moment);
      }
      for (const round of rounds) {
        const rows = [...round].flatMap(([family, moment]) => (families.get(family) ?? []).map((key) => ({ key, at: moment.at }))); // prettier-ignore
        await fillRows(then, RECORDS, rows);
        const times = new Map([...round].flatMap(([family, { ms }]) => (families.get(family) ?? []).map((key) => [key, ms] as const))); // prettier-ignore
        await ask(then, registry, seen, people, (id) => times.get(id), new Set(times.keys()));
      }
    }
    return seen;
  } finally {
    await then.end({ timeout: 1 });
  }
}

/** `only`: of these records alone something was asked; null: of all. */
async function ask(
  then: Sql,
  registry: Registry,
  seen: Visibility,
  people: readonly string[],
  timeOf: (id: string) => number | undefined,
  only: ReadonlySet<string> | null,
): Promise<void> {
  seen.asked++;
  const told = new Set<string>();
  for (const { person, object, id, actions, readable } of await askOracle(then, registry)) {
    const ms = timeOf(id);
    if (!LOOKED_INTO.has(object) || ms === undefined || actions.length === 0) continue;
    const key = sightKey(person, object, id);
    told.add(key);
    seen.note(key, ms, new Set(readable));
    seen.known.add(`${object} ${id}`);
  }
  for (const record of seen.known) {
    const [object = '', id = ''] = record.split(' ');
    const ms = timeOf(id);
    if (ms === undefined || (only && !only.has(id))) continue;
    for (const person of people) {
      const key = sightKey(person, object, id);
      if (!told.has(key)) seen.note(key, ms, null);
    }
  }
}
const LOOKED_INTO = new Set<string>(RECORDS);

async function policyMoments(admin: Sql): Promise<Moment[]> {
  // What work in the background notes on rules decides nothing.
  return admin<Moment[]>`
    select distinct from_at::text as at, (extract(epoch from from_at) * 1000)::float8 as ms
    from (
      select tbl, key, from_at,
        row - 'version' - 'touched' - 'updated_at' as row,
        lag(row - 'version' - 'touched' - 'updated_at') over (partition by tbl, key order by from_at) as before
      from witness.span where tbl = any (${[...POLICY]}::text[])
    ) s
    where row is distinct from before
    order by 2
  `;
}

/** When which record, or a part of it, was changed. */
function recordMoments(admin: Sql): Promise<(Moment & { family: string })[]> {
  return admin<(Moment & { family: string })[]>`
    select distinct family, from_at::text as at, (extract(epoch from from_at) * 1000)::float8 as ms
    from (select tbl, key, from_at, coalesce(row ->> 'ticket_id', case when tbl = 'activity' then
      coalesce(row ->> 'deal_id', row ->> 'company_id', row ->> 'contact_id') end, key) as family
      from witness.span where tbl = any (${[...RECORDS]}::text[])) s
    order by 3
  `;
}

async function familyKeys(admin: Sql): Promise<Map<string, string[]>> {
  const rows = await admin<{ family: string; keys: string[] }[]>`
    select family, array_agg(distinct key) as keys
    from (select key, coalesce(row ->> 'ticket_id', case when tbl = 'activity' then
      coalesce(row ->> 'deal_id', row ->> 'company_id', row ->> 'contact_id') end, key) as family
      from witness.span where tbl = any (${[...RECORDS]}::text[])) s
    group by family
  `;
  return new Map(rows.map(({ family, keys }) => [family, [...new Set([...keys, family])]]));
}

/** Nobody asks for the others, who still stand in the tree. */
async function onlyClients(then: Sql, people: readonly string[]): Promise<void> {
  await then`update at_that_time.user_account set active = false where id <> all (${[...people]}::uuid[])`;
}

/** What a restriction is to hide of what was there before is hidden by and by: it counts once it is told to be done. */
async function onlyFilled(then: Sql): Promise<void> {
  await then`
    delete from at_that_time.restriction r using at_that_time.criteria c where c.id = r.criteria_id and c.filled_at is null
  `;
}

function same(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): boolean {
  if (a === null || b === null) return a === b;
  return a.size === b.size && [...a].every((name) => b.has(name));
}
