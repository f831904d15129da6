import type { Chance } from './random.ts';

/** Given and family names as people write them; `name|ascii` where an e-mail address needs other letters. */
interface Names {
  countries: string;
  given: string;
  family: string;
  language?: string;
  /** Family name first. */
  reversed?: boolean;
}

const NAMES: readonly Names[] = [
  { countries: 'DE CH', language: 'de', given: 'Tilo Lena Jörg Annika Matthias Katrin Uwe Friederike', family: 'Brandt Weiß Vogel Schäfer Krüger Lindner Böhm Petersen' }, // prettier-ignore
  { countries: 'NO DK SE IS', given: 'Sigrid Håkon Freja Lars Åsa Mikkel Guðrún|Gudrun Elin', family: 'Nygård Dahl Lindqvist Kjær Berg Thorsen Jónsdóttir|Jonsdottir Holm' }, // prettier-ignore
  { countries: 'FI EE LV LT', given: 'Aino Jukka Kadri Jānis Milda Rasmus Ilze Paavo', family: 'Virtanen Tamm Kalniņš Kazlauskas Korhonen Rebane Ozola Niemi' }, // prettier-ignore
  { countries: 'NL', language: 'nl', given: 'Sanne Daan Femke Ruben Maartje Joris', family: 'Bakker Visser Smit Mulder Hendriks Postma' }, // prettier-ignore
  {
    countries: 'PL',
    given: 'Agnieszka Paweł|Pawel Zofia Krzysztof',
    family: 'Wiśniewska|Wisniewska Kowalski Zając Lewandowska',
  },
  { countries: 'UA', given: 'Тарас|Taras Оксана|Oksana Дмитро|Dmytro Марія|Maria', family: 'Шевчук|Shevchuk Бондар|Bondar Коваль|Koval Мороз|Moroz' }, // prettier-ignore
  { countries: 'GB IE AU NZ US CA SG', language: 'en', given: 'Aoife Callum Grace Rhys Hana Wiremu Maya Declan Priscilla Ethan', family: "O'Connor Hughes Whitfield Te-Rangi Patel Fraser Chen MacLeod Brooks Nair" }, // prettier-ignore
  {
    countries: 'FR',
    language: 'fr',
    given: 'Élodie Bastien Chloé Thierry Inès Guillaume',
    family: 'Lefèvre Marchand Delorme Girard Benoît Caron',
  },
  {
    countries: 'ES CO AR',
    language: 'es',
    given: 'Lucía Íñigo Marisol Joaquín Begoña Andrés',
    family: 'Ibáñez Castaño Muñoz Herrera Quiroga Peña',
  },
  {
    countries: 'IT',
    language: 'it',
    given: 'Chiara Lorenzo Beatrice Niccolò Serena Davide',
    family: 'Rinaldi Conti Galli Moretti Sartori Greco',
  },
  {
    countries: 'PT BR',
    given: 'Inês Tiago Beatriz Gonçalo Luísa Caetano',
    family: 'Almeida Brandão Simões Teixeira Falcão Araújo',
  },
  {
    countries: 'GR',
    given: 'Ελένη|Eleni Νίκος|Nikos Κατερίνα|Katerina',
    family: 'Γεωργίου|Georgiou Ιωάννου|Ioannou Μακρή|Makri',
  },
  { countries: 'NG GH KE ZA', language: 'en', given: 'Adaeze Kwabena Thandiwe Wanjiru Tunde Sipho Efua Otieno', family: 'Okafor Asante Nkosi Kamau Adeyemi Khumalo Boateng Mwangi' }, // prettier-ignore
  { countries: 'LB MA EG', given: 'سمر|Samar كريم|Karim نادية|Nadia يوسف|Youssef', family: 'خوري|Khoury العلوي|Alaoui منصور|Mansour فارس|Fares' }, // prettier-ignore
  { countries: 'JP', language: 'ja', reversed: true, given: '美咲|Misaki 健太|Kenta 陽子|Yoko 翔|Sho', family: '佐藤|Sato 山本|Yamamoto 小林|Kobayashi 渡辺|Watanabe' }, // prettier-ignore
  {
    countries: 'CN',
    language: 'zh',
    reversed: true,
    given: '伟|Wei 芳|Fang 静|Jing 磊|Lei',
    family: '王|Wang 张|Zhang 刘|Liu 陈|Chen',
  },
  {
    countries: 'KR',
    reversed: true,
    given: '지훈|Jihoon 서연|Seoyeon 민준|Minjun',
    family: '김|Kim 박|Park 최|Choi',
  },
  { countries: 'VN', reversed: true, given: 'Hương Minh Thảo Quân', family: 'Trần Lê Phạm Đặng|Dang' },
  { countries: 'TR', given: 'Ayşe Mehmet Zeynep Çağlar', family: 'Kaya Demir Şahin Öztürk' },
  {
    countries: 'IN',
    language: 'en',
    given: 'Kavya अर्जुन|Arjun Rohan मीरा|Meera',
    family: 'Iyer वर्मा|Varma Deshmukh नायर|Nair',
  },
];

export interface PersonName {
  name: string;
  /** Small ASCII letters, for an e-mail address. */
  local: string;
  language: string | null;
}

/** A name that fits the country. */
export function nameIn(country: string, chance: Chance): PersonName {
  const names = NAMES.find(({ countries }) => countries.includes(country)) ?? NAMES[0]!;
  const [given, givenAscii] = split(chance.pick(names.given.split(' ')));
  const [family, familyAscii] = split(chance.pick(names.family.split(' ')));
  return {
    name: names.reversed ? `${family} ${given}` : `${given} ${family}`,
    local: `${ascii(givenAscii)}.${ascii(familyAscii)}`,
    language: names.language ?? null,
  };
}

const split = (both: string): [string, string] => {
  const [name = '', plain = name] = both.split('|');
  return [name, plain];
};

/** Without accents, and with nothing but letters. */
export const ascii = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/ß/g, 'ss')
    .replace(/[øØ]/g, 'o')
    .replace(/[łŁ]/g, 'l')
    .replace(/ı/g, 'i')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
