import type { NewRecord } from '../../records/write.ts';
import {
  DIAL,
  MIDMARKET_COMPANIES,
  NORTH_COMPANIES,
  PARENTS,
  SOUTH_COMPANIES,
  type CompanyRow,
} from './companies.ts';
import { ascii, nameIn } from './names.ts';
import { SELLERS, type DemoPerson, type TeamKey } from './people.ts';
import { demoId, type Calendar, type Chance } from './random.ts';
import { ABOUT, JOB_TITLES } from './words.ts';

export type Numbered = NewRecord & { id: string };

export interface Company {
  name: string;
  country: string;
  team: TeamKey;
  owner: DemoPerson;
  record: Numbered;
}
export interface Contact {
  name: string;
  company: Company;
  record: Numbered;
}
export interface Customers {
  companies: Company[];
  contacts: Contact[];
}

const CONTACTS = 200;

/** 60 companies, each owned by someone of the team that sells there, and 200 people in them. */
export function makeCustomers(calendar: Calendar, chance: Chance): Customers {
  const teams: [TeamKey, readonly CompanyRow[]][] = [
    ['north', NORTH_COMPANIES],
    ['south', SOUTH_COMPANIES],
    ['midmarket', MIDMARKET_COMPANIES],
  ];
  const companies = teams.flatMap(([team, rows], t) =>
    rows.map((row, i) => makeCompany(row, team, t * 20 + i + 1, calendar, chance)),
  );
  for (const { name, record } of companies) {
    const parent = companies.find((one) => one.name === PARENTS[name]);
    if (parent) record.values['parent'] = parent.record.id;
  }
  const taken = new Set<string>();
  const contacts = Array.from({ length: CONTACTS }, (_, i) => {
    // Everyone has someone; the rest are wherever chance puts them.
    const company = companies[i] ?? chance.pick(companies);
    return makeContact(company, i + 1, taken, calendar, chance);
  });
  return { companies, contacts };
}

function makeCompany(row: CompanyRow, team: TeamKey, n: number, calendar: Calendar, chance: Chance): Company {
  const [name, industry, city, country, employees] = row;
  const owner = chance.pick(SELLERS.filter((person) => person.team === team && person.active));
  const values = {
    name,
    industry,
    city,
    country,
    employees,
    website: `https://www.${ascii(name) || `customer${n}`}.example`,
    phone: phoneIn(country, chance),
    revenue: Math.round((employees * chance.int(60, 320)) / 10) * 10_000,
    owner: owner.id,
    about: chance.happens(0.5) ? chance.pick(ABOUT) : null,
    customer_since: chance.happens(0.7) ? calendar.date(-chance.int(200, 4_000)) : null,
  };
  const at = calendar.moment(chance.int(200, 390), chance);
  return { name, country, team, owner, record: { id: demoId('company', n), values, at, actorId: owner.id } };
}

function makeContact(
  company: Company,
  n: number,
  taken: Set<string>,
  calendar: Calendar,
  chance: Chance,
): Contact {
  const { country, owner } = company;
  let person = nameIn(country, chance);
  for (let tries = 0; tries < 20 && taken.has(person.name); tries += 1) person = nameIn(country, chance);
  taken.add(person.name);
  const values = {
    name: person.name,
    job_title: chance.pick(JOB_TITLES),
    company: company.record.id,
    email: `${person.local}@${new URL(String(company.record.values['website'])).hostname.replace(/^www\./, '')}`,
    phone: chance.happens(0.8) ? phoneIn(country, chance) : null,
    language: person.language,
    owner: owner.id,
    about: chance.happens(0.15) ? chance.pick(ABOUT) : null,
  };
  const at = calendar.moment(chance.int(130, 199), chance);
  return { name: person.name, company, record: { id: demoId('contact', n), values, at, actorId: owner.id } };
}

const phoneIn = (country: string, chance: Chance): string =>
  `${DIAL[country] ?? '+49'} ${chance.int(20, 99)} ${chance.int(1_000, 9_999)} ${chance.int(100, 999)}`;
