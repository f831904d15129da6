/** What a file is that is no table of text. */
export type FileKind =
  'workbook' | 'document' | 'archive' | 'web_page' | 'json' | 'xml' | 'cards' | 'no_text' | 'utf_32';

/** Enough of a file to tell, in bytes. */
export const KIND_BYTES = 4_096;

/** What a file is by its first bytes, where that is no table; null: it may be one. */
export function fileKind(bytes: Uint8Array): FileKind | null {
  const first = latin1(bytes.subarray(0, KIND_BYTES));
  if (UTF_32.some((mark) => first.startsWith(mark))) return 'utf_32';
  if (first.startsWith('PK\u0003\u0004')) return packed(first);
  const [kind] = MARKS.find(([, marks]) => marks.some((mark) => first.startsWith(mark))) ?? [];
  return kind ?? kindOfText(first);
}

const UTF_32 = ['\u00ff\u00fe\u0000\u0000', '\u0000\u0000\u00fe\u00ff'];

// prettier-ignore
const MARKS: readonly (readonly [FileKind, readonly string[]])[] = [
  ['workbook', ['\u00d0\u00cf\u0011\u00e0']],
  ['document', ['%PDF-', '{\\rtf']],
  ['archive', ['PK\u0005\u0006', '\u001f\u008b', 'BZh', '7z\u00bc\u00af', 'Rar!', '\u00fd7zXZ']],
  // PNG, JPEG, GIF, Parquet, SQLite, property lists.
  ['no_text', ['\u0089PNG', '\u00ff\u00d8\u00ff', 'GIF8', 'PAR1', 'SQLite format 3\u0000', 'bplist00']],
];

/** Workbooks and documents are archives too, of parts that have names of their own. */
function packed(first: string): FileKind {
  const name = first.slice(30);
  if (/word\//.test(name)) return 'document';
  return /^(\[Content_Types\]|_rels\/|docProps\/|xl\/|mimetype|Index\/)/.test(name) ? 'workbook' : 'archive';
}

/** What texts begin with that are other things than tables; in UTF-16 every second byte is 0. */
function kindOfText(first: string): FileKind | null {
  const text = first.replace(/^(\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/, '').replaceAll('\0', '');
  if (/^\s*(<!--[^>]*-->\s*)?<(!doctype\s+html|html|head|body|table|meta|script|style)[\s>]/i.test(text))
    return 'web_page';
  if (/^\s*<\?xml\s/i.test(text)) return 'xml';
  if (/^\s*(\{\s*"[^"\n]*"\s*:|\[\s*[[{"])/.test(text)) return 'json';
  return /^\s*BEGIN:V(CARD|CALENDAR)/i.test(text) ? 'cards' : null;
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
