import { locale } from '../../words/index.ts';
import { en, type UnsentWords } from './words.ts';

/** The words of the list of unsent changes; loaded with it. */
export const w: UnsentWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
