import type { Target, ShareLevel } from '../../shared/protocol/index.ts';
import type { Tx } from '../db/transaction.ts';

/** What an id in the fact `policies` of a record stands for. */
export type PolicyName =
  | { kind: 'sharing_rule'; id: string; name: string; to: Target; level: ShareLevel }
  | { kind: 'restriction'; id: string; name: string }
  | {
      kind: 'share';
      id: string;
      /** Who gave it; null where that person is gone. */
      by: string | null;
      byName: string | null;
      to: Target;
      level: ShareLevel;
      ends_at: string | null;
    };

/**
 * What ids of criteria and shares stand for, by these ids; those that mean nothing any more are left out. Names of rules
 * are for those who may know them: whoever asks for somebody sees to that.
 */
export async function ruleNames(tx: Tx, ids: readonly string[]): Promise<Map<string, PolicyName>> {
  if (ids.length === 0) return new Map();
  const wanted = [...new Set(ids)];
  const rows = await tx<{ key: string; policy: PolicyName }[]>`
    select r.criteria_id as key, jsonb_build_object('kind', 'sharing_rule', 'id', r.id, 'name', r.name,
      'to', jsonb_build_object('kind', r.to_kind, 'id', r.to_id), 'level', r.level) as policy
    from sharing_rule r where r.criteria_id = any (${wanted}::uuid[])
    union all
    select c.id, jsonb_build_object('kind', 'restriction', 'id', r.id, 'name', r.name)
    from restriction r cross join lateral unnest(r.criteria_id || r.former_ids) c (id)
    where c.id = any (${wanted}::uuid[])
    union all
    select s.id, jsonb_build_object('kind', 'share', 'id', s.id, 'by', s.given_by, 'byName', u.name,
      'to', jsonb_build_object('kind', s.to_kind, 'id', s.to_id), 'level', s.level,
      'ends_at', to_char(s.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    from share s left join user_account u on u.id = s.given_by where s.id = any (${wanted}::uuid[])
  `;
  return new Map(rows.map(({ key, policy }) => [key, policy]));
}
