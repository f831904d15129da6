/** Letters and digits alone, case and accents folded: two texts that are the same but for how they are written. */
export const normal = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
