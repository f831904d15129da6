import { parseArgs } from 'node:util';
import { describeMachine, machine } from '../machine.ts';
import { startStore } from '../store.ts';
import { startHelper } from '../fanout/talk.ts';

// What a socket costs in memory: a bare one of Socket.IO, one of ours, and ours with a list, "mine" and a record open. Heap
// and buffers of the process, the kernel's not counted.

export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: { sockets: { type: 'string', default: '1000' } },
  });
  const count = Number(values.sockets);
  const store = await startStore();
  const server = startHelper('test/bench/fanout/server.ts', 0, ['--expose-gc']);
  const sink = startHelper('test/bench/fanout/sink.ts', 1);
  try {
    const ports = await server.ask<{ ours: number; io: number }>({
      start: { url: store.url, people: count },
    });
    const path = '/socket.io/?EIO=4&transport=websocket&as=#';
    const heap = () => server.ask<number>({ heap: true });
    const empty = await heap();
    await sink.ask({ open: { port: ports.io, path, count, io: true } });
    const bare = await heap();
    await sink.ask({ open: { port: ports.ours, path, count, io: true } });
    // Asked with no view open, so that everybody is in first.
    await server.ask({ entered: true });
    const ours = await heap();
    await server.ask({ open: { totals: true } });
    const open = await heap();
    const each = (from: number, to: number) => Math.round((to - from) / count);
    const bytes = {
      bare: each(empty, bare),
      ours: each(bare, ours),
      views: each(ours, open),
      over_bare: each(bare, open) - each(empty, bare),
    };
    const where = await machine(store.sql);
    say(describeMachine(where));
    say(
      `bytes a socket: bare Socket.IO ${bytes.bare}; ours ${bytes.ours}, and ${bytes.views} with three views open: ` +
        `${bytes.over_bare} more than a bare one`,
    );
    return { bench: 'memory', machine: where, sockets: count, bytes };
  } finally {
    await Promise.all([server.stop(), sink.stop()]);
    await store.stop();
  }
}
