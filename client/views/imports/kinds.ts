import type { DATE_ORDERS, DELIMITERS, ENCODINGS } from '../../../shared/protocol/imports.ts';

/** The choices of how a file is written, as types: words are kept for each. */
export type Encoding = (typeof ENCODINGS)[number];
export type Delimiter = (typeof DELIMITERS)[number];
export type DateOrder = (typeof DATE_ORDERS)[number];
