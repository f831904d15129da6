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

/** One of us answers a customer, or notes something about them. */
export async function tell(
  agent: RawClient,
  ticket: string,
  kind: 'reply' | 'note',
  body: string,
): Promise<void> {
  const answer = await agent.post(`/api/tickets/${ticket}/messages`, { kind, body });
  expect(answer.status, answer.text).toBe(201);
}

/** Vera, whose thread was answered and talked about – `canary` stands in a private note –, and Mallory, who has her own. */
export async function twoCustomers(
  nodes: readonly [{ base: string }, { base: string }],
  channel: string,
  agent: RawClient,
  canary: string,
): Promise<{ vera: Customer; thread: string; mallory: Customer; own: string }> {
  const vera = await enterAsVisitor(nodes[0], channel, 'Vera');
  const mallory = await enterAsVisitor(nodes[1], channel, 'Mallory');
  const thread = await vera.write('Secret tiles');
  await tell(agent, thread, 'reply', 'Secret answer');
  await tell(agent, thread, 'note', `${canary} she is angry`);
  return { vera, thread, mallory, own: await mallory.write('Mine') };
}
