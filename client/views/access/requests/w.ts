import { locale } from '../../../words/index.ts';
import { en, type RequestWords } from './words.ts';

/** The words of asking for access in the person's language; loaded with the first page that shows them. */
export const w: RequestWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
