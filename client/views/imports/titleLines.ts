import { DELIMITERS, type ImportPreview } from '../../../shared/protocol/imports.ts';

/**
 * Whether the names of the columns seem to stand further down, below a title: one column in which row after row is
 * divided alike, or most columns without a name.
 */
export function hasTitleLines({ columns, rows }: Pick<ImportPreview, 'columns' | 'rows'>): boolean {
  if (columns.length > 1) {
    const unnamed = columns.filter(({ head }, i) => head === `Column ${i + 1}`).length;
    return unnamed > columns.length / 2;
  }
  const texts = rows.map(({ cells }) => cells[0] ?? '');
  return DELIMITERS.some((delimiter) => {
    const counts = texts.map((text) => text.split(delimiter).length).filter((parts) => parts > 1);
    const alike = counts.filter((parts) => parts === counts.at(-1)).length;
    return alike >= 2 && alike > texts.length / 2;
  });
}
