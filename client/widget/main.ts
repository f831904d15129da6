import { mount } from 'svelte';
import './look.css';
import App from './App.svelte';
import { Chat } from './chat/chat.svelte.ts';
import { openShelf } from './chat/shelf.ts';
import { chooseLanguage } from './words/index.ts';

/** The styles of everything in here, put in by the build (vite.config.ts). */
declare const __STYLES__: string;

/**
 * The chat on any page: `<script src="https://HOST/widget.js" data-channel="ID" async></script>`. It lives in a shadow
 * root, so that neither the page's styles nor ours reach each other. Further settings, all optional: `data-lang` (`en`,
 * `zh`) and `data-theme` (`light`, `dark`), where the language or the colors of the page do not say it.
 */
const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  const { channel, lang, theme } = script.dataset;
  const base = new URL(script.src).origin;
  if (channel !== undefined && document.querySelector('rolecall-chat') === null)
    whenReady(() => show(base, channel, lang, theme));
}

function show(base: string, channel: string, lang: string | undefined, theme: string | undefined): void {
  const host = document.createElement('rolecall-chat');
  if (theme !== undefined) host.dataset['theme'] = theme;
  const root = host.attachShadow({ mode: 'open' });
  // A sheet made by script is no inline style: no content policy of the page forbids it.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(__STYLES__);
  root.adoptedStyleSheets = [sheet];
  // What is typed here is not meant for the page's own shortcuts. By now our own listeners, within, have had it.
  for (const type of ['keydown', 'keypress', 'keyup'])
    host.addEventListener(type, (event) => event.stopPropagation());
  document.body.append(host);

  const language = chooseLanguage(lang, document.documentElement.lang, navigator.languages);
  const chat = new Chat({ base, channel, language, shelf: openShelf(channel) });
  mount(App, { target: root, props: { chat } });
  chat.start();
}

/** The script may stand in the head, and be there before the body is. */
function whenReady(act: () => void): void {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', act, { once: true });
  else act();
}
