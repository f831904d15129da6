import type { Reporter, SerializedError, TestModule, TestSuite } from 'vitest/node';

/**
 * Ends the output with the one line that a machine may read, `N passed, N failed`, and says above it what was
 * skipped. A file or a group that broke before its tests could run counts as one failure, and so does an
 * error that no test caught; a run in which nothing passed is a failed run.
 */
export default class Tally implements Reporter {
  #skipped: string[] = [];
  #passed = 0;
  #failed = 0;

  constructor() {
    // Vitest still has to stop what the global setup started, and may complain on the way: we come after.
    process.once('exit', (code) => {
      if (this.#passed === 0) process.exitCode = 1;
      // Whatever else made the run fail (the global setup, say) shows in the exit code only.
      if (this.#failed === 0 && (code !== 0 || this.#passed === 0)) this.#failed = 1;
      if (this.#skipped.length > 0) print(`${this.#skipped.length} skipped:`, ...this.#skipped.slice(0, 20));
      print(`${this.#passed} passed, ${this.#failed} failed`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const groups: (TestModule | TestSuite)[] = modules.flatMap((module) => [
      module,
      ...module.children.allSuites(),
    ]);
    const inState = (...states: string[]) => tests.filter((test) => states.includes(test.result().state));

    this.#passed = inState('passed').length;
    this.#failed =
      inState('failed').length +
      groups.filter((group) => group.errors().length > 0).length +
      unhandled.length;
    this.#skipped = inState('skipped', 'pending').map(
      (test) => `  ${test.module.relativeModuleId}: ${test.fullName}`,
    );
  }
}

function print(...lines: string[]): void {
  process.stdout.write(`\n${lines.join('\n')}\n`);
}
