import { must } from '../../shared/lib/must.ts';
import { CREATED_AT, type Thrown } from './thrown.ts';

// Records that hang together by more than a relation: parts have the facts of their parent, and share its bin.

/** Activities of deals, companies and contacts. */
export async function randomActivities(thrown: Thrown, count: number): Promise<void> {
  const { sql, dice, ids } = thrown;
  await thrown.records('activity', count, {
    owner: () => null,
    team: () => null,
    territory: () => null,
    participants: () => [],
    deal: () => null,
    contact: () => null,
    company: () => dice.pick(ids['company'] ?? []),
  });
  for (const id of ids['activity'] ?? []) {
    const parents = dice.pick([['deal'], ['company'], ['contact'], ['deal', 'company'], ['company', 'contact'], ['deal', 'contact', 'company']]); // prettier-ignore
    const [deal, company, contact] = ['deal', 'company', 'contact'].map((name) =>
      parents.includes(name) ? dice.pick(ids[name] ?? []) : null,
    );
    await sql`update activity set deal_id = ${deal!}, company_id = ${company!}, contact_id = ${contact!} where id = ${id}`;
  }
  await sql`
    with parent as (
      select a.id, coalesce(d.id, c.id, p.id) as parent, d.participant_ids,
        case when d.id is not null then d.owner_id when c.id is not null then c.owner_id else p.owner_id end as owner_id,
        case when d.id is not null then d.team_id when c.id is not null then c.team_id else p.team_id end as team_id,
        case when d.id is not null then d.territory_id when c.id is not null then c.territory_id
          else p.territory_id end as territory_id,
        case when d.id is not null then d.deleted_at when c.id is not null then c.deleted_at else p.deleted_at end as gone_at
      from activity a
      left join deal d on d.id = a.deal_id left join company c on c.id = a.company_id
      left join contact p on p.id = a.contact_id
    )
    update activity set owner_id = parent.owner_id, team_id = parent.team_id, territory_id = parent.territory_id,
      participant_ids = coalesce(parent.participant_ids, '{}'), deleted_at = coalesce(parent.gone_at, activity.deleted_at)
    from parent where parent.id = activity.id
  `;
}

/**
 * Queues worked by several teams or none, tickets in them with all kinds of hands on them, their messages and notes,
 * and visitors: some of them have a ticket, some have several, and some have left.
 */
export async function randomSupport(thrown: Thrown, size: number): Promise<void> {
  const { sql, dice, ids } = thrown;
  await thrown.records('queue', dice.int(2, 4), { teams: () => dice.some(ids['team'] ?? [], 0.5) });
  await thrown.records('channel', 2);
  await thrown.records('tag', 3, { name: (i) => `Tag ${i}` });
  ids['visitor'] = dice.many(3 + Math.ceil(size / 3), () => dice.id());
  for (const id of ids['visitor']) {
    const [lasts, ended] = dice.pick([['1 day', null], ['1 day', null], ['1 day', null], ['1 day', CREATED_AT], ['-1 second', null]] as const); // prettier-ignore
    await sql`
      insert into visitor (id, channel_id, token_hash, expires_at, ended_at)
      values (${id}, ${dice.pick(must(ids['channel'], 'channels'))}, ${dice.id()}, now() + ${lasts}::interval, ${ended})
    `;
  }
  await thrown.records('ticket', size, {
    number: (i) => i + 1,
    customer: () => dice.maybe(0.25, ids['visitor'] ?? []),
  });
  // The next one gets the next number.
  await sql`select nextval('ticket_number') from generate_series(1, ${size})`;
  const ticket = () => dice.pick(must(ids['ticket'], 'tickets'));
  for (const part of ['message', 'note']) {
    await thrown.records(part, size + 2, { ticket });
    await sql`
      update ${sql(part)} p set assignee_id = t.assignee_id, team_id = t.team_id, territory_id = t.territory_id, participant_ids = t.participant_ids,
        queue_id = t.queue_id, customer_id = t.customer_id, deleted_at = coalesce(t.deleted_at, p.deleted_at)
      from ticket t where t.id = p.ticket_id
    `;
  }
  await thrown.records('notification', Math.ceil(size / 2));
}
