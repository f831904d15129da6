import { locale } from '../../words/index.ts';
import { en, type RoleWords } from './words.ts';

/** The words of editing roles in the person's language; loaded with the first page that shows any. */
export const w: RoleWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
