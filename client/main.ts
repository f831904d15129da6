import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { drawNotices } from './stores/notice.ts';
import { start } from './stores/live.ts';
import { useFormat } from './ui/format.ts';
import { toast } from './ui/overlays/toasts.svelte.ts';
import { showTheme } from './ui/theme.ts';
import { useWords } from './ui/words.ts';
import { chooseWords, locale, t } from './words/index.ts';

showTheme();
await chooseWords();
document.documentElement.lang = locale();
useWords(t.ui);
// The words are ours, the way of writing numbers and dates is the reader's own.
useFormat({ locale: navigator.language.startsWith(locale()) ? navigator.language : locale() });
drawNotices(toast);
start();

mount(App, { target: document.querySelector('#app') ?? document.body });
