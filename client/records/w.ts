import { locale } from '../words/index.ts';
import { en, type RecordWords } from './words.ts';

/** The words of records in the person's language; loaded with the first page that shows any. */
export const w: RecordWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
