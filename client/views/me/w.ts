import { locale } from '../../words/index.ts';
import { en, type MeWords } from './words.ts';

/** The words of where rights come from, in the person's language; loaded with the page. */
export const w: MeWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
