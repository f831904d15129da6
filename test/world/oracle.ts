import type { Sql } from '../../server/db/connect.ts';
import { columnOf, type Registry } from '../../shared/objects/index.ts';
import { sharingCtes } from './oracleSharing.ts';

/** What one person (or customer) may do with one record. */
export interface Answer {
  person: string;
  object: string;
  id: string;
  actions: string[];
  readable: string[];
  editable: string[];
}

/**
 * The fourth reading of the policy: slow, plain, and written from the words of the design rather than from the program.
 * It knows nothing of shared/access and looks at nothing but the tables and at what the registry says of fields. Gives a
 * line for every person and record of which the person may do anything at all.
 */
export async function askOracle(sql: Sql, registry: Registry): Promise<Answer[]> {
  const fields = [...registry.objects.values()].flatMap((object) =>
    Object.values(object.fields).map((field) => ({
      object: object.name,
      name: field.name,
      kind: field.kind,
      kept_in: columnOf(field),
      own: field.custom,
      sensitivity: field.sensitivity,
      kept_by_program: field.system,
      moves_record: field.assigns,
      computed_from: field.computedFrom,
      inputs: [...field.inputs],
    })),
  );
  return sql.begin(async (tx) => {
    // Slow on purpose, as plain words are.
    await tx`set local statement_timeout = '60s'`;
    await tx`set local jit = off`;
    // Nothing is known of how many rows each step gives, and the wrong guess is the most expensive one.
    await tx`set local enable_nestloop = off`;
    return tx<Answer[]>`
    with recursive

    -- Whoever is inactive, or in the bin, may do nothing.
    person as (
      select id from user_account where active and deleted_at is null
    ),
    -- Everyone below a person in the management tree, at any depth, whatever has become of them.
    below (boss, id) as (
      select manager_id, id from user_account where manager_id is not null
      union
      select below.boss, u.id from below join user_account u on u.manager_id = below.id
    ),
    in_team (person, team) as (
      select id, team_id from user_account where team_id is not null
      union
      select user_id, team_id from team_member
    ),

    -- The territories a person works in, and all below them.
    in_territory (person, territory) as (
      select u.id, t.id from user_account u join territory t on t.id = any (u.territory_ids)
      union
      select i.person, t.id from in_territory i join territory t on t.parent_id = i.territory
    ),

    -- The queues that a person's teams work. A queue in the bin is worked by nobody.
    works_queue (person, queue) as (
      select in_team.person, queue.id from in_team join queue on in_team.team = any (queue.team_ids)
      where queue.deleted_at is null
    ),

    -- Who holds which role: given to them, or to a team of theirs. An assignment holds between its two ends.
    held (person, role) as (
      select distinct person.id, given.role_id
      from person
      join role_assignment given on (given.user_id = person.id
          or given.team_id in (select team from in_team where in_team.person = person.id))
        and given.starts_at <= now() and coalesce(given.ends_at, 'infinity') > now()
    ),

    -- What is said in roles: one line per person, role, object, action and way.
    written (person, role, object, action, way) as (
      select held.person, role.id, of_object.key, of_action.key, way
      from held
      join role on role.id = held.role
      cross join jsonb_each(role.grants) of_object
      cross join jsonb_each(of_object.value) of_action
      cross join jsonb_array_elements_text(of_action.value) way
      where of_action.key <> 'create'
    ),
    -- What is shared is opened through every grant that somebody has, whatever its reach: to read, or to edit as well.
    -- Every grant includes reading, of an action that the object has: deals have no thread to be read.
    said (person, role, object, action, way) as (
      select * from written
      union
      select person, role, object, action, 'shared' from written where action in ('read', 'export', 'read_thread')
      union
      select person, role, object, 'read', 'shared' from written
      where action in ('read', 'update', 'delete', 'assign', 'export') or object = 'ticket'
      union
      select person, role, object, action, 'shared to edit' from written where action in ('update', 'reply', 'note')
    ),
    granted (person, role, object, action, way) as (
      -- Every object has five actions, tickets three more. Messages and notes have no grants of their own…
      select * from said where object not in ('message', 'note') and (
        action in ('read', 'update', 'delete', 'assign', 'export')
        or object = 'ticket' and action in ('read_thread', 'reply', 'note'))
      union
      -- …but are read by whoever may read or answer the thread, and by whoever may write notes in the ticket.
      select person, role, 'message', 'read', way from said where object = 'ticket' and action in ('read_thread', 'reply')
      union
      select person, role, 'note', 'read', way from said where object = 'ticket' and action = 'note'
      union
      select person, role, 'message', 'read', 'shared' from written where object = 'ticket' and action in ('read_thread', 'reply')
      union
      select person, role, 'note', 'read', 'shared' from written where object = 'ticket' and action = 'note'
      union all
      -- The baselines: what an organisation is made of is public to read, sessions and notifications are one's own.
      select person.id, null, object, 'read', way
      from person, (values ('user', 'all'), ('team', 'all'), ('territory', 'all'), ('pipeline', 'all'), ('queue', 'all'), ('channel', 'all'),
        ('tag', 'all'), ('session', 'own'), ('notification', 'own')) public (object, way)
      union all
      -- What this organisation has opened to everyone.
      select person.id, null, object, action, 'all'
      from person, object_baseline, (values ('read'), ('update')) done (action)
      where action = 'read' or baseline = 'edit'
    ),

    -- Every record that is not in the bin, with whom it belongs to. A part belongs to whom its parent belongs to.
    record (object, id, owner, team, territory, named, queue, parent_object, parent, data) as (
      select 'deal', id, owner_id, team_id, territory_id, participant_ids, null::uuid, null, null::uuid, to_jsonb(deal) from deal where deleted_at is null
      union all
      select 'company', id, owner_id, team_id, territory_id, '{}', null, null, null, to_jsonb(company) from company where deleted_at is null
      union all
      select 'contact', id, owner_id, team_id, territory_id, '{}', null, null, null, to_jsonb(contact) from contact where deleted_at is null
      union all
      select 'product', id, owner_id, team_id, null, '{}', null, null, null, to_jsonb(product) from product where deleted_at is null
      union all
      select 'user', id, id, team_id, null, '{}', null, null, null, null from user_account where deleted_at is null
      union all
      select 'team', id, null, id, null, '{}', null, null, null, null from team where deleted_at is null
      union all
      select 'territory', id, null, null, null, '{}', null, null, null, null from territory where deleted_at is null
      union all
      select 'pipeline', id, null, null, null, '{}', null, null, null, null from pipeline where deleted_at is null
      union all
      select 'queue', id, null, null, null, '{}', null, null, null, null from queue where deleted_at is null
      union all
      select 'channel', id, null, null, null, '{}', null, null, null, null from channel where deleted_at is null
      union all
      select 'tag', id, null, null, null, '{}', null, null, null, null from tag where deleted_at is null
      union all
      select 'session', id, user_id, null, null, '{}', null, null, null, null from session where deleted_at is null
      union all
      select 'notification', id, user_id, null, null, '{}', null, null, null, null from notification where deleted_at is null
      union all
      select 'activity', a.id, d.owner_id, d.team_id, d.territory_id, d.participant_ids, null, 'deal', d.id, null
      from activity a join deal d on d.id = a.deal_id where a.deleted_at is null
      union all
      select 'activity', a.id, c.owner_id, c.team_id, c.territory_id, '{}', null, 'company', c.id, null
      from activity a join company c on c.id = a.company_id where a.deleted_at is null and a.deal_id is null
      union all
      select 'activity', a.id, c.owner_id, c.team_id, c.territory_id, '{}', null, 'contact', c.id, null
      from activity a join contact c on c.id = a.contact_id
      where a.deleted_at is null and a.deal_id is null and a.company_id is null
      union all
      select 'ticket', id, assignee_id, team_id, territory_id, participant_ids, queue_id, null, null, to_jsonb(ticket) from ticket where deleted_at is null
      union all
      select 'message', m.id, t.assignee_id, t.team_id, t.territory_id, t.participant_ids, t.queue_id, 'ticket', t.id, null
      from message m join ticket t on t.id = m.ticket_id where m.deleted_at is null
      union all
      select 'note', n.id, t.assignee_id, t.team_id, t.territory_id, t.participant_ids, t.queue_id, 'ticket', t.id, null
      from note n join ticket t on t.id = n.ticket_id where n.deleted_at is null
    ),
    field as (
      select * from jsonb_to_recordset(${sql.json(fields)})
        as f (object text, name text, kind text, kept_in text, own boolean, sensitivity text, kept_by_program boolean, moves_record boolean, computed_from text,
          inputs text[])
    ),
${sharingCtes(tx)}
    -- By which ways each person is entitled to each record.
    entitled (person, object, id, way) as (
      select person.id, r.object, r.id, 'own' from person, record r
      where r.owner = person.id or exists (select 1 from unnest(r.named) named where named = person.id)
      union all
      select person.id, r.object, r.id, 'reports' from person, record r
      where exists (select 1 from below where below.boss = person.id and below.id = r.owner)
      union all
      select person.id, r.object, r.id, 'team' from person, record r
      where exists (select 1 from in_team where in_team.person = person.id and in_team.team = r.team)
        or exists (select 1 from works_queue where works_queue.person = person.id and works_queue.queue = r.queue)
      union all
      select person.id, r.object, r.id, 'territory' from person, record r
      where exists (select 1 from in_territory i where i.person = person.id and i.territory = r.territory)
      union all
      select person, object, id, 'shared' from sharing
      union all
      select person, object, id, 'shared to edit' from sharing where level = 'edit'
      union all
      select person.id, r.object, r.id, 'all' from person, record r
    ),
    -- What a restriction hides is hidden, however somebody is entitled to it.
    reached (person, object, id, way) as (
      select person, object, id, way from entitled e
      where not exists (
        select from concealed c where c.person = e.person and c.object = e.object and c.id = e.id)
    ),

    -- Grants that open a record, before looking at its parent.
    opened (person, role, object, id, action) as (
      select distinct g.person, g.role, e.object, e.id, g.action
      from granted g join reached e on e.person = g.person and e.object = g.object and e.way = g.way
    ),
    -- A part is never seen by anyone who may not see the parent.
    may as (
      select o.* from opened o join record r on r.object = o.object and r.id = o.id
      where r.parent is null or exists (
        select 1 from opened above
        where above.person = o.person and above.object = r.parent_object and above.id = r.parent)
    ),

    -- Each role's word on each field; where it has none, normal fields follow the object's right and others are hidden.
    word (role, object, field, says) as (
      select role.id, field.object, field.name, coalesce(role.fields -> field.object ->> field.name,
        case when field.sensitivity = 'normal' then 'edit' else 'hidden' end)
      from role, field
      union all
      select null, field.object, field.name, case when field.sensitivity = 'normal' then 'edit' else 'hidden' end
      from field
    ),
    -- Any action lets read. A value computed from other records is read only where those are, and each of their fields
    -- that it shows.
    computed (person, object, id, field, source, inputs) as (
      select distinct may.person, may.object, may.id, field.name, field.computed_from, field.inputs
      from may
      join word on word.role is not distinct from may.role and word.object = may.object and word.says <> 'hidden'
      join field on field.object = may.object and field.name = word.field
      where field.computed_from is not null
    ),
    source (person, role, source, object, id) as (
      select distinct g.person, g.role, g.object, e.object, e.id
      from granted g join reached e on e.person = g.person and e.way = g.way
      where g.object in (select computed_from from field)
    ),
    of_source (person, source, object, id, field) as (
      select distinct s.person, s.source, s.object, s.id, word.field
      from source s
      join word on word.role is not distinct from s.role and word.object = s.source and word.says <> 'hidden'
    ),
    reads as (
      select distinct may.person, may.object, may.id, field.name
      from may
      join word on word.role is not distinct from may.role and word.object = may.object and word.says <> 'hidden'
      join field on field.object = may.object and field.name = word.field
      where field.computed_from is null
      union
      (select c.person, c.object, c.id, c.field
      from computed c join source s
        on s.person = c.person and s.source = c.source and s.object = c.object and s.id = c.id
      except
      select c.person, c.object, c.id, c.field
      from computed c cross join unnest(c.inputs) shown (name)
      left join of_source f
        on f.person = c.person and f.source = c.source and f.object = c.object and f.id = c.id and f.field = shown.name
      where f.field is null)
    ),
    edits as (
      select distinct may.person, may.object, may.id, field.name
      from may
      join word on word.role is not distinct from may.role and word.object = may.object and word.says = 'edit'
      join field on field.object = may.object and field.name = word.field
      where not field.kept_by_program and may.action = case when field.moves_record then 'assign' else 'update' end
    )

    select person, object, id, done.actions, coalesce(readable, '{}') as readable, coalesce(editable, '{}') as editable
    from (
      -- Every action implies reading the record.
      select person, object, id, array_agg(distinct action) || array['read'] as actions from may group by 1, 2, 3
    ) done
    left join (select person, object, id, array_agg(name) as readable from reads group by 1, 2, 3) r
      using (person, object, id)
    left join (select person, object, id, array_agg(distinct name) as editable from edits group by 1, 2, 3) e
      using (person, object, id)
  `;
  });
}

/**
 * The same for customers, who are no persons: nothing is granted to them. Each may talk in tickets that they opened, while
 * their token lasts, and sees of them only what is named here.
 */
export async function askOracleOfCustomers(sql: Sql): Promise<Answer[]> {
  return sql<Answer[]>`
    with customer as (
      select id from visitor where ended_at is null and expires_at > now()
    ),
    thread as (
      select customer.id as person, t.id from customer join ticket t on t.customer_id = customer.id
      where t.deleted_at is null
    )
    select person, 'ticket' as object, id, array['read', 'read_thread', 'reply'] as actions,
      array['status', 'subject', 'seen_by_us_at'] as readable, '{}'::text[] as editable
    from thread
    union all
    select person, 'message', m.id, array['read'], array['ticket', 'body', 'from', 'author_name'], '{}'
    from thread join message m on m.ticket_id = thread.id where m.deleted_at is null
  `;
}
