import type { Actor } from '../../shared/access/index.ts';
import type { Registry } from '../../shared/objects/index.ts';
import { fieldsOf, parseFilter, type MyRights, type Named } from '../../shared/protocol/index.ts';
import { isReadableWithRow } from '../access/reaches.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import type { App, Caller } from '../lib/app.ts';
import { mayOversee } from './explain.ts';
import { ruleNames, type PolicyName } from './policyNames.ts';
import { holdings, roleNames, territoriesOf, titlesAsRead } from './why/facts.ts';

const SHARES_MAX = 100;

/**
 * What somebody's rights come from beside what their roles say: how they hold each, where they work, what rules and
 * colleagues share with them, and of which kinds of records some are hidden from them – not which, nor by what.
 */
export async function myRights({ sql, registry }: App, { actor }: Caller): Promise<MyRights> {
  const { userId, sets } = actor;
  return transaction(
    sql,
    async (tx) => {
      const all = await holdings(tx, [userId]);
      const held = all.filter(({ role }) => actor.roles.some(({ id }) => id === role));
      const own = (await territoriesOf(tx, [userId])).get(userId) ?? [];
      const policies = await ruleNames(tx, [...sets.shared]);
      const criteria = await criteriaOf(tx, [...sets.shared, ...sets.restrictions]);
      const shared = await sharedRecords(tx, [...sets.shared]);
      const names = await namesIn(tx, actor, registry, [...policies.values()], held.flatMap(({ team }) => team ?? []), own); // prettier-ignore
      const titles = await titlesAsRead(tx, actor, registry, byObject(registry, shared));
      const name = (id: string): Named => ({ id, name: names.get(id) ?? null });

      return {
        held: held.map(({ role, team, ends_at }) => ({
          role,
          team: team === null ? null : name(team),
          ends_at,
        })),
        territories: own.map(name),
        rules: [...policies].flatMap(([id, rule]) => {
          const looks = criteria.get(id);
          if (rule.kind !== 'sharing_rule' || !looks) return [];
          const known = mayOversee(actor) || isKnown(actor, registry, looks);
          const to = { ...rule.to, name: names.get(rule.to.id) ?? null };
          return [{ object: looks.object, name: known ? rule.name : null, to, level: rule.level }];
        }),
        shares: shared.flatMap(({ id, object, record }) => {
          const share = policies.get(id);
          // What is not theirs to see for all that is not named.
          if (share?.kind !== 'share' || !titles.has(record)) return [];
          const { level, ends_at, by } = share;
          const to = { ...share.to, name: names.get(share.to.id) ?? null };
          const title = titles.get(record) ?? null;
          return [{ object, record, title, by: by === null ? null : name(by), to, level, ends_at }];
        }),
        restricted: [
          ...new Set([...sets.restrictions].flatMap((id) => criteria.get(id)?.object ?? [])),
        ].sort(),
      };
    },
    { isolation: 'snapshot' },
  );
}

interface Criteria {
  id: string;
  object: string;
  filter: unknown;
}

async function criteriaOf(tx: Tx, ids: readonly string[]): Promise<Map<string, Criteria>> {
  const rows = await tx<Criteria[]>`
    select id, object, filter from criteria where id = any (${[...ids]}::uuid[])
  `;
  return new Map(rows.map((row) => [row.id, row]));
}

interface SharedRecord {
  id: string;
  object: string;
  record: string;
}

async function sharedRecords(tx: Tx, ids: readonly string[]): Promise<SharedRecord[]> {
  const rows = await tx<SharedRecord[]>`
    select id, object, record_id as record from share where id = any (${[...ids]}::uuid[])
    order by created_at desc, id limit ${SHARES_MAX}
  `;
  return [...rows];
}

function byObject(registry: Registry, shared: readonly SharedRecord[]): Map<string, Set<string>> {
  const records = new Map<string, Set<string>>();
  for (const { object, record } of shared) {
    if (registry.find(object)) records.set(object, (records.get(object) ?? new Set()).add(record));
  }
  return records;
}

/** Names of everyone and everything that these rules and shares name, as far as the actor may read them. */
async function namesIn(
  tx: Tx,
  actor: Actor,
  registry: Registry,
  policies: readonly PolicyName[],
  teams: readonly string[],
  territories: readonly string[],
): Promise<Map<string, string>> {
  const targets = policies.flatMap((one) => ('to' in one ? [one.to] : []));
  const meant = (kind: string) => targets.flatMap((to) => (to.kind === kind ? [to.id] : []));
  const givers = policies.flatMap((one) => (one.kind === 'share' && one.by !== null ? [one.by] : []));
  const wanted = new Map([
    ['user', new Set([...givers, ...meant('user')])],
    ['team', new Set([...teams, ...meant('team')])],
    ['territory', new Set([...territories, ...meant('territory')])],
  ]);
  const names = await titlesAsRead(tx, actor, registry, wanted);
  for (const [id, name] of await roleNames(tx, meant('role'))) names.set(id, name);
  return names;
}

/** Whether a rule looks at nothing but fields that the actor reads on every record they see: else its name may tell. */
function isKnown(actor: Actor, registry: Registry, { object: name, filter }: Criteria): boolean {
  const object = registry.find(name);
  if (!object) return false;
  try {
    return fieldsOf(parseFilter(object, filter)).every((field) =>
      isReadableWithRow(actor, registry, object, field),
    );
  } catch {
    return false;
  }
}
