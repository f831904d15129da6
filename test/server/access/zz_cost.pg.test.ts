import { test } from 'vitest';
import { freshDatabase } from '../../world/database.ts';
import { Dice } from '../../world/dice.ts';
import { randomOrganisation } from '../../world/randomOrganisation.ts';
import { loadActors } from '../../../server/access/loadActor.ts';
import { readPage, readTotals } from '../../../server/records/readView.ts';
import { parseView } from '../../../shared/protocol/index.ts';
test('cost', async () => {
  const { sql } = await freshDatabase();
  const { registry, people } = await randomOrganisation(sql, new Dice(5), 12);
  const actors = [...(await loadActors(sql, people)).values()];
  for (const name of ['deal', 'activity', 'company']) {
    const view = parseView(registry.get(name), {});
    for (const actor of actors.slice(0, 4)) {
      const t: number[] = [];
      for (let i = 0; i < 4; i++) { const a = performance.now(); await readPage(sql, actor, registry, view); t.push(performance.now() - a); }
      for (let i = 0; i < 4; i++) { const a = performance.now(); await readTotals(sql, actor, registry, view); t.push(performance.now() - a); }
      console.log(name, t.map((x) => x.toFixed(1)).join(' '), await sql`select count(*) from pg_prepared_statements`);
    }
  }
});
