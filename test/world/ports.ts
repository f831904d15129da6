import { createServer } from 'node:net';
import { must } from '../../shared/lib/must.ts';

/** A TCP port of 127.0.0.1 on which nothing listens now. Take it soon: nothing keeps it. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = must(server.address(), 'an address');
  await new Promise((resolve) => server.close(resolve));
  if (typeof address === 'string') throw new Error(`Expected a port, got ${address}`);
  return address.port;
}
