import { expect, test } from 'vitest';
import { demoAccounts } from '../../../server/db/demo/accounts.ts';
import { loadDemo } from '../../../server/db/demo/index.ts';
import { freshDatabase } from '../../world/database.ts';

const { sql } = await freshDatabase();
const began_ms = performance.now();
await loadDemo(sql);
const took_ms = performance.now() - began_ms;

test('time', async () => {
  console.log('took', took_ms);
  console.log(await sql`select (select count(*) from activity) a, (select count(*) from event_log) e, (select count(*) from history) h, (select count(*) from outbox) o`);
  console.log(await demoAccounts(sql));
  console.log(await sql`select p.name, stage, count(*), sum(amount), min(now()-stage_since), max(now()-stage_since), max(amount) from deal d join pipeline p on p.id=pipeline_id join user_account u on u.id=d.owner_id where u.team_id::text like '%1' group by 1,2 order by 1,2`);
  console.log(await sql`select h.at, h.op, u.name, h.changes from history h left join user_account u on u.id=h.actor_id where record_id = (select record_id from history where object='deal' group by 1 order by count(*) desc limit 1) order by seq`);
  console.log(await sql`select count(*) filter (where next_activity_at is not null) n, count(*) filter (where stage_since > now()) bad, count(*) filter (where created_at>stage_since) bad2 from deal`);
});
