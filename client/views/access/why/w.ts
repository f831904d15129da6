import { locale } from '../../../words/index.ts';
import { en, type WhyWords } from './words.ts';

/** The words of reasons in the person's language; loaded with the sheet. */
export const w: WhyWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
