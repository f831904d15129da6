import { locale } from '../../words/index.ts';
import { en, type ThreadWords } from './words.ts';

/** The words of a thread, its composer and what stands beside it, in the person's language. */
export const w: ThreadWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
