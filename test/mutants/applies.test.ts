import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plant, readPatches, ROOT } from './patches.ts';

// Nothing is run here: `npm run mutants` does that. But a defect that cannot be planted any more proves nothing.

const patches = readPatches();

test('there are defects to be planted', () => {
  expect(patches.length).toBeGreaterThan(20);
});

describe.each(patches)('$name', (patch) => {
  test('can still be planted, in the program and not in its tests', () => {
    expect(plant(patch, ROOT, '--check')).toBe('');
    expect(patch.files).not.toEqual([]);
    for (const file of patch.files) expect(file).toMatch(/^(server|shared|client)\//);
  });

  test('says what it does, and names tests that there are', () => {
    expect(patch.about).toMatch(/^[A-Z].*\.$/);
    expect(patch.tests).not.toEqual([]);
    for (const file of patch.tests) {
      expect(file).toMatch(/^test\/.*\.test\.ts$/);
      expect(existsSync(join(ROOT, file)), file).toBe(true);
    }
  });
});

test('docs/mutants.md tells of these and no others, and each was caught', () => {
  const rows = readFileSync(join(ROOT, 'docs/mutants.md'), 'utf8')
    .split('\n')
    .flatMap((line) => /^\| ([a-z-]+) \| (.*) \| (test\/.*) \|$/.exec(line)?.slice(1, 3).join(': ') ?? []);
  expect(rows, 'run `npm run mutants`').toEqual(patches.map(({ name, about }) => `${name}: ${about}`));
});
