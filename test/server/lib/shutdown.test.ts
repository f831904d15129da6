import { expect, test } from 'vitest';
import { Shutdown } from '../../../server/lib/shutdown.ts';

test('what was started last is stopped first, each once; what comes too late is stopped at once', async () => {
  const shutdown = new Shutdown();
  const stopped: string[] = [];
  const stop = (name: string) => async () => void stopped.push(name);
  shutdown.add('store', stop('store'));
  shutdown.add('server', stop('server'));
  const running = shutdown.run();
  shutdown.add('jobs', stop('jobs'));
  await Promise.all([running, shutdown.run()]);
  expect(stopped).toEqual(['server', 'jobs', 'store']);
});
