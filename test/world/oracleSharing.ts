import type { AnySql, Fragment } from '../../server/db/fragments.ts';

/**
 * The part of the oracle that knows of rules, shares and restrictions: CTEs `sharing` (person, object, id, level) and
 * `concealed` (person, object, id), to stand after `person`, `in_team`, `held`, `record` and `field`. It reads what
 * rules ask for out of their own JSON and never looks at what the program has written onto the records of it.
 */
export const sharingCtes = (sql: AnySql): Fragment => sql`
    -- What a rule asks for, as ways to fulfil it: each a list of comparisons that must all hold. "and" is taken apart,
    -- and of "or" every part makes a way of its own.
    to_fulfil (criteria, pending, said) as (
      select id, array[jsonb_build_object('one', filter)], '{}'::jsonb[] from criteria
      union all
      select f.criteria, step.pending, step.said
      from to_fulfil f
      cross join lateral (
        select array[jsonb_build_object('one', part)] || f.pending[2:] as pending, f.said
        from jsonb_array_elements(f.pending[1] -> 'any') part
        union all
        select coalesce((select array_agg(jsonb_build_object('any', value)) from jsonb_each(one) where key = 'or'), '{}')
            || coalesce((select array_agg(jsonb_build_object('one', part)) from jsonb_array_elements(one -> 'and') part), '{}')
            || f.pending[2:],
          f.said || coalesce((
            select array_agg(jsonb_build_object('field', key, 'test', value)) from jsonb_each(one)
            where key not in ('or', 'and')), '{}')
        from (select f.pending[1] -> 'one' as one) this
        where one is not null
      ) step
      where cardinality(f.pending) > 0
    ),
    alternative (criteria, branch, said) as (
      select criteria, row_number() over (), said from to_fulfil where cardinality(pending) = 0
    ),
    asked (criteria, branch, field, test) as (
      select criteria, branch, one ->> 'field', one -> 'test' from alternative cross join unnest(said) one
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
          when 'empty' then (value is null or raw = '[]') = (k.wanted = 'true')
          when 'eq' then value = plain
          when 'ne' then value is distinct from plain
          when 'in' then value = any (plains)
          when 'nin' then value is null or value <> all (plains)
          when 'has' then raw @> jsonb_build_array(k.wanted)
          when 'contains' then position(lower(k.wanted #>> '{}') in lower(value)) > 0
          else case
            when field.kind in ('money', 'percent', 'integer') then
              case k.operator when 'gt' then value::numeric > plain::numeric when 'gte' then value::numeric >= plain::numeric
                when 'lt' then value::numeric < plain::numeric when 'lte' then value::numeric <= plain::numeric end
            when field.kind = 'instant' then
              case k.operator when 'gt' then value::timestamptz > plain::timestamptz
                when 'gte' then value::timestamptz >= plain::timestamptz
                when 'lt' then value::timestamptz < plain::timestamptz
                when 'lte' then value::timestamptz <= plain::timestamptz end
            when field.kind = 'date' then
              case k.operator when 'gt' then value::date > plain::date when 'gte' then value::date >= plain::date
                when 'lt' then value::date < plain::date when 'lte' then value::date <= plain::date end
          end
        end
      from comparison k
      join criteria c on c.id = k.criteria
      join record r on r.object = c.object
      join field on field.object = c.object and field.name = k.field
      cross join lateral (
        select nullif(case when field.own then r.data -> 'custom' -> field.name else r.data -> field.kept_in end, 'null') as raw
      ) found
      -- Numbers are the same however many zeros follow the point, and moments in whatever zone they are written.
      cross join lateral (select ${plainSql(sql, sql`raw #>> '{}'`)} as value) held
      cross join lateral (
        select case when jsonb_typeof(k.wanted) = 'array' or k.operator in ('empty', 'has', 'contains') then null
          else ${plainSql(sql, sql`k.wanted #>> '{}'`)} end as plain
      ) one
      cross join lateral (
        select array(select ${plainSql(sql, sql`w`)} from jsonb_array_elements_text(
          case when jsonb_typeof(k.wanted) = 'array' then k.wanted else '[]' end) w) as plains
      ) several
    ),
    fulfilled (criteria, object, id) as (
      select distinct a.criteria, r.object, r.id
      from alternative a join criteria c on c.id = a.criteria join record r on r.object = c.object
      where not exists (
        select from tried t
        where t.criteria = a.criteria and t.branch = a.branch and t.object = r.object and t.id = r.id
          and t.holds is not true)
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

/** A value of a field as text, the same for all ways to write it. */
const plainSql = (sql: AnySql, text: Fragment): Fragment => sql`case
  when field.kind in ('money', 'percent', 'integer') then trim_scale((${text})::numeric)::text
  when field.kind = 'instant' then ((${text})::timestamptz)::text
  else ${text} end`;
