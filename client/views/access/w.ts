import { locale } from '../../words/index.ts';
import { en, type AccessWords } from './words.ts';

/** The words of access in the person's language; loaded with the first page or dialog that shows any. */
export const w: AccessWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
