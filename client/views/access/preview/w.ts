import { locale } from '../../../words/index.ts';
import { en, type PreviewWords } from './words.ts';

/** The words of previews in the person's language; loaded with the first dialog that shows one. */
export const w: PreviewWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
