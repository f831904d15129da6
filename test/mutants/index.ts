import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCopy, type Copy } from './copy.ts';
import { plant, readPatches, ROOT, type Patch } from './patches.ts';
import { endRun, runTests, type Outcome } from './run.ts';
import { compiler } from './types.ts';

/**
 * `npm run mutants [-- NAME …]`: plants each defect of test/mutants/*.patch in a copy of the program, and runs the tests
 * that ought to notice until one does. Without any defect the copy must pass all of them first. What caught which is
 * written to docs/mutants.md. `SEED` is 20261125 unless given.
 *
 * Ends with 0 if all were caught, with 1 if one got through, and with 2 where nothing can be said: a test fails without a
 * defect, or a patch does not apply, does not compile, or stops the program from working at all.
 */
interface Fate {
  patch: Patch;
  outcome: Outcome;
}

const HEAD = `# Planted defects

Each patch in \`test/mutants/\` plants one defect, of the kind that is easily made. \`npm run mutants\` plants one after the
other in a copy of the program, runs the tests that ought to notice until one does, and writes this table: what it was that
did. Each is a mistake in one place, and compiles; without it the same tests pass.

| defect | what it does | caught by |
|---|---|---|`;

const wanted = process.argv.slice(2);
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopped = true;
    endRun(signal);
  });
}
const copy = makeCopy();
try {
  process.exitCode = await all(readPatches(wanted));
} finally {
  await copy.remove();
}

async function all(patches: readonly Patch[]): Promise<number> {
  const types = compiler(copy.folder);
  const broken = patches.flatMap((patch): Fate[] => {
    const why = unfit(copy, patch, types);
    return why === '' ? [] : [{ patch, outcome: { kind: 'broken', why } }];
  });
  for (const { patch, outcome } of broken) tell(patch.name, outcome, 0);
  const sound = patches.filter((patch) => !broken.some((one) => one.patch === patch));

  const tests = [...new Set(sound.flatMap((patch) => patch.tests))].sort();
  if (stopped) return 130;
  let start_ms = performance.now();
  const without = await runTests(copy, tests, { bail: false });
  if (stopped) return 130;
  const why =
    without.kind === 'failed'
      ? `${without.tests.join('; ')}\n${without.why}`
      : without.kind === 'broken'
        ? without.why
        : '';
  line(
    why === '' ? 'pass' : 'FAIL',
    `${tests.length} files without a defect`,
    performance.now() - start_ms,
    why,
  );
  if (why !== '') return 2;
  const fates = [...broken];
  for (const patch of sound) {
    start_ms = performance.now();
    const outcome = await tryOut(copy, patch);
    if (stopped) return 130;
    tell(patch.name, outcome, performance.now() - start_ms);
    fates.push({ patch, outcome });
  }
  writeTable(fates);
  const count = (kind: Outcome['kind']) => fates.filter(({ outcome }) => outcome.kind === kind).length;
  console.log(`${count('failed')} caught, ${count('passed')} got through, ${count('broken')} broken`);
  return count('broken') > 0 || fates.length === 0 ? 2 : count('passed') > 0 ? 1 : 0;
}

/** Why nothing could be said by running tests; '' where something can. */
function unfit({ folder, restore }: Copy, patch: Patch, types: ReturnType<typeof compiler>): string {
  try {
    return plant(patch, folder) || types(patch.files);
  } finally {
    restore(patch.files);
  }
}

async function tryOut(copy: Copy, patch: Patch): Promise<Outcome> {
  try {
    const refused = plant(patch, copy.folder);
    if (refused !== '') return { kind: 'broken', why: refused };
    return await runTests(copy, patch.tests, { bail: true });
  } finally {
    copy.restore(patch.files);
  }
}

function tell(what: string, outcome: Outcome, took_ms: number): void {
  const { kind } = outcome;
  const word = { failed: 'caught', passed: 'GOT THROUGH', broken: 'BROKEN' }[kind];
  const more = kind === 'failed' ? outcome.tests.join('; ') : kind === 'broken' ? outcome.why : '';
  line(word, what, took_ms, more);
}

function line(word: string, what: string, took_ms: number, more: string): void {
  console.log(`${word.padEnd(11)} ${what.padEnd(36)} ${(took_ms / 1000).toFixed(0).padStart(4)} s  ${more}`);
}

/** Rows of the defects that were tried take the place of those that were there; whatever there is no patch for goes. */
function writeTable(fates: readonly Fate[]): void {
  const path = join(ROOT, 'docs/mutants.md');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const rows = new Map(lines.map((line) => [/^\| ([a-z-]+) \|/.exec(line)?.[1] ?? '', line]));
  for (const { patch, outcome } of fates) rows.set(patch.name, rowOf(patch, outcome));
  const sorted = readPatches().flatMap(({ name }) => rows.get(name) ?? []);
  writeFileSync(path, `${HEAD}\n${sorted.join('\n')}\n`);
}

function rowOf({ name, about }: Patch, outcome: Outcome): string {
  const nobody = { failed: '', passed: '**nothing**', broken: '**broken**' }[outcome.kind];
  const [by = ''] = outcome.kind === 'failed' ? outcome.tests : [nobody];
  return `| ${name} | ${about} | ${by.replaceAll('|', '\\|')} |`;
}
