import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const STORE = 'test/**/*.pg.test.ts';
const JOURNEYS = 'test/journeys/**/*.test.ts';
const RUNES = 'test/**/*.svelte.test.ts';

/** A kind of test, told by the names of its files; `npx vitest run --project unit` runs one kind alone. */
function kind(
  name: string,
  timeout_ms: number,
  include: string,
  exclude: string[] = [],
): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      include: [include],
      exclude,
      testTimeout: timeout_ms,
      hookTimeout: 120_000,
      restoreMocks: true,
    },
  };
}

export default defineConfig({
  test: {
    // Once for the run, whatever is in it. The kinds below must not `extends: true`: each would do it again.
    globalSetup: 'test/world/setup.ts',
    reporters: ['default', './test/world/tally.ts'],
    // Each file may start nodes, a Redis and a browser of its own: more at once only makes them slow.
    maxWorkers: 2,
    // A `.only` that was left in would silently skip the rest.
    allowOnly: false,
    teardownTimeout: 20_000,
    projects: [
      kind('unit', 10_000, 'test/**/*.test.ts', [STORE, JOURNEYS, RUNES]),
      {
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: { ...kind('runes', 10_000, RUNES).test, environment: './test/world/page.ts' },
      },
      kind('store', 60_000, STORE, [JOURNEYS]),
      kind('journeys', 120_000, JOURNEYS),
    ],
  },
});
