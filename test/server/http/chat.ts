import { transaction } from '../../../server/db/transaction.ts';
import { insertRecord } from '../../../server/records/write.ts';
import type { Values } from '../../../server/records/columns.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { Answer, Headers, RawClient } from '../../world/rawClient.ts';
import { openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

export const SHOP = 'https://shop.example';
export const OTHER = 'https://other.example';
/** Stands in every note, and must stand in nothing that a customer receives. */
export const CANARY = 'CANARY-7f3a9';

/** A house with a queue and two chats, each shown on a web site of its own, and Ada who answers. */
export interface ChatHouse {
  house: House;
  doors: OpenDoors;
  ada: string;
  queue: string;
  /** Shown at SHOP, and at OTHER. */
  channel: string;
  other: string;
  add(object: string, values: Values): Promise<string>;
  /** A visitor who has just come, speaking from our own pages unless it says otherwise. */
  visitor(details?: { channel?: string; name?: string; email?: string }, origin?: string): Promise<Visitor>;
}

export interface Visitor {
  id: string;
  token: string;
  client: RawClient;
  headers: Headers;
  send(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  say(body: string, headers?: Headers): Promise<Answer>;
}

export async function openChat(): Promise<ChatHouse> {
  const house = await openHouse();
  const { app } = house;
  // Behind a proxy, so that a test can come from many addresses.
  const doors = await openDoors(house, { trustProxy: 1 });
  const add = (name: string, values: Values) =>
    transaction(app.sql, (tx) =>
      insertRecord(tx, app, { actorId: null, requestId: 'test' }, app.registry.get(name), values),
    ).then(({ id }) => id);
  const reach = ['all' as const];
  const agent = await house.addRole({
    name: 'Agent',
    grants: { ticket: { read: reach, read_thread: reach, reply: reach, note: reach, update: reach } },
    fields: { ticket: { customer_email: 'read' } },
  });
  const ada = await house.addPerson('Ada', [agent]);
  const queue = await add('queue', { name: 'Orders', teams: [], position: 0 });
  const chat = (name: string, origins: string) =>
    add('channel', { name, queue, greeting: 'Hello', origins, active: true });
  const channel = await chat('Shop', `${SHOP}/\nnot an address\nhttps://www.shop.example:8443/path`);
  const other = await chat('Other', OTHER);
  return {
    house,
    doors,
    ada,
    queue,
    channel,
    other,
    add,
    async visitor(details = {}, origin = doors.base) {
      const client = doors.outsider();
      const come = { 'x-forwarded-for': address(), origin };
      const answer = await client.post('/api/visitor', { channel, ...details }, come);
      if (answer.status !== 201) throw new Error(`Not let in: ${answer.status} ${answer.text}`);
      const { token, visitor: id } = answer.body as { token: string; visitor: string };
      const headers: Headers = { origin, authorization: `Bearer ${token}` };
      const send = (method: string, path: string, body?: unknown, more: Headers = {}) =>
        client.send(method, path, body, { ...headers, ...more });
      const say = (body: string, more?: Headers) => send('POST', '/api/visitor/messages', { body }, more);
      return { id, token, client, headers, send, say };
    },
  };
}

let addresses = 0;
/** Another one each time. */
export const address = (): string => `198.51.${(addresses += 1) >> 8}.${addresses & 255}`;

export const key = (value: string = newId()): Headers => ({ 'idempotency-key': value });

export const codeOf = ({ body }: Answer): unknown =>
  (body as { error?: { code?: unknown } } | null)?.error?.code;

/** The thread that an answer to a message names. */
export const ticketIn = ({ body }: Answer): string => (body as { ticket: string }).ticket;

export const messagesIn = ({ house }: ChatHouse, ticket: string) =>
  house.app.sql<{ body: string; from: string }[]>`
    select body, "from" from message where ticket_id = ${ticket} order by created_at, id
  `;

/** Everything that a refused request must leave as it was. */
export async function writtenBy({ house }: ChatHouse): Promise<unknown> {
  const [row] = await house.app.sql`
    select (select count(*) from visitor) as visitors, (select count(*) from ticket) as tickets,
      (select count(*) from message) as messages, (select sum(version) from ticket) as versions,
      (select count(*) from outbox) as outbox, (select count(*) from visitor where ended_at is not null) as ended
  `;
  return row;
}
