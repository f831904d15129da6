import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: 'client',
  plugins: [withoutJsonSchema(), svelte()],
  build: { outDir: '../dist/client', emptyOutDir: true, target: 'es2022' },
});

/**
 * zod carries a writer of JSON Schemas in every schema, which no bundler can leave out. The server makes OpenAPI with
 * it; the browser never does, so there its functions are empty: 10 kB less to load.
 */
function withoutJsonSchema(): Plugin {
  return {
    name: 'without-json-schema',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/.test(id)) return null;
      const names = [...code.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
      return { code: names.map((name) => `export const ${name} = () => undefined;`).join('\n'), map: null };
    },
  };
}
