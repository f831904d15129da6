import type { Numbered } from './customers.ts';
import type { Deal } from './deals.ts';
import { personNamed } from './people.ts';
import { Chance, demoId } from './random.ts';

/** code, name, series, list price, what is said of it; `false`: no longer sold. */
type ProductRow = readonly [string, string, string, number, string, boolean?];

const PRODUCTS: readonly ProductRow[] = [
  ['PL-TEAM', 'Nordlicht Team', 'Platform', 1_900, 'Up to 25 people, one site. Billed by the year.'],
  ['PL-BUSI', 'Nordlicht Business', 'Platform', 7_400, 'Up to 150 people, several sites, single sign-on.'],
  ['PL-GRUP', 'Nordlicht Group', 'Platform', 24_000, 'Without a limit, with a node in the customer’s own house.'],
  ['PL-CLAS', 'Nordlicht Classic', 'Platform', 3_200, 'The former platform. Renewals only, until the end of 2027.', false],
  ['AD-DATA', 'Data add-on', 'Add-ons', 2_600, 'Reports and exports by the hour.'],
  ['AD-COMP', 'Compliance pack', 'Add-ons', 4_100, 'Audit trail, retention and quality records.'],
  ['AD-PORT', 'Customer portal', 'Add-ons', 3_300, 'Orders, invoices and returns for the customers of the customer.'],
  ['DV-SCAN', 'Handheld scanner N2', 'Devices', 690, 'Survives falls and frost. Per piece, batteries included.'],
  ['DV-TERM', 'Shift terminal T4', 'Devices', 1_150, 'For the wall of a hall or a van. Per piece.'],
  ['DV-COLD', 'Cold chain sensor C1', 'Devices', 85, 'Temperature by radio, ten years on one cell.'],
  ['SV-ONBO', 'Onboarding', 'Services', 5_800, 'Four weeks with one of us, on site where it helps.'],
  ['SV-TRAI', 'Training day', 'Services', 1_400, 'Up to twelve people.'],
  ['SV-GOLD', 'Gold support', 'Services', 6_200, 'An answer within the hour, day and night. By the year.'],
]; // prettier-ignore

const idOf = (code: string): string => demoId('product', PRODUCTS.findIndex(([own]) => own === code) + 1);

/** What is sold: looked after by the head of sales, from the first day on. */
export function makeProducts(at: string): Numbered[] {
  const owner = personNamed('ingrid').id;
  return PRODUCTS.map(([code, name, series, price, about, active = true]) => ({
    id: idOf(code),
    values: { name, code, series, price, about, active, owner, external_id: `ERP-${code}` },
    at,
    actorId: owner,
  }));
}

/** What a title speaks of. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/data add-on|invoice archive/i, 'AD-DATA'],
  [/compliance|audit|quality/i, 'AD-COMP'],
  [/portal|catalogue|loyalty|returns/i, 'AD-PORT'],
  [/scanner|equipment|harvest/i, 'DV-SCAN'],
  [/terminal|kiosk|cash desk|vans/i, 'DV-TERM'],
  [/cold chain/i, 'DV-COLD'],
  [/onboarding|roll-?out|move|consolidation/i, 'SV-ONBO'],
  [/training/i, 'SV-TRAI'],
  [/support|maintenance/i, 'SV-GOLD'],
  [/group|framework|hosting|licence/i, 'PL-GRUP'],
  [/pilot|team|trial/i, 'PL-TEAM'],
];
const NEW = ['PL-TEAM', 'PL-BUSI', 'PL-BUSI', 'PL-GRUP'];
const RENEWED = ['PL-TEAM', 'PL-BUSI', 'PL-CLAS', 'PL-CLAS'];
/** A chance of its own, so that what else is told of deals is the same as without products. */
const SEED = 7;

/** Every deal names what it is about. */
export function nameProducts(deals: readonly Deal[]): void {
  const chance = new Chance(SEED);
  for (const { record } of deals) {
    const platform = chance.pick(record.values['source'] === 'existing' ? RENEWED : NEW);
    const spoken = SPOKEN.find(([words]) => words.test(String(record.values['title'])));
    record.values['product'] = idOf(spoken?.[1] ?? platform);
  }
}
