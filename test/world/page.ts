import type { Environment } from 'vitest/runtime';

/**
 * Where tests of runes run: Node, with modules as a browser would get them. Without this Svelte is compiled for
 * rendering on a server, where no effect ever runs. There is no DOM: components are tested in a real browser.
 */
const page: Environment = {
  name: 'page',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
};
export default page;
