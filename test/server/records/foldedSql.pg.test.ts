import { expect, test } from 'vitest';
import { startsSql } from '../../../server/records/foldedSql.ts';
import { freshDatabase } from '../../world/database.ts';

const { sql } = await freshDatabase();

const TEXTS = [
  'Halden Works', 'HALDEN', 'halden', 'Hal', 'Éclair', 'éclair deux', 'ECLAIR', 'Straße', 'STRASSE', 'Ångström', 'ångström',
  '山田', '山田商店', 'Δίας', 'ΔΊΑΣ', 'дніпро', 'ДНІПРО', '  spaced', '-dash', '_under', '100%', '%', '\\', '"quoted"', '#42',
  '\u{1f600} smile', 'a\u0301cute', '\u202eright', 'zz', 'ZZ top', 'ffi ﬃ', 'co-op', 'Co op', 'COOP', '3 men', '٣',
]; // prettier-ignore

test('what begins with it is in the range of the order, whatever the case, script and signs', async () => {
  for (const wanted of [...new Set(TEXTS.flatMap(prefixes))]) {
    const rows = await sql<{ text: string }[]>`
      select t as text from unnest(${TEXTS}::text[]) t where ${startsSql(sql, sql`t`, wanted)}
    `;
    const begins = TEXTS.filter((text) => text.toLowerCase().startsWith(wanted.toLowerCase()));
    expect(rows.map(({ text }) => text).sort(), wanted).toEqual(begins.sort());
  }
});

/** The first two and four characters, in three spellings, and the whole. */
function prefixes(text: string): string[] {
  const letters = [...text];
  return [2, 4, letters.length]
    .map((length) => letters.slice(0, length).join(''))
    .flatMap((part) => [part, part.toLowerCase(), part.toUpperCase()]);
}
