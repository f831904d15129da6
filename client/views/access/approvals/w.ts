import { locale } from '../../../words/index.ts';
import { en, type ApprovalWords } from './words.ts';

/** The words of approvals in the person's language; loaded with the first page that shows them. */
export const w: ApprovalWords = locale() === 'zh' ? (await import('./words.zh.ts')).zh : en;
