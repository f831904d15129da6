import { locale } from '../words/index.ts';
import { en, type ConversationWords } from './words.ts';

/** The words of the support console in the person's language; loaded with the first page that needs any. */
export const w: ConversationWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
