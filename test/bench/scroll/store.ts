import { rmSync } from 'node:fs';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { loadDemo } from '../../../server/db/demo/index.ts';
import { startEmbedded } from '../../../server/db/embedded.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { tempFolder } from '../../world/folders.ts';
import { pipelines } from '../../world/people.ts';

/** Rows of each in the store beside those of the demo. */
export const SIZES = { deals: 24_000, tickets: 24_000, companies: 4_000 };

/** A Postgres with the demo in it, and thousands more of what the demo has. */
export async function bigStore(): Promise<{
  url: string;
  migrationUrl: string;
  stop(): Promise<void>;
}> {
  const dataDir = tempFolder('bench');
  const postgres = await startEmbedded({ dataDir, fsync: false });
  await migrate(postgres.migrationUrl, { appRole: new URL(postgres.url).username });
  const sql = await connect(postgres.url, { max: 2, statement_timeout_ms: 120_000 });
  await loadDemo(sql);
  await multiply(sql);
  await sql.end({ timeout: 5 });
  const stop = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { url: postgres.url, migrationUrl: postgres.migrationUrl, stop };
}

/** Copies of the demo's rows with other names and times: past the one write path, as nothing here has a history. */
async function multiply(sql: Sql): Promise<void> {
  await sql`
    insert into company (id, name, industry, city, country, employees, owner_id, team_id)
    select gen_random_uuid(), c.name || ' ' || n, c.industry, c.city, c.country, c.employees, c.owner_id, c.team_id
    from generate_series(1, ${SIZES.companies}) as n
    join (select *, row_number() over (order by id) as nth, count(*) over () as all_of from company) as c
      on c.nth = 1 + n % c.all_of
  `;
  await sql`
    insert into deal (
      id, title, amount, pipeline_id, stage, stage_since, closes_on, company_id, owner_id, team_id
    )
    select
      gen_random_uuid(), d.title || ' ' || n, d.amount, d.pipeline_id, d.stage,
      d.stage_since - n * interval '1 minute', d.closes_on, c.id, d.owner_id, d.team_id
    from generate_series(1, ${SIZES.deals}) as n
    join (
      select *, row_number() over (order by id) as nth, count(*) over () as all_of
      from deal where pipeline_id = ${pipelines.newBusiness}
    ) as d on d.nth = 1 + n % d.all_of
    join (select id, row_number() over (order by id) as nth, count(*) over () as all_of from company) as c
      on c.nth = 1 + n * 7919 % c.all_of
  `;
  await sql`
    insert into ticket (
      id, number, subject, queue_id, status, priority, assignee_id, team_id, tag_ids, channel_id, contact_id,
      company_id, customer_name, customer_email, preview, preview_from, last_message_at, waiting_since, place
    )
    select
      gen_random_uuid(), 100000 + n, t.subject || ' ' || n, t.queue_id, t.status, t.priority, t.assignee_id,
      t.team_id, t.tag_ids, t.channel_id, t.contact_id, t.company_id, t.customer_name, t.customer_email,
      t.preview, t.preview_from, t.last_message_at - n * interval '1 minute',
      t.waiting_since - n * interval '1 minute', t.place
    from generate_series(1, ${SIZES.tickets}) as n
    join (select *, row_number() over (order by id) as nth, count(*) over () as all_of from ticket) as t
      on t.nth = 1 + n % t.all_of
  `;
  await sql`analyze`;
}
