/** name, industry, city, country, employees. */
export type CompanyRow = readonly [string, string, string, string, number];

/** Customers from many countries; three thirds for the three selling teams. */
export const NORTH_COMPANIES: readonly CompanyRow[] = [
  ['Elbtal Maschinenbau GmbH', 'manufacturing', 'Dresden', 'DE', 420],
  ['Halden Works', 'manufacturing', 'Halden', 'NO', 180],
  ['Tessel Logistics', 'logistics', 'Rotterdam', 'NL', 950],
  ['Lundin Bank', 'finance', 'Göteborg', 'SE', 2300],
  ['Hafen AG', 'logistics', 'Hamburg', 'DE', 640],
  ['Stadt Auen', 'public', 'Auen', 'DE', 310],
  ['Aurora Labs', 'software', 'Tromsø', 'NO', 75],
  ['Kestrel Air', 'logistics', 'Leeds', 'GB', 1200],
  ['Brightside', 'energy', 'Malmö', 'SE', 88],
  ['Kivi & Lumi Oy', 'retail', 'Oulu', 'FI', 140],
  ['Øresund Medico', 'health', 'København', 'DK', 270],
  ['Polaris Fish', 'food', 'Ålesund', 'NO', 520],
  ['Żuraw Stocznia', 'manufacturing', 'Gdańsk', 'PL', 780],
  ['Baltic Timber', 'manufacturing', 'Rīga', 'LV', 160],
  ['Saaremaa Villad', 'retail', 'Kuressaare', 'EE', 34],
  ['Vilniaus Duomenys', 'software', 'Vilnius', 'LT', 120],
  ['Reykjavik Geothermal', 'energy', 'Reykjavík', 'IS', 95],
  ['Morgenrot Energie', 'energy', 'Kiel', 'DE', 230],
  ['Van Houten Tuinen', 'retail', 'Utrecht', 'NL', 61],
  ['Дніпро Логістика', 'logistics', 'Дніпро', 'UA', 340],
];

export const SOUTH_COMPANIES: readonly CompanyRow[] = [
  ['Ferro SpA', 'manufacturing', 'Torino', 'IT', 1500],
  ['Casa Verde', 'retail', 'Valencia', 'ES', 210],
  ['Mbali Foods', 'food', 'Durban', 'ZA', 430],
  ['Oliveira & Filhos', 'food', 'Porto', 'PT', 96],
  ['Clínica Santa Lucía', 'health', 'Sevilla', 'ES', 380],
  ['Papeterie Mabille', 'retail', 'Lyon', 'FR', 57],
  ['Petit Cartons', 'manufacturing', 'Marseille', 'FR', 130],
  ['Αιγαίο Ναυτιλιακή', 'logistics', 'Πειραιάς', 'GR', 610],
  ['Banco del Sol', 'finance', 'Málaga', 'ES', 2800],
  ['Lagos Cold Chain', 'logistics', 'Lagos', 'NG', 290],
  ['Accra Solar', 'energy', 'Accra', 'GH', 150],
  ['شركة الأرز للتجارة', 'retail', 'بيروت', 'LB', 110],
  ['Atlas Phosphates', 'manufacturing', 'Casablanca', 'MA', 1900],
  ['Nilo Textiles', 'manufacturing', 'Cairo', 'EG', 870],
  ['Comune di Ripalta', 'public', 'Ripalta', 'IT', 140],
  ['Studio Bianchi', 'services', 'Bologna', 'IT', 22],
  ['Quinta do Vale', 'food', 'Évora', 'PT', 45],
  ['Méditerranée Santé', 'health', 'Nice', 'FR', 520],
  ['Kilima Tea', 'food', 'Nairobi', 'KE', 360],
  ['Helvetia Präzision', 'manufacturing', 'Lugano', 'CH', 205],
];

export const MIDMARKET_COMPANIES: readonly CompanyRow[] = [
  ['Ukiyo KK', 'retail', '東京', 'JP', 320],
  ['Sundar Textiles', 'manufacturing', 'Coimbatore', 'IN', 740],
  ['Oda Health', 'health', '大阪', 'JP', 260],
  ['Orla Clinics', 'health', 'Cork', 'IE', 175],
  ['Kiwi & Sons', 'food', 'Tauranga', 'NZ', 80],
  ['上海明珠物流', 'logistics', '上海', 'CN', 1400],
  ['Anadolu Cam', 'manufacturing', 'Bursa', 'TR', 910],
  ['Sông Hồng Software', 'software', 'Hà Nội', 'VN', 190],
  ['한빛 데이터', 'software', '서울', 'KR', 230],
  ['Bosphorus Foods', 'food', 'İstanbul', 'TR', 480],
  ['हिमालय ऊर्जा', 'energy', 'देहरादून', 'IN', 150],
  ['Great Barrier Tours', 'services', 'Cairns', 'AU', 64],
  ['Limerick Precision', 'manufacturing', 'Limerick', 'IE', 118],
  ['Maple Ridge Credit Union', 'finance', 'Vancouver', 'CA', 410],
  ['Cascadia Robotics', 'software', 'Portland', 'US', 145],
  ['Río Claro Café', 'food', 'Medellín', 'CO', 72],
  ['Verde Minas', 'energy', 'Belo Horizonte', 'BR', 560],
  ['Pampa Cueros', 'manufacturing', 'Córdoba', 'AR', 98],
  ['Singapura Freight', 'logistics', 'Singapore', 'SG', 330],
  ['Ngā Toi Press', 'services', 'Wellington', 'NZ', 29],
];

/** Who belongs to whom; both in the hands of one team, the upper one told first. */
export const PARENTS: Readonly<Record<string, string>> = {
  'Hafen AG': 'Tessel Logistics',
  'Kestrel Air': 'Tessel Logistics',
  'Morgenrot Energie': 'Brightside',
  'Petit Cartons': 'Papeterie Mabille',
  'Méditerranée Santé': 'Clínica Santa Lucía',
  'Singapura Freight': '上海明珠物流',
};

/** Telephone codes of the countries above. */
export const DIAL: Readonly<Record<string, string>> = {
  DE: '+49', NO: '+47', NL: '+31', SE: '+46', GB: '+44', FI: '+358', DK: '+45', PL: '+48', LV: '+371', EE: '+372',
  LT: '+370', IS: '+354', UA: '+380', IT: '+39', ES: '+34', ZA: '+27', PT: '+351', FR: '+33', GR: '+30', NG: '+234',
  GH: '+233', LB: '+961', MA: '+212', EG: '+20', KE: '+254', CH: '+41', JP: '+81', IN: '+91', IE: '+353', NZ: '+64',
  CN: '+86', TR: '+90', VN: '+84', KR: '+82', AU: '+61', CA: '+1', US: '+1', CO: '+57', BR: '+55', AR: '+54', SG: '+65',
}; // prettier-ignore
