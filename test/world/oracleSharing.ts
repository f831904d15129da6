import type { AnySql, Fragment } from '../../server/db/fragments.ts';

/**
 * The part of the oracle that knows of rules, shares and restrictions: CTEs `sharing` (person, object, id, level) and
 * `concealed` (person, object, id), to stand after `person`, `in_team`, `held`, `record` and `field`. It reads what
 * rules ask for out of their own JSON and never looks at what the program has written onto the records of it.
 */
export const sharingCtes = (sql: AnySql): Fragment => sql`
    -- What a rule asks for, comparison by comparison: those that must all hold (branch 0), and those of each "or".
    asked (criteria, branch, field, test) as (
      select c.id, 0, of_field.key, of_field.value from criteria c cross join jsonb_each(c.filter) of_field
      where of_field.key <> 'or'
      union all
      select c.id, branch::int, of_field.key, of_field.value
      from criteria c
      cross join jsonb_array_elements(c.filter -> 'or') with ordinality parts (part, branch)
      cross join jsonb_each(part) of_field
    ),
    comparison (criteria, branch, field, operator, wanted) as (
      select criteria, branch, field, 'eq', test from asked where jsonb_typeof(test) not in ('object', 'array', 'null')
      union all
      select criteria, branch, field, 'in', test from asked where jsonb_typeof(test) = 'array'
      union all
      select criteria, branch, field, 'empty', 'true'::jsonb from asked where jsonb_typeof(test) = 'null'
      union all
      select criteria, branch, field, one.key, one.value
      from asked cross join jsonb_each(case when jsonb_typeof(test) = 'object' then test else '{}' end) one
    ),
    -- Each comparison put to each record, as the table has it.
    tried (criteria, branch, object, id, holds) as (
      select k.criteria, k.branch, r.object, r.id, case k.operator
          when 'empty' then (value is null) = (k.wanted = 'true')
          when 'eq' then value = k.wanted #>> '{}'
          when 'ne' then value is distinct from k.wanted #>> '{}'
          when 'in' then value in (select jsonb_array_elements_text(k.wanted))
          when 'nin' then value is null or value not in (select jsonb_array_elements_text(k.wanted))
          when 'gte' then value::numeric >= (k.wanted #>> '{}')::numeric
          when 'lt' then value::numeric < (k.wanted #>> '{}')::numeric
        end
      from comparison k
      join criteria c on c.id = k.criteria
      join record r on r.object = c.object
      join field on field.object = c.object and field.name = k.field
      cross join lateral (
        select case when field.own then r.data -> 'custom' ->> field.name else r.data ->> field.kept_in end as raw
      ) found
      cross join lateral (
        -- Numbers are the same however many zeros follow the point.
        select case when field.kind in ('money', 'percent', 'integer') then trim_scale(raw::numeric)::text else raw end as value
      ) plain
    ),
    fulfilled (criteria, object, id) as (
      select c.id, r.object, r.id from criteria c join record r on r.object = c.object
      where not exists (
          select from tried t
          where t.criteria = c.id and t.object = r.object and t.id = r.id and t.branch = 0 and t.holds is not true)
        and (not c.filter ? 'or' or exists (
          select from generate_series(1, jsonb_array_length(c.filter -> 'or')) nth
          where not exists (
            select from tried t
            where t.criteria = c.id and t.object = r.object and t.id = r.id and t.branch = nth
              and t.holds is not true)))
    ),

    -- Whom a rule or a share means by what it names.
    meant (target, person) as (
      select id, id from person
      union
      select team, person from in_team
      union
      select role, person from held
      union
      select territory, u.id from user_account u cross join unnest(u.territory_ids) territory
    ),
    opened_to (person, object, id, level) as (
      select meant.person, f.object, f.id, rule.level
      from sharing_rule rule
      join fulfilled f on f.criteria = rule.criteria_id
      join meant on meant.target = rule.to_id
      where rule.active
      union
      select meant.person, s.object, s.record_id, s.level
      from share s join meant on meant.target = s.to_id
      where coalesce(s.ends_at, 'infinity') > now()
    ),
    concealed_from (person, object, id) as (
      select person.id, f.object, f.id
      from restriction ban join fulfilled f on f.criteria = ban.criteria_id or f.criteria = any (ban.former_ids)
      cross join person
      where ban.active and not exists (
        select from held where held.person = person.id and held.role = any (ban.except_roles))
    ),
    -- A part goes with what it is a part of.
    sharing (person, object, id, level) as (
      select o.person, r.object, r.id, o.level from record r
      join opened_to o on o.object = coalesce(r.parent_object, r.object) and o.id = coalesce(r.parent, r.id)
    ),
    concealed (person, object, id) as (
      select c.person, r.object, r.id from record r
      join concealed_from c on c.object = coalesce(r.parent_object, r.object) and c.id = coalesce(r.parent, r.id)
    ),
`;
