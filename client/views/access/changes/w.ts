import { locale } from '../../../words/index.ts';
import { en, type ChangesWords } from './words.ts';

/** The words of the page of changes in the person's language; loaded with it. */
export const w: ChangesWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
