import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { ensureClientBuilt } from '../../server/build.ts';
import { FatalError } from '../../server/lib/fatal.ts';
import { later } from '../world/cleanup.ts';

const root = mkdtempSync(join(tmpdir(), 'rolecall-build-'));
later(async () => rmSync(root, { recursive: true, force: true }));
const output = join(root, 'dist', 'client');
const put = (path: string, text: string) => writeFileSync(join(root, path), text);

mkdirSync(join(root, 'client'));
symlinkSync(join(import.meta.dirname, '..', '..', 'node_modules'), join(root, 'node_modules'));
put('vite.config.ts', `export default { root: 'client' };`);
put('client/index.html', '<script type="module" src="./main.ts"></script>');
put('client/main.ts', `document.title = 'one';`);

let said: MockInstance;
beforeEach(() => (said = vi.spyOn(console, 'log').mockReturnValue()));

test('it builds once, and again only when a file is another', async () => {
  await ensureClientBuilt(root);
  const first = statSync(output).ino;
  await ensureClientBuilt(root);
  expect(statSync(output).ino).toBe(first);
  expect(said).toHaveBeenCalledTimes(1);

  put('client/main.ts', `document.title = 'two';`);
  await ensureClientBuilt(root);
  expect(built()).toContain('two');
  expect(readdirSync(join(root, 'dist'))).toEqual(['client']);
});

test('several that start at once leave one whole build and nothing else', async () => {
  put('client/main.ts', `document.title = 'three';`);
  await Promise.all([1, 2].map(() => ensureClientBuilt(root)));
  expect(built()).toContain('three');
  expect(readdirSync(join(root, 'dist'))).toEqual(['client']);
});

test('a build that fails leaves the last one in place', async () => {
  const shown = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  put('client/main.ts', `import './missing.ts';`);
  await expect(ensureClientBuilt(root)).rejects.toThrow(FatalError);
  expect(shown.mock.calls.join('')).toContain('missing.ts');
  expect(built()).toContain('three');
});

function built(): string {
  const assets = join(output, 'assets');
  return readdirSync(assets)
    .map((name) => readFileSync(join(assets, name), 'utf8'))
    .join('');
}
