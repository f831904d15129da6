import { locale } from '../../../words/index.ts';
import { en, type DefaultWords } from './words.ts';

/** The words of the page in the person's language; loaded with it. */
export const w: DefaultWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
