import { connect, createServer, type Socket } from 'node:net';
import { later } from './cleanup.ts';

/** A TCP address that leads to one port now and to another later, as a load balancer before several nodes does. */
export interface Switchboard {
  port: number;
  base: string;
  /** New connections go to that port of 127.0.0.1; null: they are refused. Those that stand are let be. */
  to(port: number | null): void;
}

export async function startSwitchboard(first: number): Promise<Switchboard> {
  let target: number | null = first;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    if (target === null) return void near.resetAndDestroy();
    const far = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => (other.destroy(), open.delete(one)));
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('Expected a port');
  later(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    open.forEach((socket) => socket.destroy());
    await closed;
  });
  const { port } = address;
  return { port, base: `http://127.0.0.1:${port}`, to: (next) => void (target = next) };
}
