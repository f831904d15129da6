import { locale } from '../../words/index.ts';
import { en, type HealthWords } from './words.ts';

/** The words of data health in the person's language; loaded with its page. */
export const w: HealthWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
