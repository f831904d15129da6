/** The codes of ISO 3166-1 alpha-2, and the one that everybody has agreed on for Kosovo. */
export const COUNTRIES: readonly string[] = (
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
  'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
  'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT ' +
  'JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO ' +
  'MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY ' +
  'QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO ' +
  'TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'
).split(' ');

/** Names that Intl does not know, as they stand in files. */
const ALSO: Record<string, string> = {
  usa: 'US', unitedstatesofamerica: 'US', america: 'US', uk: 'GB', greatbritain: 'GB', britain: 'GB', england: 'GB',
  scotland: 'GB', wales: 'GB', northernireland: 'GB', korea: 'KR', southkorea: 'KR', republicofkorea: 'KR',
  northkorea: 'KP', russianfederation: 'RU', czechrepublic: 'CZ', holland: 'NL', thenetherlands: 'NL', turkey: 'TR',
  vietnam: 'VN', ivorycoast: 'CI', macedonia: 'MK', uae: 'AE', hongkong: 'HK', macau: 'MO', burma: 'MM',
  swaziland: 'SZ', capeverde: 'CV', easttimor: 'TL', palestine: 'PS', peoplesrepublicofchina: 'CN', prc: 'CN',
  deutschland: 'DE', osterreich: 'AT', schweiz: 'CH', frankreich: 'FR', italien: 'IT', spanien: 'ES', niederlande: 'NL',
}; // prettier-ignore

let codes: Map<string, string> | null = null;

/** The two letters of ISO 3166 for a country's English name or its code; null if there is none. */
export function countryCode(said: string): string | null {
  codes ??= known();
  const word = plain(said);
  const bare = word.replace(/^the/, '');
  return codes.get(word) ?? codes.get(bare) ?? null;
}

/** All countries by their English names, to choose from. */
export function countries(): { value: string; label: string }[] {
  const names = new Intl.DisplayNames('en', { type: 'region' });
  return COUNTRIES.map((code) => ({ value: code, label: names.of(code) ?? code })).sort((a, b) =>
    a.label.localeCompare(b.label, 'en'),
  );
}

function known(): Map<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region' });
  const all = new Map(Object.entries(ALSO));
  for (const code of COUNTRIES) all.set(code.toLowerCase(), code).set(plain(names.of(code) ?? code), code);
  return all;
}

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/&/g, 'and')
    .replace(/[^a-z]/g, '');
