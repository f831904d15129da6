import { expect, test, vi } from 'vitest';
import { log, setUpLog } from '../../../server/lib/log.ts';

test('a readable line says when, how bad, what and with which facts', () => {
  const written = capture(() => {
    setUpLog({ production: false });
    log.warn({ nodes: 2 }, 'two nodes are silent');
  });
  expect(written).toMatch(/^\d\d:\d\d:\d\d warn two nodes are silent nodes=2\n$/);
});

test('secrets are not written, and of an error neither details nor parameters', () => {
  const error = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(ann@example.com) already exists.',
    parameters: ['hunter2'],
  });
  const written = capture(() => {
    setUpLog({ production: false });
    log.error(
      { err: error, password: 'hunter2', headers: { cookie: 'hunter2', authorization: 'hunter2' } },
      'failed',
    );
  });
  expect(written).toContain('duplicate key');
  expect(written).not.toMatch(/hunter2|ann@example.com/);
});

function capture(act: () => void): string {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  act();
  return write.mock.calls.map(([text]) => String(text)).join('');
}
