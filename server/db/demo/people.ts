import type { BuiltInRole } from '../builtInRoles.ts';
import { demoId } from './random.ts';

export const TEAMS = {
  north: { id: demoId('team', 1), name: 'Enterprise North', lead: 'kofi' },
  south: { id: demoId('team', 2), name: 'Enterprise South', lead: 'priya' },
  midmarket: { id: demoId('team', 3), name: 'Mid-market', lead: 'jiro', parent: 'north' },
  support: { id: demoId('team', 4), name: 'Support', lead: 'mireille' },
  technical: { id: demoId('team', 5), name: 'Technical support', lead: 'yusuf' },
} as const;
export type TeamKey = keyof typeof TEAMS;

export interface DemoPerson {
  key: string;
  id: string;
  name: string;
  email: string;
  title: string;
  manager: string | null;
  team: TeamKey | null;
  roles: readonly (BuiltInRole | 'sales_assistant')[];
  active: boolean;
}

const rep = ['sales_representative'] as const;

/** key, name, title, manager, team, roles; managers before those they lead. */
const ROWS: readonly [string, string, string, string | null, TeamKey | null, DemoPerson['roles']][] = [
  ['ingrid', 'Ingrid Halvorsen', 'Managing director', null, null, ['sales_manager']],
  ['rafael', 'Rafael Jimenez', 'Head of systems', 'ingrid', null, ['administrator']],
  ['jamila', 'Jamila Toure', 'Internal auditor', 'ingrid', null, ['auditor']],
  ['oskar', 'Oskar Nowak', 'Data analyst', 'ingrid', null, ['data_analyst']],
  ['helena', 'Helena Costa', 'Head of marketing', 'ingrid', null, ['marketing_manager']],

  ['kofi', 'Kofi Owusu', 'Sales manager', 'ingrid', 'north', ['sales_manager']],
  ['anna', 'Anna Sørensen', 'Account executive', 'kofi', 'north', rep],
  ['dawit', 'Dawit Selassie', 'Account executive', 'kofi', 'north', rep],
  ['ruta', 'Rūta Jankauskaitė', 'Account executive', 'kofi', 'north', rep],
  ['olha', 'Ольга Петренко', 'Account executive', 'kofi', 'north', rep],
  ['mbali', 'Mbali Dlamini', 'Account executive', 'kofi', 'north', rep],
  ['noor', 'Noor van Dijk', 'Sales assistant', 'kofi', 'north', ['sales_assistant']],

  ['priya', 'Priya Raman', 'Sales manager', 'ingrid', 'south', ['sales_manager']],
  ['chiamaka', 'Chiamaka Lawal', 'Account executive', 'priya', 'south', rep],
  [
    'giulia',
    'Giulia Ferraro',
    'Account executive',
    'priya',
    'south',
    ['sales_representative', 'sales_assistant'],
  ],
  ['joao', 'João Figueiredo', 'Account executive', 'priya', 'south', rep],
  ['layla', 'ليلى حداد', 'Account executive', 'priya', 'south', rep],
  ['dionysis', 'Διονύσης Παππάς', 'Account executive', 'priya', 'south', rep],
  ['amelie', 'Amélie Roux', 'Sales assistant', 'priya', 'south', ['sales_assistant']],

  ['jiro', '田中 次郎', 'Sales manager', 'ingrid', 'midmarket', ['sales_manager']],
  ['lina', '李 娜', 'Account executive', 'jiro', 'midmarket', rep],
  ['siobhan', 'Siobhán Ó Briain', 'Account executive', 'jiro', 'midmarket', rep],
  ['emre', 'Emre Yıldız', 'Account executive', 'jiro', 'midmarket', rep],
  ['ananya', 'अनन्या शर्मा', 'Account executive', 'jiro', 'midmarket', rep],
  ['mai', 'Nguyễn Thị Mai', 'Account executive', 'jiro', 'midmarket', rep],
  // Left the company; what they won keeps their name.
  ['pieter', 'Pieter de Groot', 'Account executive', 'jiro', 'midmarket', []],

  ['mireille', 'Mireille Faure', 'Head of support', 'ingrid', 'support', ['support_manager']],
  ['bjorn', 'Björn Åkesson', 'Support agent', 'mireille', 'support', ['support_agent']],
  ['fatima', 'Fatima Zahra Benali', 'Support agent', 'mireille', 'support', ['support_agent']],
  ['kwame', 'Kwame Mensah', 'Support agent', 'mireille', 'support', ['support_agent']],
  ['zoe', 'Zoë Müller-Lüdenscheidt', 'Support agent', 'mireille', 'support', ['support_agent']],
  ['tevita', 'Tēvita Fonoti', 'Support agent', 'mireille', 'support', ['support_agent']],

  ['yusuf', 'Yusuf Adeyemi', 'Head of technical support', 'ingrid', 'technical', ['support_manager']],
  ['hana', 'Hana Nováková', 'Support engineer', 'yusuf', 'technical', ['support_agent']],
  ['minjun', '김 민준', 'Support engineer', 'yusuf', 'technical', ['support_agent']],
  ['grace', 'Grace Wanjiru', 'Support engineer', 'yusuf', 'technical', ['support_agent']],
];

/** Everyone, managers before those they lead. */
export const PEOPLE: readonly DemoPerson[] = ROWS.map(([key, name, title, manager, team, roles], i) => ({
  key,
  id: demoId('user', i + 1),
  name,
  email: `${key}@nordlicht.example`,
  title,
  manager,
  team,
  roles,
  active: key !== 'pieter',
}));

export function personNamed(key: string): DemoPerson {
  const found = PEOPLE.find((person) => person.key === key);
  if (!found) throw new Error(`Nobody in the demo is called ${key}`);
  return found;
}

/** Those who sell: the owners of companies and deals. */
export const SELLERS = PEOPLE.filter(
  ({ roles, key }) => roles.includes('sales_representative') || key === 'pieter',
);
