import { locale } from '../../words/index.ts';
import { en, type ImportWords } from './words.ts';

/** The words of importing in the person's language; loaded with the first page or dialog that shows any. */
export const w: ImportWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
