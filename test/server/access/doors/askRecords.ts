import type { Field } from '../../../../shared/fields/index.ts';
import { must } from '../../../../shared/lib/must.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import type { MaskedRecord } from '../../../../shared/access/index.ts';
import { Dice } from '../../../world/dice.ts';
import { randomValue } from '../../../world/randomValues.ts';
import { asking, type Request } from '../asking.ts';
import type { Both } from './both.ts';

/** Lists, files, records and what happened to them, of every object. */
export async function askRecords(both: Both, seed: number): Promise<void> {
  const dice = new Dice(seed);
  const { registry } = both.sides[0].twin.app;
  for (const object of registry.objects.values()) {
    const hidden = both.sides[0].twin.hidden[object.name] ?? [];
    const fields = Object.values(object.fields);
    const seen = fields.filter(({ name }) => !hidden.includes(name)).flatMap(asking);
    const unseen = fields.filter(({ name }) => hidden.includes(name)).flatMap(asking);
    const requests: Request[] = [
      {},
      { q: 'canary' },
      { filter: { or: [{ id: { ne: SOME_ID } }, { created_at: { empty: true } }] }, sort: object.sort },
      // What is asked of lists in depth is asked behind the doors (noninterference.pg.test.ts).
      ...dice.some(seen, hidden.length > 0 ? 0.05 : 0.01),
      ...dice.some(unseen, 0.1),
    ];
    for (const request of requests) await lists(both, object, request);
    for (const request of requests.slice(1, 4)) await files(both, object, request);
    await files(both, object, {}, [object.title, ...hidden.slice(0, 1)].join());
    await files(both, object, {}, `${object.title},created_at`);
    const ids = both.sides[0].twin.organisation.records[object.name] ?? [];
    for (const id of [...ids.slice(0, hidden.length > 0 ? 4 : 1), SOME_ID]) {
      await both.same(`GET /api/${object.plural}/{id}`, { path: { id } });
      await happenings(both, object, id);
    }
  }
}

async function lists(both: Both, { plural }: ObjectDef, { filter, ...rest }: Request): Promise<void> {
  const query = { ...rest, ...(filter === undefined ? {} : { filter }), limit: '3', total: 'true' };
  const { body } = await both.same(`GET /api/${plural}`, { query });
  const cursor = (body as { next?: string | null }).next ?? 'none';
  await both.same(`GET /api/${plural}`, { query: { ...query, cursor } });
}

async function files(
  both: Both,
  { plural }: ObjectDef,
  { filter, sort, q }: Request,
  columns?: string,
): Promise<void> {
  const query = Object.fromEntries(
    Object.entries({ filter, sort, q, columns }).filter(([, value]) => value !== undefined),
  );
  await both.same(`GET /api/${plural}/export`, { query });
  await both.same(`GET /api/${plural}/export/size`, { query });
}

async function happenings(both: Both, { plural }: ObjectDef, id: string): Promise<void> {
  const door = `GET /api/${plural}/{id}/history`;
  const { body } = await both.same(door, { path: { id }, query: { limit: '2' } });
  const next = (body as { next?: number | null }).next;
  await both.same(door, { path: { id }, query: { before: String(next ?? 1), limit: '50' } });
}

/** Records added, changed, taken away and brought back, rightly and wrongly: refusals must tell as little as answers. */
export async function writeRecords(both: Both): Promise<void> {
  const { registry } = both.sides[0].twin.app;
  for (const object of registry.objects.values()) {
    const { plural, name } = object;
    const at = `/api/${plural}`;
    const hidden = object.fields[both.sides[0].twin.hidden[name]?.[0] ?? ''];
    const values = valuesFor(both, object);
    await both.same(`POST ${at}`, { body: { colour: 'red' } });
    if (hidden) await both.same(`POST ${at}`, { body: { ...values, [hidden.name]: valueOf(both, hidden) } });
    await both.same(`POST ${at}`, { body: values, keep: name });
    await both.same(`GET ${at}/{id}`, { path: { id: `«${name}»` } });

    const one = await aVisible(both, object);
    for (const id of [one?.id, `«${name}»`, SOME_ID]) {
      if (id === undefined) continue;
      const path = { id };
      const title = { [object.title]: values[object.title] ?? 'Another' };
      await both.same(`PATCH ${at}/{id}`, { path, body: { version: 1, ...title } });
      if (hidden)
        await both.same(`PATCH ${at}/{id}`, { path, body: { [hidden.name]: valueOf(both, hidden) } });
      await both.same(`PATCH ${at}/{id}`, { path, body: { colour: 'red' } });
      await both.same(`PATCH ${at}/{id}`, { path, body: title });
      await both.same(`DELETE ${at}/{id}`, { path, query: { version: '1' } });
    }
    await both.same(`DELETE ${at}/{id}`, { path: { id: `«${name}»` } });
    await both.same(`POST ${at}/{id}/restore`, { path: { id: `«${name}»` } });
    await both.same(`GET ${at}/{id}/history`, { path: { id: `«${name}»` } });
  }
}

/** Values of what must be there, and of what is read. */
function valuesFor(both: Both, object: ObjectDef): Record<string, unknown> {
  const given = Object.values(object.fields).filter(
    ({ name, system, required }) =>
      !system && (required || name === object.title || object.parents[0] === name) && name !== 'stage',
  );
  return Object.fromEntries(given.map((field) => [field.name, valueOf(both, field)]));
}

function valueOf(both: Both, field: Field): unknown {
  const ids = both.sides[0].twin.organisation.records[field.target ?? ''] ?? [];
  return randomValue(new Dice(5), field, ids.slice(0, 3));
}

/** One that whoever asks sees; the same in both stores. */
async function aVisible(both: Both, { plural, name }: ObjectDef): Promise<MaskedRecord | undefined> {
  const { body } = await both.same(`GET /api/${plural}`, { query: { limit: '20' } });
  const known = both.sides[0].twin.organisation.records[name] ?? [];
  const { rows = [] } = body as { rows?: MaskedRecord[] };
  const old = rows.filter(({ id }) => known.includes(id));
  return old.find((row) => row.version > 1) ?? old[0];
}

/** Tickets talked in, drafts, and what one is told. */
export async function askSupport(both: Both): Promise<void> {
  const { records, people } = both.sides[0].twin.organisation;
  for (const id of [...must(records['ticket'], 'tickets').slice(0, 4), SOME_ID]) {
    const path = { id };
    await both.same('GET /api/tickets/{id}/messages', { path });
    await both.same('POST /api/tickets/{id}/messages', { path, body: { body: 'Said', kind: 'reply' } });
    const note = { body: 'Noted', kind: 'note', mentions: people.slice(0, 2) };
    await both.same('POST /api/tickets/{id}/messages', { path, body: note });
    await both.same('POST /api/tickets/{id}/seen', { path, body: { through: '2026-01-03T00:00:00.000Z' } });
    for (const kind of ['reply', 'note'])
      await both.same(`PUT /api/drafts/{id}/${kind}`, { path, body: { body: 'Half a', mentions: [] } });
  }
  await both.same('GET /api/drafts');
  for (const id of [...(records['notification'] ?? []).slice(0, 4), SOME_ID])
    await both.same('POST /api/notifications/{id}/read', { path: { id } });
  await both.same('POST /api/notifications/read');
  for (const away of [true, false]) await both.same('PUT /api/me/away', { body: { away } });
}

export const SOME_ID = '018f0000-0000-7000-8000-00000000dead';
