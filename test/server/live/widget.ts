import { expect } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import { RawClient, type Headers } from '../../world/rawClient.ts';
import { openSocket, type RawSocket } from '../../world/rawSocket.ts';

/** A customer who has opened the chat. */
export interface Customer {
  token: string;
  visitor: string;
  client: RawClient;
  /** Sends a message; answers the ticket's id. */
  write(body: string): Promise<string>;
}

export async function enterAsVisitor(
  node: { base: string },
  channel: string,
  name = 'Wren',
): Promise<Customer> {
  const client = new RawClient(node.base);
  const answer = await client.post('/api/visitor', { channel, name });
  expect(answer.status, answer.text).toBe(201);
  const { token, visitor } = answer.body as { token: string; visitor: string };
  client.headers['authorization'] = `Bearer ${token}`;
  return {
    token,
    visitor,
    client,
    async write(body) {
      const sent = await client.post('/api/visitor/messages', { body }, { 'idempotency-key': newId() });
      expect(sent.status, sent.text).toBe(201);
      const { ticket } = sent.body as { ticket: string | { id: string } };
      return typeof ticket === 'string' ? ticket : ticket.id;
    },
  };
}

/** The chat's own socket. */
export const widgetSocket = (
  node: { base: string },
  token: unknown,
  headers: Headers = {},
): Promise<RawSocket> =>
  openSocket(new RawClient(node.base), { path: '/widget/socket.io', auth: { token }, headers });
