import type { Unfit } from '../../stores/imports/sending.svelte.ts';
import type { Delimiter, Encoding } from './kinds.ts';

// Words of files: why one cannot be taken, and how one is written.
const en = {
  refused: {
    too_large: 'This file is larger than 100 MB. Split it and bring in the parts one after the other.',
    empty: 'This file is empty.',
    workbook:
      'This is a workbook. Save each of its sheets as CSV (in Excel: File, Save as, “CSV UTF-8”), and bring that in.',
    document: 'This is a document, not a table. In the program that the data comes from, save it as CSV.',
    archive: 'This is an archive. Unpack it, and bring in the CSV files that are in it one by one.',
    web_page:
      'This is a web page, not a CSV file. Open it in a spreadsheet and save it as CSV, or export it once more: a page is also what is saved when one has been signed out.',
    json: 'This is JSON, not CSV. In the program it comes from, choose CSV when exporting.',
    xml: 'This is XML, not CSV. Open it in a spreadsheet and save it as CSV.',
    cards:
      'These are cards of contacts or a calendar, not a table. In the program they come from, choose CSV when exporting.',
    no_text:
      'This is not a text file. In the program it comes from, save it as CSV (comma separated values).',
    utf_32: 'Its text is UTF-32. Save it as UTF-8.',
  } satisfies Record<Unfit, string> as Record<Unfit, string>,
  encodings: {
    'utf-8': 'UTF-8',
    'utf-16le': 'UTF-16 (little endian)',
    'utf-16be': 'UTF-16 (big endian)',
    'windows-1252': 'Windows-1252 (Western)',
    'windows-1250': 'Windows-1250 (Central European)',
    'windows-1251': 'Windows-1251 (Cyrillic)',
    'windows-1253': 'Windows-1253 (Greek)',
    'windows-1254': 'Windows-1254 (Turkish)',
    'windows-1255': 'Windows-1255 (Hebrew)',
    'windows-1256': 'Windows-1256 (Arabic)',
    macintosh: 'Mac OS Roman',
    gb18030: 'GB 18030, GBK (Chinese)',
    big5: 'Big5 (Chinese)',
    shift_jis: 'Shift JIS (Japanese)',
    'euc-jp': 'EUC-JP (Japanese)',
    'euc-kr': 'EUC-KR (Korean)',
  } satisfies Record<Encoding, string> as Record<Encoding, string>,
  delimiters: {
    ',': 'Comma',
    ';': 'Semicolon',
    '\t': 'Tab',
    '|': 'Bar |',
    '^': 'Caret ^',
    ':': 'Colon',
    '~': 'Tilde ~',
    '\u001f': 'ASCII 31 (unit separator)',
    '\u001e': 'ASCII 30 (record separator)',
  } satisfies Record<Delimiter, string> as Record<Delimiter, string>,
};

const zh: typeof en = {
  refused: {
    too_large: '文件超过 100 MB。请拆分后分次导入。',
    empty: '文件是空的。',
    workbook: '这是工作簿。请将每个工作表另存为 CSV（Excel：文件 → 另存为 →“CSV UTF-8”），再导入。',
    document: '这是文档，不是表格。请在数据来源程序中另存为 CSV。',
    archive: '这是压缩包。请先解压，再逐个导入其中的 CSV 文件。',
    web_page:
      '这是网页，不是 CSV 文件。请用电子表格打开并另存为 CSV，或重新导出：登录过期时保存下来的也会是网页。',
    json: '这是 JSON，不是 CSV。请在来源程序中选择以 CSV 导出。',
    xml: '这是 XML，不是 CSV。请用电子表格打开并另存为 CSV。',
    cards: '这是名片或日历文件，不是表格。请在来源程序中选择以 CSV 导出。',
    no_text: '这不是文本文件。请在原程序中另存为 CSV（逗号分隔值）。',
    utf_32: '文本编码为 UTF-32，请另存为 UTF-8。',
  },
  encodings: {
    'utf-8': 'UTF-8',
    'utf-16le': 'UTF-16（小端）',
    'utf-16be': 'UTF-16（大端）',
    'windows-1252': 'Windows-1252（西欧）',
    'windows-1250': 'Windows-1250（中欧）',
    'windows-1251': 'Windows-1251（西里尔文）',
    'windows-1253': 'Windows-1253（希腊文）',
    'windows-1254': 'Windows-1254（土耳其文）',
    'windows-1255': 'Windows-1255（希伯来文）',
    'windows-1256': 'Windows-1256（阿拉伯文）',
    macintosh: 'Mac OS Roman',
    gb18030: 'GB 18030、GBK（简体中文）',
    big5: 'Big5（繁体中文）',
    shift_jis: 'Shift JIS（日文）',
    'euc-jp': 'EUC-JP（日文）',
    'euc-kr': 'EUC-KR（韩文）',
  },
  delimiters: {
    ',': '逗号',
    ';': '分号',
    '\t': '制表符',
    '|': '竖线 |',
    '^': '脱字符 ^',
    ':': '冒号',
    '~': '波浪号 ~',
    '\u001f': 'ASCII 31（单元分隔符）',
    '\u001e': 'ASCII 30（记录分隔符）',
  },
};

export const fileWords = { en, zh };
