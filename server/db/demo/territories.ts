import type { RolePolicy } from '../../../shared/access/index.ts';
import type { Registry } from '../../../shared/objects/index.ts';
import { changeRecord, insertRecords, type WriteContext } from '../../records/write.ts';
import { builtInRoleId } from '../builtInRoles.ts';
import { toJson } from '../json.ts';
import type { Tx } from '../transaction.ts';
import { personNamed, TEAMS } from './people.ts';
import { demoId } from './random.ts';
import { SALES_ASSISTANT_ID } from './roles.ts';

const CTX: WriteContext = { actorId: null, requestId: 'demo' };

interface DemoTerritory {
  id: string;
  name: string;
  parent?: 'europe';
  /** Countries whose companies it fills with; those below it come first. */
  countries?: readonly string[];
  /** Who works there, by key. */
  people: readonly string[];
}

/** Parts of the market; those above come first. */
export const TERRITORIES = {
  europe: { id: demoId('territory', 1), name: 'Europe', people: ['kofi'] },
  dach: { id: demoId('territory', 2), name: 'DACH', parent: 'europe', countries: ['DE', 'AT', 'CH'], people: ['dawit', 'mbali'] },
  nordics: { id: demoId('territory', 3), name: 'Nordics', parent: 'europe', countries: ['NO', 'SE', 'FI', 'DK', 'IS'], people: ['anna', 'ruta'] },
  benelux: { id: demoId('territory', 4), name: 'Benelux', parent: 'europe', countries: ['NL', 'BE', 'LU'], people: ['noor'] },
  asia: { id: demoId('territory', 5), name: 'Asia', countries: ['JP', 'IN', 'CN', 'KR', 'VN', 'SG'], people: ['jiro', 'lina', 'mai'] },
} as const satisfies Record<string, DemoTerritory>; // prettier-ignore

/** Held by everyone in Mid-market, because the team has it. */
const MARKET_WATCH: RolePolicy = {
  name: 'Market watch',
  purpose: 'Reads the companies and contacts of their own territory, whoever looks after them.',
  grants: { company: { read: ['territory'] }, contact: { read: ['territory'] } },
  fields: {},
  system: [],
};

/** Rūta looks after the people of Enterprise North and the teams below it. */
const TEAM_ADMINISTRATOR: RolePolicy = {
  name: 'Team administrator',
  purpose: 'Looks after the people of a team and those below it, in roles for selling. Sees no other team’s.',
  grants: {
    user: { read: ['all'], create: true, update: ['all'] },
    team: { read: ['all'], create: true, update: ['all'] },
  },
  fields: {},
  system: ['manage_users', 'end_sessions'],
  hands_out: [builtInRoleId('sales_representative'), SALES_ASSISTANT_ID],
};

/** The market in parts, who works where, a team with a role of its own, and a team with an administrator. */
export async function addTerritories(tx: Tx, registry: Registry): Promise<void> {
  const app = { registry };
  const all: DemoTerritory[] = Object.values(TERRITORIES);
  const rows = all.map(({ id, name, parent }) => ({
    id,
    values: { name, parent: parent === undefined ? null : TERRITORIES[parent].id },
  }));
  await insertRecords(tx, app, CTX, registry.get('territory'), rows);
  for (const { id, countries, people } of all) {
    if (countries !== undefined)
      await tx`insert into territory_rule (territory_id, filter) values (${id}, ${toJson(tx, { country: countries })})`;
    for (const key of people)
      await changeRecord(tx, app, CTX, registry.get('user'), personNamed(key).id, { territories: [id] });
  }
  await addRole(tx, 2, MARKET_WATCH, { team: TEAMS.midmarket.id });
  await addRole(tx, 3, TEAM_ADMINISTRATOR, { user: personNamed('ruta').id, within: TEAMS.north.id });
}

async function addRole(
  tx: Tx,
  n: number,
  { name, purpose, grants, fields, system, hands_out = [] }: RolePolicy,
  { user, team, within }: { user?: string; team?: string; within?: string },
): Promise<void> {
  const id = demoId('role', n);
  await tx`
    insert into role (id, name, purpose, grants, fields, system, hands_out)
    values (${id}, ${name}, ${purpose}, ${tx.json(grants)}, ${tx.json(fields)}, ${tx.json(system)}, ${tx.json(hands_out)})
  `;
  await tx`
    insert into role_assignment (id, role_id, user_id, team_id, within_id)
    values (${demoId('assignment', 900 + n)}, ${id}, ${user ?? null}, ${team ?? null}, ${within ?? null})
  `;
}
