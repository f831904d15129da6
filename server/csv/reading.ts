import type { DELIMITERS, ENCODINGS } from '../../shared/protocol/index.ts';

export type Encoding = (typeof ENCODINGS)[number];
export type Delimiter = (typeof DELIMITERS)[number];

/** How a file of rows is written. */
export interface Reading {
  encoding: Encoding;
  delimiter: Delimiter;
  /** Line of the heads, from 1; 0: there are none. Absent: they are the first row. */
  heads?: number;
}
