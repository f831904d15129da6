import { mask, type Actor } from '../../shared/access/index.ts';
import { REQUEST_LIMITS, type AskedFor, type OwnRequest } from '../../shared/protocol/index.ts';
import { waysToGive } from '../access/waysToGive.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { fetchImages } from '../records/fetchImages.ts';
import { titlesAsRead } from './why/facts.ts';

/** Open requests that are gone through for a list, and at once. */
const THROUGH = 2_000;
const BATCH = 500;

/** What somebody has asked for themselves, the latest first: how it stands, and never whether it is there. */
export const ownRequests = ({ sql, registry }: App, actor: Actor): Promise<OwnRequest[]> =>
  transaction(
    sql,
    async (tx) => {
      const rows = await tx<Omit<OwnRequest, 'title'>[]>`
        select id, object, record_id as record, action, field, reason, created_at, status, words, answered_at, ends_at
        from access_request where asker_id = ${actor.userId}
        order by created_at desc, id desc limit ${REQUEST_LIMITS.listed}
      `;
      const wanted = new Map<string, Set<string>>();
      for (const { object, record } of rows) {
        if (registry.find(object)) wanted.set(object, (wanted.get(object) ?? new Set()).add(record));
      }
      const titles = await titlesAsRead(tx, actor, registry, wanted);
      return rows.map((row) => ({ ...row, title: titles.get(row.record) ?? null }));
    },
    { isolation: 'snapshot' },
  );

type Row = Omit<AskedFor, 'title' | 'by'>;

/** Open requests of others that somebody could fulfil, the latest first. Of what they do not see they are told nothing. */
export const requestsToAnswer = (app: App, actor: Actor): Promise<AskedFor[]> =>
  transaction(
    app.sql,
    async (tx) => {
      const found: AskedFor[] = [];
      let before: Pick<Row, 'created_at' | 'id'> | null = null;
      for (let through = 0; through < THROUGH && found.length < REQUEST_LIMITS.listed; through += BATCH) {
        const rows: Row[] = await readOpen(tx, actor, before);
        found.push(...(await theirs(tx, app, actor, rows)));
        before = rows.at(-1) ?? null;
        if (rows.length < BATCH) break;
      }
      return found.slice(0, REQUEST_LIMITS.listed);
    },
    { isolation: 'snapshot' },
  );

async function readOpen(
  tx: Tx,
  { userId }: Actor,
  before: Pick<Row, 'created_at' | 'id'> | null,
): Promise<Row[]> {
  const rows = await tx<Row[]>`
    select r.id, r.object, r.record_id as record, r.action, r.field, r.reason, r.created_at,
      jsonb_build_object('id', u.id, 'name', u.name) as asker
    from access_request r join user_account u on u.id = r.asker_id and u.active and u.deleted_at is null
    where r.status = 'open' and r.asker_id <> ${userId}
      and ${before === null ? tx`true` : tx`(r.created_at, r.id) < (${before.created_at}, ${before.id}::uuid)`}
    order by r.created_at desc, r.id desc limit ${BATCH}
  `;
  return [...rows];
}

async function theirs(tx: Tx, { registry }: App, actor: Actor, rows: readonly Row[]): Promise<AskedFor[]> {
  const answers = new Map<string, Pick<AskedFor, 'title' | 'by'>>();
  for (const name of new Set(rows.map(({ object }) => object))) {
    const object = registry.find(name);
    if (!object) continue;
    const asked = rows.filter((row) => row.object === name);
    const images = await fetchImages(tx, object, [...new Set(asked.map(({ record }) => record))]);
    const byId = new Map(images.map((image) => [image.id, image]));
    for (const row of asked) {
      const image = byId.get(row.record);
      const by = image && waysToGive(actor, registry, object, image, row);
      if (!image || !by) continue;
      const title = mask(actor, registry, object, image)?.[object.title];
      answers.set(row.id, { title: typeof title === 'string' ? title : null, by });
    }
  }
  return rows.flatMap((row) => {
    const answer = answers.get(row.id);
    return answer ? [{ ...row, ...answer }] : [];
  });
}
