import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from '../../../server/db/connect.ts';
import { createHttp } from '../../../server/http/app.ts';
import type { HttpDeps, HttpEnv } from '../../../server/http/deps.ts';
import { createState } from '../../../server/redis/state.ts';
import { later } from '../../world/cleanup.ts';
import { RawClient, signIn } from '../../world/rawClient.ts';
import { emailOf, PASSWORD, type House } from '../identity/house.ts';

/** The HTTP doors of a house, open on a port of their own. */
export interface OpenDoors {
  base: string;
  /** What the node says: a test may shut the gate, or have somebody's rights change. */
  gate: { isOpen: boolean; stamps: number; onStamp: () => void; joined: Set<Joined> };
  outsider(): RawClient;
  signIn(name: string): Promise<RawClient>;
}

/** An answer that takes its time, as the node knows it. */
interface Joined {
  sessionId: string;
  cut: (why: 'session_ended' | 'node_unsure') => void;
}

export async function openDoors(
  house: Pick<House, 'app' | 'database'>,
  change: Partial<HttpEnv> = {},
  client?: HttpDeps['client'],
): Promise<OpenDoors> {
  const gate: OpenDoors['gate'] = { isOpen: true, stamps: 0, onStamp: () => {}, joined: new Set() };
  const patience = { statement_timeout_ms: 30_000, idle_in_transaction_timeout_ms: 60_000 };
  const exportSql = await connect(house.database.url, { max: 4, ...patience });
  later(() => exportSql.end({ timeout: 2 }));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const deps: HttpDeps = {
    app: house.app,
    exportSql,
    countSql: exportSql,
    env: { publicUrl: base, production: false, demo: false, trustProxy: false, ...change },
    gate: {
      open: () => gate.isOpen,
      stamp: () => {
        gate.onStamp();
        return gate.stamps;
      },
      join: ({ sessionId }, cut) => {
        const one = { sessionId, cut };
        gate.joined.add(one);
        return () => void gate.joined.delete(one);
      },
    },
    hits: await createState(),
    health: {
      ready: async () => ({ store: true, bus: gate.isOpen, lease: gate.isOpen }),
      metrics: () => [{ name: 'rolecall_sockets', help: 'Sockets', type: 'gauge', value: 3 }],
    },
    client,
  };
  server.on('request', createHttp(deps));
  later(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    base,
    gate,
    outsider: () => new RawClient(base),
    signIn: (name) => signIn(base, emailOf(name), PASSWORD),
  };
}
