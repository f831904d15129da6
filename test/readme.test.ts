import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFolders } from './world/source.ts';

const FENCE = /^```[^\n]*\n([^]*?)^```/gm;

/**
 * The folder map of README.md is the fenced block that has lines for `server/` and `client/`. Each line is
 * `folder/  words`; what is indented stands in the folder above it, and a line may name several folders.
 */
test('the folder map in README.md names exactly the folders there are', () => {
  const path = join(import.meta.dirname, '../README.md');
  const readme = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const map = [...readme.matchAll(FENCE)]
    .map((match) => match[1] ?? '')
    .find((text) => /^server\//m.test(text) && /^client\//m.test(text));
  if (map === undefined)
    throw new Error('README.md has no folder map: a fenced block with lines such as "server/  words"');

  const named = foldersOf(map).filter((folder) => /^(shared|server|client|test)(\/|$)/.test(folder));
  const there = readFolders();
  expect(
    there.filter((folder) => !named.includes(folder)),
    'Give these a line in the folder map of README.md',
  ).toEqual([]);
  expect(
    named.filter((folder) => !there.includes(folder)),
    'The map names these, and they are not there',
  ).toEqual([]);
});

/** `server/` and, indented below it, `http/` and `socket/` → server, server/http, server/socket */
function foldersOf(map: string): string[] {
  let above = '';
  return map.split('\n').flatMap((line) => {
    const [, indent = '', names = ''] = /^(\s*)((?:[\w.-]+\/[,·\s]*)+)/.exec(line) ?? [];
    const folders = names
      .split(/[,·\s]+/)
      .filter((name) => name.endsWith('/'))
      .map((name) => name.slice(0, -1));
    if (indent === '' && folders[0]) above = folders[0];
    return folders.map((folder) => (indent === '' ? folder : `${above}/${folder}`));
  });
}
