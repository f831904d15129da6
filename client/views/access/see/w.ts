import { locale } from '../../../words/index.ts';
import { en, type SeeWords } from './words.ts';

/** The words of looking as somebody else; loaded with the dialog. */
export const w: SeeWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
