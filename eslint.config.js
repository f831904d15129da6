import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Rules that only `server/db/migrate.ts` and `server/env.ts` are let off; each message says what to do instead. */
const noUnsafeSql = [
  'error',
  {
    selector: "MemberExpression[property.name='unsafe']",
    message:
      'Write SQL in a tagged template: sql`…${value}…`, with sql(name) for names. Strings let values become SQL.',
  },
];
const noEnv = [
  'error',
  { object: 'process', property: 'env', message: 'Read it in server/env.ts and pass the value in: one place knows every setting.' }, // prettier-ignore
];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.data/', '.cache/', 'shots/'] },
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-expect-error': true, 'ts-nocheck': true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }], // prettier-ignore
      eqeqeq: 'error',
      'no-restricted-syntax': noUnsafeSql,
      'no-restricted-properties': noEnv,
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:process', importNames: ['env'], message: noEnv[1].message },
            { name: '@lucide/svelte', message: "Import the one icon: '@lucide/svelte/icons/phone'. This one makes every check read 4,000 files." }, // prettier-ignore
          ],
        },
      ],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
    rules: {
      'svelte/button-has-type': 'error',
      'svelte/require-each-key': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/no-target-blank': 'error',
      // No SvelteKit here, so there is no base path to resolve links against.
      'svelte/no-navigation-without-resolve': 'off',
      // The compiler reads `let x = $state()` and `$bindable()` as assignments that ESLint cannot see.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  { files: ['client/**', 'server/**', 'shared/**'], rules: { 'no-console': 'error' } },
  // These speak to whoever started the program, at a terminal.
  {
    files: ['server/main.ts', 'server/start/greet.ts', 'server/import.ts', 'server/build.ts'],
    rules: { 'no-console': 'off' },
  },
  { files: ['server/db/migrate.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['server/env.ts', 'test/**', '*.config.ts'], rules: { 'no-restricted-properties': 'off' } },
);
