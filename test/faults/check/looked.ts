import { RECORDS } from '../witness.ts';

/** Objects whose seeing is looked into. */
export const LOOKED: ReadonlySet<string> = new Set(RECORDS);
