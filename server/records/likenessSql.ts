import type { ObjectDef } from '../../shared/objects/index.ts';
import type { Likeness } from '../../shared/protocol/index.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';
import { foldedSql } from './foldedSql.ts';

/** What two records of the same have in common, as a text; null where a record has nothing of the kind. */
export function likenessSql(
  sql: AnySql,
  object: ObjectDef,
  { field, by, within }: Likeness,
  alias: string,
): Fragment {
  const value = sql`${sql(`${alias}.${field}`)}`;
  const key = sql`nullif(${KEYS[by](sql, value)}, '')`;
  // Joined to an empty one, there is nothing either.
  return within === undefined || !(within in object.fields)
    ? key
    : sql`${sql(`${alias}.${within}`)}::text || ' ' || ${key}`;
}

const KEYS: Record<Likeness['by'], (sql: AnySql, value: Fragment) => Fragment> = {
  exact: (sql, value) => sql`trim(${foldedSql(sql, value)})`,
  name: (sql, value) => sql`replace(${plainSql(sql, value)}, ' ', '')`,
  organisation: (sql, value) => {
    const named = sql`regexp_replace(${plainSql(sql, value)}, ${LEGAL_FORMS}::text, '', 'g')`;
    return sql`replace(${named}, ' ', '')`;
  },
  host: (sql, value) => {
    const host = sql`substring(${foldedSql(sql, value)} from ${HOST}::text)`;
    return sql`case when ${host} <> all (${SHARED_HOSTS}::text[]) then ${host} end`;
  },
};

/** Words of letters and digits with one space between them, without case, accents and points: `s.à r.l.` is `sa rl`. */
function plainSql(sql: AnySql, value: Fragment): Fragment {
  const bare = sql`regexp_replace(normalize(${foldedSql(sql, value)}, nfkd), ${MARKS}::text, '', 'g')`;
  const plain = sql`regexp_replace(normalize(${bare}, nfkc) collate "und-x-icu", '[^[:alnum:]]+', ' ', 'g')`;
  // Most names are plain letters, which is said several times faster without Unicode.
  const simple = sql`translate(lower(${value} collate "C"), ${INSIDE}::text, '') collate "C"`;
  return sql`trim(case when octet_length(${value}) = char_length(${value})
    then regexp_replace(${simple}, '[^a-z0-9]+', ' ', 'g') collate "und-x-icu" else ${plain} end)`;
}

/** What stands inside of words and means nothing there. */
const INSIDE = ".'`";
/** Those, and accents as marks of their own. */
const MARKS = `[\\u0300-\\u036f${INSIDE}’‘´]+`;

/** At the end of a name, one after the other; those written without spaces wherever they stand. */
const LEGAL_FORMS =
  '( (gmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|se|ev|eg|co|company|corp|corporation|inc|incorporated|llc|llp|lp|ltd|limited|plc|' +
  'sa|sas|sasu|sarl|sa rl|srl|spa|sl|sau|slu|lda|ltda|bv|nv|ab|as|asa|aps|oy|oyj|kk|pty|pte|pvt|sdn|bhd|doo|sro|zrt|kft|' +
  'sp z oo|and co|et cie|cie))+$|' +
  '股份有限公司|有限责任公司|有限公司|株式会社|合同会社|有限会社|주식회사';

/** Of an address without `www.`. */
const HOST = '^[a-z]+://(?:[^/?#@]*@)?(?:www\\.)?([^/?#:]+)';

/** Where many have a page. */
const SHARED_HOSTS = ['linkedin.com', 'facebook.com', 'instagram.com', 'x.com', 'twitter.com', 'youtube.com', 'xing.com', 'github.com', 'google.com']; // prettier-ignore
