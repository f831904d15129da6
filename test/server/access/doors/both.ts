import { expect } from 'vitest';
import { createSession } from '../../../../server/identity/sessions.ts';
import { transaction } from '../../../../server/db/transaction.ts';
import { DAY_ms } from '../../../../shared/lib/time.ts';
import { RawClient, type Answer, type Headers } from '../../../world/rawClient.ts';
import { openDoors, type OpenDoors } from '../../http/doors.ts';
import { CANARIES, type Twin } from '../twins.ts';
import type { Inventory } from './inventory.ts';

/** What is asked at a door; `«name»` stands for what a side has of that name, the id of what was made before. */
export interface Asking {
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Headers;
  /** Parts of the path, by name; by default `id` is one that nobody has. */
  path?: Record<string, string>;
  /** The name under which the id of what is answered is kept. */
  keep?: string;
}

interface Side {
  twin: Twin;
  doors: OpenDoors;
  client: RawClient;
  made: Map<string, string>;
}

/** One person at the doors of both stores, who asks the same at either. */
export class Both {
  readonly sides: readonly [Side, Side];
  readonly #inventory: Inventory;
  #sent = '';
  /** Sent along with everything. */
  headers: Headers = {};
  /** How many questions were answered, by status. */
  readonly statuses = new Map<number, number>();

  private constructor(sides: readonly [Side, Side], inventory: Inventory) {
    this.sides = sides;
    this.#inventory = inventory;
  }

  static async enter(
    twins: readonly [Twin, Twin],
    doors: readonly [OpenDoors, OpenDoors],
    personOf: (twin: Twin) => string,
    inventory: Inventory,
  ): Promise<Both> {
    const enter = async (i: 0 | 1): Promise<Side> => {
      const [twin, door] = [twins[i], doors[i]];
      const client = new RawClient(door.base);
      const { token } = await transaction(twin.app.sql, (tx) =>
        createSession(tx, twin.app, {
          userId: personOf(twin),
          method: 'password',
          device: 'Test',
          address: '192.0.2.1',
          requestId: 'test',
        }),
      );
      client.cookies.set('rolecall', token);
      return { twin, doors: door, client, made: new Map() };
    };
    return new Both([await enter(0), await enter(1)], inventory);
  }

  /** Asks at a door, `GET /api/deals/{id}`, and fails where the two answer differently; answers what the first one did. */
  async same(door: string, asking: Asking = {}): Promise<Answer> {
    const { query = {}, body } = asking;
    this.#inventory.note(door, query, body);
    const before = await writtenAt(this.sides[0]);
    const [one, two] = await Promise.all([
      this.#ask(this.sides[0], door, asking),
      this.#ask(this.sides[1], door, asking),
    ]);
    const what = `${door} ${JSON.stringify(asking)}`;
    this.#sent += what;
    expect(plain(this.sides[1], two), what).toEqual(plain(this.sides[0], one));
    expect(one.status, `${what} ${one.text}`).toBeLessThan(500);
    if (one.status >= 400) expect(await writtenAt(this.sides[0]), `refused: ${what}`).toEqual(before);
    const told = [...one.text.matchAll(CANARY)].map(([found]) => found);
    // What was asked with may come back.
    expect(
      told.filter((found) => !this.#sent.includes(found)),
      what,
    ).toEqual([]);
    // Either would tell by not changing when it should, or by changing when nothing that may be read has.
    expect(one.headers['etag'] ?? one.headers['last-modified'], what).toBeUndefined();
    this.statuses.set(one.status, (this.statuses.get(one.status) ?? 0) + 1);
    return one;
  }

  /** The same with a file as it is for a body. */
  upload(door: string, { file, ...asking }: Asking & { file: string }): Promise<Answer> {
    return this.same(door, { ...asking, body: file });
  }

  async #ask(side: Side, door: string, { query = {}, body, headers, path, keep }: Asking): Promise<Answer> {
    const [method = '', template = ''] = door.split(' ');
    const named = (text: string) =>
      text.replace(/«(\w+)»/g, (_, name: string) => side.made.get(name) ?? NOBODY);
    const at = template.replace(/\{(\w+)\}/g, (_, name: string) => named(path?.[name] ?? NOBODY));
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [
        name,
        named(typeof value === 'string' ? value : JSON.stringify(value)),
      ]),
    );
    const text =
      body === undefined ? undefined : typeof body === 'string' ? body : named(JSON.stringify(body));
    const answer = await side.client.send(method, `${at}${search.size > 0 ? `?${search}` : ''}`, text, {
      ...this.headers,
      ...headers,
    });
    const id = (answer.body as { id?: unknown } | null)?.id;
    if (keep !== undefined && (typeof id === 'string' || typeof id === 'number'))
      side.made.set(keep, String(id));
    return answer;
  }
}

const CANARY = new RegExp(`(${CANARIES.source})[ \\d]*`, 'g');
const NOBODY = '018f0000-0000-7000-8000-000000000000';

/** How far the log of records, that of rights and what was done once have come: nothing is written without one of them. */
async function writtenAt({ twin }: Side): Promise<unknown> {
  const [row] = await twin.app.sql`
    select (select seq from access_head) as access, (select count(*) from access_log) as told,
      (select count(*) from outbox where object <> 'session') as events, (select count(*) from idempotency) as keys
  `;
  return row;
}

/** What was answered, without what no two answers have in common: ids and moments of what was made just now. */
function plain({ twin }: Side, { status, headers, text }: Answer) {
  return {
    status,
    type: headers['content-type'],
    file: headers['content-disposition'],
    text: text
      .replace(UUID, (id) => (isKnown(twin, id) ? id : '«id»'))
      .replace(INSTANT, (at) => (isOfNow(Date.parse(at) - Date.now()) ? '«now»' : at))
      // A new ticket's place is when it came.
      .replace(/\b(\d\d)\d{14}\b/g, '$1')
      .replace(/"token":"[^"]*"/, '"token":""')
      .replace(/"(took_ms|ms|fingerprint)":("[^"]*"|[\d.]+)/g, '"$1":0')
      .replace(/http:\/\/127\.0\.0\.1:\d+/g, '«base»'),
  };
}
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Today, or until when a session lasts. */
const isOfNow = (from_ms: number): boolean => from_ms > -DAY_ms && from_ms < 100 * DAY_ms;
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

const known = new WeakMap<Twin, Set<string>>();

function isKnown(twin: Twin, id: string): boolean {
  let ids = known.get(twin);
  if (!ids) {
    const { people, teams, territories, roles, records, visitors } = twin.organisation;
    ids = new Set([...people, ...teams, ...territories, ...roles, ...visitors, twin.keeper, ...Object.values(records).flat()]); // prettier-ignore
    known.set(twin, ids);
  }
  return ids.has(id);
}

export const openBoth = (twins: readonly [Twin, Twin]): Promise<[OpenDoors, OpenDoors]> =>
  Promise.all([openDoors(twins[0]), openDoors(twins[1])]);
