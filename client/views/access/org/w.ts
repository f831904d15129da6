import { locale } from '../../../words/index.ts';
import { en, type OrgWords } from './words.ts';

/** The words of people, teams and territories in the person's language; loaded with the first page that shows any. */
export const w: OrgWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
