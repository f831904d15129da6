import { expect, test } from 'vitest';
import { freshDatabase } from '../../world/database.ts';
import { Registry, OBJECTS } from '../../../shared/objects/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { parseView } from '../../../shared/protocol/index.ts';
import { loadActor } from '../../../server/access/loadActor.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { snapshot } from '../../../server/queries/snapshot.ts';
import { findRecord } from '../../../server/queries/findRecord.ts';
import { fetchImage } from '../../../server/records/imageSql.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { mask } from '../../../shared/access/index.ts';

test('smoke', async () => {
  const { sql, migrationUrl } = await freshDatabase();
  void migrationUrl;
  const registry = new Registry(OBJECTS, [
    { object: 'deal', name: 'signed', kind: 'instant', label: 'S', sensitivity: 'normal', required: false, choices: [] },
    { object: 'deal', name: 'bonus', kind: 'money', label: 'S', sensitivity: 'normal', required: false, choices: [] },
  ]);
  const app = { sql, registry, nodeId: 'n', poke() {} };
  const [me, boss, team, pipe, deal, role, act] = Array.from({ length: 7 }, () => newId()) as [string, string, string, string, string, string, string];
  await sql`insert into team (id, name) values (${team}, 'T')`;
  await sql`insert into user_account (id, name, team_id) values (${boss}, 'Boss', null)`;
  await sql`insert into user_account (id, name, team_id, manager_id) values (${me}, 'Me', ${team}, ${boss})`;
  await sql`insert into pipeline (id, name, stages) values (${pipe}, 'P', '[]')`;
  await sql`insert into role (id, name, grants, fields) values (${role}, 'R', ${sql.json({ deal: { read: ['own', 'team'], update: ['reports'] }, activity: { read: ['team', 'own'] }, company: {read: ['own']} })}, ${sql.json({ deal: { amount: 'edit' } })})`;
  await sql`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${me}, ${role}), (${newId()}, ${boss}, ${role})`;
  await sql`insert into deal (id, title, amount, pipeline_id, stage, owner_id, team_id, custom) values (${deal}, 'D', 12.5, ${pipe}, 'a', ${me}, ${team}, ${sql.json({ signed: '2026-01-01T00:00:00.120Z', bonus: 3.1 })})`;
  await sql`insert into activity (id, kind, subject, deal_id, owner_id, team_id) values (${act}, 'note', 'N', ${deal}, ${me}, ${team})`;
  for (const id of [me, boss]) {
    const actor = (await loadActor(sql, id))!;
    for (const object of registry.objects.values()) {
      const view = parseView(object, {});
      const list = await listRecords(app, actor, view, { total: true });
      const snap = await snapshot(app, actor, view);
      for (const row of list.rows) {
        const image = await transaction(sql, (tx) => fetchImage(tx, object, row.id, { lock: true }));
        expect(mask(actor, registry, object, image!)).toEqual(row);
        expect(await findRecord(app, actor, object, row.id)).toEqual(row);
      }
      console.log(object.name, JSON.stringify(list), snap.pending, snap.head);
    }
  }
});
