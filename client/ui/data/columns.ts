/** One column of a Table. */
export type Column = {
  key: string;
  label: string;
  /** Numbers stand at the end, under one another. */
  align?: 'end';
  sortable?: boolean;
  /** Any CSS width; without it the content decides. */
  width?: string;
  /** On a phone, where a row is a card: its title, or not there at all. The first column is the title by default. */
  phone?: 'title' | 'hide';
  /** The head is for screen readers only (a column of buttons). */
  quiet?: boolean;
};

export type Sort = { key: string; direction: 'asc' | 'desc' };

/** What a press on a column's head asks for: this column upward, or the other way round. */
export function nextSort(sort: Sort | null | undefined, key: string): Sort {
  const turn = sort?.key === key && sort.direction === 'asc';
  return { key, direction: turn ? 'desc' : 'asc' };
}
