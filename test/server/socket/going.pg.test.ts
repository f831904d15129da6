import { createServer } from 'node:http';
import { io as connect } from 'socket.io-client';
import { expect, test } from 'vitest';
import { sayGoing } from '../../../server/socket/going.ts';
import { DOORS, serveSockets } from '../../../server/socket/server.ts';
import { later } from '../../world/cleanup.ts';
import { until } from '../../world/until.ts';
import { Absence } from '../fanout/absence.ts';

test('a node that is going says so at each of its doors, and serves on until it is gone', async () => {
  const ben = await Absence.begin();
  later(async () => void (await ben.pair.stop()));
  const { actor } = await ben.world.as('ben');
  const http = createServer();
  const entrant = { userId: ben.world.ids.ben, sessionId: ben.world.ids.ben, actor };
  const open = { http, node: ben.client.node, allow: () => true, authenticate: async () => entrant };
  const doors = [DOORS.people, DOORS.customers].map((door) => serveSockets({ ...open, ...door }));
  later(async () => void (await Promise.all(doors.map((door) => door.close()))));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (!address || typeof address === 'string') throw new Error('Expected a port');
  const heard: unknown[] = [];
  for (const { path } of [DOORS.people, DOORS.customers]) {
    const socket = connect(`http://127.0.0.1:${address.port}`, {
      path,
      transports: ['websocket'],
      forceNew: true,
    });
    later(async () => socket.disconnect());
    socket.on('going', (message) => heard.push(message));
    await until(() => socket.connected);
  }
  sayGoing(doors, 4_000);
  await until(() => heard.length === 2, { what: 'both to be told' });
  expect(heard).toEqual([{ after_ms: 4_000 }, { after_ms: 4_000 }]);
});
