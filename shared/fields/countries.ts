import type { Choice } from './types.ts';

/** Names that Intl does not know, as they stand in files. */
const ALSO: Record<string, string> = {
  usa: 'US', unitedstatesofamerica: 'US', america: 'US', uk: 'GB', greatbritain: 'GB', britain: 'GB', england: 'GB',
  scotland: 'GB', wales: 'GB', northernireland: 'GB', korea: 'KR', southkorea: 'KR', republicofkorea: 'KR',
  northkorea: 'KP', russianfederation: 'RU', czechrepublic: 'CZ', holland: 'NL', thenetherlands: 'NL', turkey: 'TR',
  vietnam: 'VN', ivorycoast: 'CI', macedonia: 'MK', uae: 'AE', hongkong: 'HK', macau: 'MO', burma: 'MM',
  swaziland: 'SZ', capeverde: 'CV', easttimor: 'TL', palestine: 'PS', peoplesrepublicofchina: 'CN', prc: 'CN',
  deutschland: 'DE', osterreich: 'AT', schweiz: 'CH', frankreich: 'FR', italien: 'IT', spanien: 'ES', niederlande: 'NL',
}; // prettier-ignore

/** Two letters that Intl has a name for, but that are no country's: withdrawn ones, groups, and places of tests. */
const NONE = new Set(['AC', 'AN', 'BU', 'CP', 'CS', 'DD', 'DG', 'DY', 'EA', 'EU', 'EZ', 'FX', 'HV', 'IC', 'NH', 'QO',
  'QU', 'RH', 'SU', 'TA', 'TP', 'UN', 'VD', 'XA', 'XB', 'YD', 'YU', 'ZR', 'ZZ']); // prettier-ignore

let codes: Map<string, string> | null = null;

/** The two letters of ISO 3166 for a country's English name or its code; null if there is none. */
export function countryCode(said: string): string | null {
  codes ??= known();
  const word = plain(said);
  const bare = word.replace(/^the/, '');
  return codes.get(word) ?? codes.get(bare) ?? null;
}

/** All countries by their English names, to choose from. */
export const countries = (): Choice[] => {
  codes ??= known();
  const names = new Intl.DisplayNames('en', { type: 'region' });
  return [...new Set(codes.values())]
    .map((code) => ({ value: code, label: names.of(code) ?? code }))
    .sort((a, b) => a.label.localeCompare(b.label, 'en'));
};

function known(): Map<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
  const all = new Map(Object.entries(ALSO));
  for (const code of letters.flatMap((a) => letters.map((b) => a + b))) {
    const name = NONE.has(code) ? undefined : names.of(code);
    if (!name) continue;
    all.set(code.toLowerCase(), code);
    all.set(plain(name), code);
  }
  return all.set('uk', 'GB');
}

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/&/g, 'and')
    .replace(/[^a-z]/g, '');
