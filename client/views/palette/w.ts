import { locale } from '../../words/index.ts';
import { en, type PaletteWords } from './words.ts';

/** The words of the palette in the person's language; loaded with it. */
export const w: PaletteWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
