import { locale } from '../../../words/index.ts';
import { en, type ShareWords } from './words.ts';

/** The words of sharing in the person's language. */
export const w: ShareWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
