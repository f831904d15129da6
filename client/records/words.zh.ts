import { en, type RecordWords } from './words.ts';

export const zh: RecordWords = en;
