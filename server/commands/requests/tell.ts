import { factIds, type Actor, type Image } from '../../../shared/access/index.ts';
import type { ObjectDef, ReachedAction } from '../../../shared/objects/index.ts';
import { loadActors } from '../../access/loadActor.ts';
import { waysToGive } from '../../access/waysToGive.ts';
import { transaction, type Tx } from '../../db/transaction.ts';
import type { App } from '../../lib/app.ts';
import { fetchImage } from '../../records/imageSql.ts';
import { insertRecords } from '../../records/write.ts';

/** As many of those who could give it are told, the nearest first; the others find it in their list. */
const TOLD = 20;

interface Untold {
  id: string;
  asker: string;
  object: string;
  record: string;
  action: ReachedAction;
  field: string | null;
}

/**
 * Tells of the requests that came in. Only here, some moments after it was asked, is looked at what it is about: of what is
 * not there nobody is told, and whoever asks learns nothing from how long it takes.
 */
export async function tellOfRequests(app: App): Promise<void> {
  while (await tellOfOne(app));
}

const tellOfOne = async (app: App): Promise<boolean> => {
  const told = await transaction(app.sql, async (tx) => {
    const [request] = await tx<Untold[]>`
      update access_request set told_at = clock_timestamp() where id = (
        select id from access_request where told_at is null order by created_at limit 1 for update skip locked
      ) returning id, asker_id as asker, object, record_id as record, action, field
    `;
    if (!request) return null;
    const people = await nearestTo(tx, app, request);
    const rows = people.map((user) => ({
      values: { user, kind: 'access_asked', author: request.asker },
    }));
    const ctx = { actorId: request.asker, requestId: `request-${request.id}` };
    if (rows.length > 0) await insertRecords(tx, app, ctx, app.registry.get('notification'), rows);
    return rows.length;
  });
  if (told) app.poke('log');
  return told !== null;
};

/** Whose record it is, who leads them, and else those who look after roles: of each only who could give it. */
async function nearestTo(tx: Tx, app: App, request: Untold): Promise<string[]> {
  const object = app.registry.find(request.object);
  const image = object && (await fetchImage(tx, object, request.record, { lock: false }));
  if (!object || !image) return [];
  const holders = ['owner' as const, 'participants' as const].flatMap((fact) => factIds(object, image, fact));
  const near = await able(tx, app, { object, image, request }, [
    ...holders,
    ...(await everyoneAbove(tx, holders)),
  ]);
  const all =
    near.length > 0 ? near : await able(tx, app, { object, image, request }, await lookAfterRoles(tx));
  return all.slice(0, TOLD);
}

async function able(
  tx: Tx,
  app: App,
  { object, image, request }: { object: ObjectDef; image: Image; request: Untold },
  people: readonly string[],
): Promise<string[]> {
  const others = [...new Set(people)].filter((id) => id !== request.asker);
  const actors = await loadActors(tx, others);
  const may = (actor: Actor | undefined) =>
    actor?.kind === 'person' && waysToGive(actor, app.registry, object, image, request) !== null;
  return others.filter((id) => may(actors.get(id)));
}

async function everyoneAbove(tx: Tx, people: readonly string[]): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    with recursive up as (
      select manager_id as id from user_account where id = any (${[...people]}::uuid[]) and manager_id is not null
      union
      select u.manager_id from user_account u join up on u.id = up.id where u.manager_id is not null
    ) select id from up
  `;
  return rows.map(({ id }) => id);
}

async function lookAfterRoles(tx: Tx): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select distinct h.user_id as id from held_role h join role r on r.id = h.role_id
    where r.system @> '["manage_roles"]' and h.within_id is null
      and h.starts_at <= now() and (h.ends_at is null or h.ends_at > now())
    order by 1 limit ${5 * TOLD}
  `;
  return rows.map(({ id }) => id);
}
