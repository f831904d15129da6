/**
 * Whether what stands where the names of columns should be looks like a row of the file: half of it or more are numbers,
 * dates or e-mail addresses. Years are names as often as not.
 */
export function looksLikeRow(heads: readonly string[]): boolean {
  const named = heads.filter((head) => !/^Column \d+$/.test(head));
  const values = named.filter((head) => VALUES.some((pattern) => pattern.test(head)));
  const years = named.filter((head) => /^(19|20)\d\d$/.test(head));
  return values.length > years.length && values.length * 2 >= named.length;
}

/** A second one of the same text is called `Text (2)`. */
const VALUES = [
  /^[-+]?[$€£¥]?\d[\d.,]*%?( \(\d+\))?$/,
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/,
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
];
