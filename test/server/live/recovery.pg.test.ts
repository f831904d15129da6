import { expect, test } from 'vitest';
import { freshDatabase } from '../../world/database.ts';
import { enter } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import { officialSocket } from '../../world/rawSocket.ts';
import { startNode } from '../../world/server.ts';

const node = await startNode({ database: await freshDatabase({ demo: true }) });

test('a socket is given nothing by which it could be taken for the one it was before a break', async () => {
  // With Socket.IO's own recovery on, the packet that lets one in holds a `pid`: whoever shows it again is given the
  // packets they missed before anybody asks whether they may still have them.
  const official = await officialSocket(await enter(node, people.anna));
  expect(official.bytes()).toMatch(/"sid"/);
  expect(official.bytes()).not.toMatch(/"pid"/);
});
