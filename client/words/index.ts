import { en } from './en.ts';

/** All words of the shell and its pages; another language is another object of this shape. */
export type Words = typeof en;
export type Locale = 'en' | 'zh';

const KEY = 'locale';

/** The words in the person's language. A live binding: `chooseWords` exchanges it before anything is drawn. */
export let t: Words = en;

/** The language chosen in this browser, or else the browser's own, or English. */
export function locale(): Locale {
  const chosen = localStorage.getItem(KEY) ?? navigator.language;
  return /^zh\b/i.test(chosen) ? 'zh' : 'en';
}

/** Loads the words of the chosen language. */
export async function chooseWords(): Promise<void> {
  if (locale() === 'zh') t = (await import('./zh.ts')).zh;
}

/** Changes the language; the page is loaded anew. */
export function chooseLocale(choice: Locale): void {
  localStorage.setItem(KEY, choice);
  location.reload();
}

/** "10:12" where the reader is; with seconds where they matter. */
export const clockTime = (at: Date, { seconds = false } = {}): string =>
  at.toLocaleTimeString(locale() === 'zh' ? 'zh-CN' : navigator.language, {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
  });
