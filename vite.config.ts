import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { CompileOptions } from 'svelte/compiler';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: 'client',
  plugins: [
    withoutJsonSchema(),
    onlyWebSocket(),
    onlyWhatTheWidgetNeeds(),
    svelte({ dynamicCompileOptions: shortHashes }),
    stylesInScript(),
  ],
  build: { outDir: '../dist/client', emptyOutDir: true, target: 'es2022' },
  environments: {
    // The chat widget: one script of one name, which any page may embed. It is built into the folder of the console.
    widget: {
      consumer: 'client',
      build: {
        emptyOutDir: false,
        copyPublicDir: false,
        cssCodeSplit: false,
        // Browsers that know light-dark() and nesting by themselves: made into anything else, the widget could no
        // longer follow the page around it.
        cssTarget: ['chrome123', 'safari17.5', 'firefox121'],
        modulePreload: false,
        rollupOptions: {
          input: 'client/widget/main.ts',
          output: { format: 'iife', entryFileNames: 'widget.js', codeSplitting: false },
        },
      },
    },
  },
  builder: {
    async buildApp({ build, environments }) {
      for (const environment of [environments.client, environments.widget])
        if (environment) await build(environment);
    },
  },
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

/**
 * The live connection is a WebSocket or nothing, for the console and for the widget: what Socket.IO's client brings along
 * for browsers without one is left out.
 */
function onlyWebSocket(): Plugin {
  const others = /\/engine\.io-client\/build\/esm\/transports\/(polling-xhr|polling-fetch|webtransport)\.js$/;
  return {
    name: 'only-web-socket',
    apply: 'build',
    enforce: 'pre',
    transform: (_code, id) =>
      others.test(id)
        ? { code: 'export { WS as XHR, WS as Fetch, WS as WT } from "./websocket.js";', map: null }
        : null,
  };
}

/**
 * What Svelte and Socket.IO can do and the widget never does: take over a page that a server has drawn, components of
 * Svelte 4, waiting inside of components, watching inside of objects; files in messages. Told so, the bundler leaves it
 * out: 4 kB less to load. So `$state` holds something plain there, or is `$state.raw`.
 */
function onlyWhatTheWidgetNeeds(): Plugin {
  return {
    name: 'only-what-the-widget-needs',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'widget',
    transform(code, id) {
      if (/\/svelte\/src\/internal\/(flags\/index|client\/dom\/hydration)\.js$/.test(id))
        return {
          code: code
            .replace(/export let (\w+_mode_flag|hydrating) = false;/g, 'export const $1 = false;')
            .replace(/^\s*(\w+_mode_flag|hydrating) = \w+;$/gm, ''),
          map: null,
        };
      if (/\/svelte\/src\/internal\/client\/proxy\.js$/.test(id))
        return {
          code: 'export const proxy = (v) => v; export const get_proxied_value = proxy; export const is = Object.is;',
          map: null,
        };
      if (/\/socket\.io-parser\/build\/esm\/(is-)?binary\.js$/.test(id)) {
        const names = [...code.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, name]) => name);
        return { code: names.map((name) => `export const ${name} = () => false;`).join('\n'), map: null };
      }
      return null;
    },
  };
}

/** Within the shadow root a class needs no long name to be the only one: a letter for each component. */
function shortHashes({ filename }: { filename: string }): Partial<CompileOptions> | undefined {
  const [, name] = /\/client\/widget\/(\w+)\.svelte$/.exec(filename) ?? [];
  return name === undefined ? undefined : { cssHash: () => name.slice(0, 2).toLowerCase() };
}

/**
 * The widget's styles go into its script, where main.ts finds them as `__STYLES__` and gives them to the shadow root:
 * a sheet made by script, which no content policy of the embedding page can forbid.
 */
function stylesInScript(): Plugin {
  return {
    name: 'styles-in-script',
    apply: 'build',
    enforce: 'post',
    applyToEnvironment: ({ name }) => name === 'widget',
    generateBundle(_options, bundle) {
      let css = '';
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== 'asset' || !name.endsWith('.css')) continue;
        css += String(file.source);
        delete bundle[name];
      }
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = file.code.replace('__STYLES__', () => JSON.stringify(css));
      }
    },
  };
}
