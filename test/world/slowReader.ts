import { request, type IncomingMessage } from 'node:http';
import type { RawClient } from './rawClient.ts';

/** An answer that is being read by hand. */
export interface SlowReader {
  status: number;
  /** Reads all there is to come. `whole` is false where the connection broke before the answer's own end. */
  rest(): Promise<{ text: string; whole: boolean }>;
  /** Goes away without a word. */
  leave(): void;
}

/** Asks for something, and reads nothing of the answer but its head until told to: bytes pile up on the way. */
export function readSlowly(client: RawClient, path: string): Promise<SlowReader> {
  return new Promise((resolve, reject) => {
    const headers = { cookie: client.cookieHeader() };
    const outgoing = request(client.base + path, { agent: false, headers }, (incoming) => {
      // A reset is an event of its own, which may come while nobody listens.
      incoming.on('error', () => undefined);
      const leave = () => void outgoing.destroy();
      resolve({ status: incoming.statusCode ?? 0, rest: () => rest(incoming), leave });
    });
    outgoing.on('error', reject).end();
  });
}

function rest(incoming: IncomingMessage): Promise<{ text: string; whole: boolean }> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const done = () => resolve({ text: Buffer.concat(pieces).toString('utf8'), whole: incoming.complete });
    if (incoming.closed) return done();
    incoming.on('data', (piece: Buffer) => pieces.push(piece)).on('close', done);
  });
}
