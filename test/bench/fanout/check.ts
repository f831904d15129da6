import type { WireEvent } from '../../../shared/protocol/index.ts';
import { openWire } from '../../world/wire.ts';
import { until } from '../../world/until.ts';
import { startHelper } from './talk.ts';
import { COLUMNS } from './world.ts';

/** So many clients that read what they are sent: their time does not matter here. */
const CLIENTS = 300;
const TICKS = 12;

/** What each client is sent against what the plain loop over everybody says; in a process of its own. */
export async function check(
  url: string,
  say: (text: string) => void,
): Promise<{ clients: number; pieces: number }> {
  const server = startHelper('test/bench/fanout/server.ts', 0);
  try {
    const ports = await server.ask<{ ours: number }>({ start: { url, people: CLIENTS } });
    const heard: WireEvent[][] = Array.from({ length: CLIENTS }, () => []);
    const wires = await Promise.all(
      heard.map(async (pieces, n) => {
        const wire = await openWire(
          `http://127.0.0.1:${ports.ours}/socket.io/?EIO=4&transport=websocket&as=${n}`,
          {},
        );
        let read = 0;
        const listen = () => {
          for (const message of wire.messages.slice(read)) {
            if (message === '2') wire.send('3');
            if (!message.startsWith('42["b",')) continue;
            const [, events] = JSON.parse(message.slice(2)) as [string, WireEvent[]];
            // Totals are said once a tick and held to the store elsewhere.
            pieces.push(...events.filter(([op]) => op !== 'total'));
          }
          read = wire.messages.length;
        };
        wire.onChange(listen);
        wire.send('40');
        return wire;
      }),
    );
    await server.ask({ open: { totals: true } });
    let pieces = 0;
    for (const column of Object.keys(COLUMNS)) {
      const expected = await server.ask<string[]>({ plain: { column, ticks: TICKS } });
      for (const [n, text] of expected.entries()) {
        const count = (JSON.parse(text) as WireEvent[]).length;
        await until(() => (heard[n] ?? []).length >= count, {
          timeout_ms: 20_000,
          what: `pieces of client ${n}`,
        });
        const got = JSON.stringify(heard[n]?.splice(0));
        if (got !== text) throw new Error(`Client ${n} was sent\n${got}\nand the plain loop says\n${text}`);
        pieces += count;
      }
    }
    for (const wire of wires) wire.destroy();
    say(`checked: ${pieces} pieces of ${CLIENTS} clients are what the plain loop says`);
    return { clients: CLIENTS, pieces };
  } finally {
    await server.stop();
  }
}
