import { fileKind, type FileKind } from '../../shared/imports/fileKind.ts';
import { invalid } from '../../shared/protocol/index.ts';

/** Refuses what is no table of text by its first bytes, and says what to do. @throws ApiError `invalid` (`file`) */
export function refuseOtherKinds(sample: Uint8Array): void {
  const kind = fileKind(sample);
  if (kind) throw invalid({ file: WORDS[kind] });
}

const WORDS: Record<FileKind, string> = {
  workbook: 'This is a workbook, not a text: save each sheet as CSV, and bring that in',
  document: 'This is a document, not a table: where the data comes from, save it as CSV',
  archive: 'This is an archive: unpack it, and bring in each CSV file that is in it',
  web_page: 'This is a web page: open it in a spreadsheet and save it as CSV, or export it once more',
  json: 'This is JSON: where the data comes from, save it as CSV',
  xml: 'This is XML: open it in a spreadsheet and save it as CSV',
  cards: 'These are cards of contacts or a calendar: where they come from, save them as CSV',
  no_text: 'This is no text: save it as CSV, and bring that in',
  utf_32: 'Its text is UTF-32: save it as UTF-8',
};
