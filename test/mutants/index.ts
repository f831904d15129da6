import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run mutants [-- NAME …]`: applies each planted defect of test/mutants/*.patch to a copy of the program and runs the
 * tests that ought to notice. With no name given it writes the table of what caught which to docs/mutants.md. Exits with 1
 * if one got through.
 *
 * A patch begins with what it plants, in words, and a line `Tests: FILE …`.
 */
const ROOT = join(import.meta.dirname, '../..');
const HERE = join(ROOT, 'test/mutants');
const COPIED = ['server', 'shared', 'client', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts'];

interface Mutant {
  name: string;
  about: string;
  tests: string[];
  caughtBy: string[];
  took_s: number;
}

const wanted = process.argv.slice(2);
const names = readdirSync(HERE)
  .filter((file) => file.endsWith('.patch'))
  .map((file) => file.slice(0, -'.patch'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
const mutants = names.map((name) => {
  const mutant = tryOut(name);
  const fate = mutant.caughtBy.length === 0 ? 'GOT THROUGH' : `caught by ${mutant.caughtBy.length} tests`;
  console.log(`${name}: ${fate} (${mutant.took_s} s)`);
  return mutant;
});
if (wanted.length === 0) writeFileSync(join(ROOT, 'docs/mutants.md'), table(mutants));
const through = mutants.filter(({ caughtBy }) => caughtBy.length === 0);
console.log(`${mutants.length - through.length} caught, ${through.length} got through`);
process.exitCode = through.length === 0 && mutants.length > 0 ? 0 : 1;

function tryOut(name: string): Mutant {
  const patch = readFileSync(join(HERE, `${name}.patch`), 'utf8');
  const [words = ''] = patch.split(/^(?:diff|---) /m);
  const tests = /^Tests: (.*)$/m.exec(words)?.[1]?.split(' ') ?? [];
  const about = words
    .replace(/^Tests: .*$/m, '')
    .trim()
    .replaceAll('\n', ' ');
  const copy = mkdtempSync(join(tmpdir(), 'rolecall-mutant-'));
  const start_ms = performance.now();
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const applied = spawnSync('git', ['apply', '--recount', join(HERE, `${name}.patch`)], { cwd: copy });
    if (applied.status !== 0) throw new Error(`${name} does not apply: ${applied.stderr.toString()}`);
    const report = join(copy, 'report.json');
    spawnSync('npx', ['vitest', 'run', '--reporter=json', `--outputFile=${report}`, ...tests], {
      cwd: copy,
      env: { ...process.env, SEED: process.env['SEED'] ?? '20261125' },
      stdio: 'ignore',
      timeout: 10 * 60_000,
    });
    return { name, about, tests, caughtBy: failuresIn(report), took_s: seconds(start_ms) };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

interface Report {
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** Names of the tests that failed. A file that did not even run has caught nothing: that is a broken patch. */
function failuresIn(report: string): string[] {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => `${name.slice(name.indexOf('test/'))}: ${fullName.replace(/\d{6,}/g, '…')}`),
  );
}

function seconds(since_ms: number): number {
  return Math.round((performance.now() - since_ms) / 1000);
}

function table(all: readonly Mutant[]): string {
  const rows = all.map(({ name, about, caughtBy }) => {
    const [first = '**nothing**', ...more] = caughtBy;
    const by = more.length === 0 ? first : `${first}; ${more.length} more`;
    return `| ${name} | ${about} | ${by.replaceAll('|', '\\|')} |`;
  });
  return `# Planted defects

Each patch in \`test/mutants/\` plants one defect. \`npm run mutants\` applies each to a copy, runs the tests that ought to
notice, and writes this table.

| defect | what it does | caught by |
|---|---|---|
${rows.join('\n')}
`;
}
